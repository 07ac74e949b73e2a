/**
 * The committed native code is what its sources give: built again here where there is a compiler, it passes the
 * engine's self-test. By the compiler of ORIGIN.md it is the same to the bit.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createEngineHost } from '#main/engine/host/engineHost';
import { PINNED } from '#main/engine/pack/pinnedPack';
import { buildProcess } from '#test/helpers/buildProcess';
import { findNativeAddon, findTensorflowHeaders } from '#test/helpers/nativePack';
import { watchedStart } from '#test/helpers/watchedStart';
import { ROOT } from '../../scripts/bundle.mjs';
import { compileBinding, compileOperation, fetchSources } from '../../scripts/compileNative.mjs';

/** Of ORIGIN.md in resources/native. */
const SAME_COMPILER = /^g\+\+ \(Debian 12\.2\./;

const folder = await mkdtemp(join(tmpdir(), 'hilum-native-'));
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
  process.stderr.write(`NOT TESTED: building the native code again, because ${reason}.\n`);
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

/** Resources whose native code is `operation`. */
async function resourcesWith(operation: string): Promise<string> {
  const resources = join(folder, 'resources');
  const native = join(resources, 'native', PINNED.addon.folder);
  await mkdir(native, { recursive: true });
  await symlink(operation, join(native, basename(operation)));
  for (const name of ['models', 'selftest']) await symlink(join(ROOT, 'resources', name), join(resources, name));
  return resources;
}

it.skipIf(needed === null)(
  'the native code can be built from its sources, and what is built passes the self-test',
  async () => {
    const { compiler, ...tensorflow } = needed!;
    const addon = compileBinding(folder, tensorflow);
    const operation = compileOperation(folder, tensorflow);
    if (SAME_COMPILER.test(compiler)) {
      const hash = createHash('sha256').update(await readFile(addon));
      expect(hash.digest('hex')).toBe(PINNED.addon.sha256);
      const committed = join(ROOT, 'resources', 'native', PINNED.addon.folder, basename(operation));
      expect((await readFile(operation)).equals(await readFile(committed))).toBe(true);
    }
    for (const name of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2']) {
      await symlink(join(tensorflow.libraries, name), join(folder, name));
    }
    const env = { ...process.env, HILUM_RESOURCES: await resourcesWith(operation) };
    const { start, pid } = watchedStart(engineFile, env);
    const findAddon = (): Promise<string> => Promise.resolve(addon);
    const host = createEngineHost({ start, wanted: 'tensorflow', threads: 2, findAddon });
    const { state, chosen, backends } = await host.ready();
    const mapped = await readFile(`/proc/${pid()}/maps`, 'utf8');
    await host.close();
    expect({ state, chosen }).toEqual({ state: 'ready', chosen: 'tensorflow' });
    expect(backends.find(({ id }) => id === 'tensorflow')!.selfTestMaxDifference).toBeLessThan(1e-5);
    expect(mapped).toContain(operation);
  },
  120_000,
);
