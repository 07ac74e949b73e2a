/**
 * The committed addon is what its pinned sources give: built again here where there is a compiler, it passes the
 * engine's self-test. By the compiler of ORIGIN.md it is the same to the bit.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { forkChild } from '#main/channel/forkChild';
import { createEngineHost } from '#main/engine/host/engineHost';
import { PINNED } from '#main/engine/pack/pinnedPack';
import { buildProcess } from '#test/helpers/buildProcess';
import { findNativeAddon, findTensorflowHeaders } from '#test/helpers/nativePack';
import { ROOT } from '../../scripts/bundle.mjs';
import { compileBinding, fetchSources } from '../../scripts/compileBinding.mjs';

/** Of ORIGIN.md in resources/native. */
const SAME_COMPILER = /^g\+\+ \(Debian 12\.2\./;

const folder = await mkdtemp(join(tmpdir(), 'hilum-binding-'));
const engineFile = await buildProcess('engine');
const needed = await findNeeded();

afterAll(() => rm(folder, { recursive: true, force: true }));

type Needed = { readonly compiler: string; readonly headers: string; readonly libraries: string };

/** Null, and why is said, where something is missing. */
async function findNeeded(): Promise<Needed | null> {
  if (process.platform !== PINNED.platform || process.arch !== PINNED.arch)
    return missing('the addon is for Linux x64');
  const compiler = versionOfCompiler();
  if (compiler === null) return missing('there is no g++ or no strip here');
  try {
    fetchSources(folder);
  } catch (error) {
    return missing(
      `npm's registry did not give its sources: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  const [addon, headers] = [await findNativeAddon(engineFile), await findTensorflowHeaders()];
  if (addon === null || headers === null) return missing('the package index did not give TensorFlow');
  return { compiler, headers, libraries: dirname(addon) };
}

function missing(reason: string): null {
  process.stderr.write(`NOT TESTED: building the addon again, because ${reason}.\n`);
  return null;
}

function versionOfCompiler(): string | null {
  try {
    execFileSync('strip', ['--version'], { stdio: 'ignore' });
    return execFileSync('g++', ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return null;
  }
}

it.skipIf(needed === null)(
  'the addon can be built from its pinned sources, and what is built passes the self-test',
  async () => {
    const { compiler, headers, libraries } = needed!;
    const addon = compileBinding(folder, { headers, libraries });
    const built = createHash('sha256')
      .update(await readFile(addon))
      .digest('hex');
    if (SAME_COMPILER.test(compiler)) expect(built).toBe(PINNED.addon.sha256);
    for (const name of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2']) {
      await symlink(join(libraries, name), join(folder, name));
    }
    const env = { ...process.env, HILUM_RESOURCES: join(ROOT, 'resources') };
    const host = createEngineHost({
      start: () => forkChild(engineFile, env),
      wanted: 'tensorflow',
      threads: 2,
      findAddon: () => Promise.resolve(addon),
    });
    const { state, chosen, backends } = await host.ready();
    await host.close();
    expect({ state, chosen }).toEqual({ state: 'ready', chosen: 'tensorflow' });
    expect(backends.find(({ id }) => id === 'tensorflow')!.selfTestMaxDifference).toBeLessThan(1e-5);
  },
  120_000,
);
