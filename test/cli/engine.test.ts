/** `hilum engine install|remove`: what a person is told where it can not be done. The whole of it: test/src-main/engine. */
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findNativeAddon } from '#test/helpers/nativePack';
import { ROOT } from '../../scripts/bundle.mjs';
import { hilum, makeFolder, startHilum } from './hilum';

const home = await makeFolder();
const addon = await findNativeAddon(join(ROOT, 'dist', 'engine.cjs'));

describe('hilum engine', () => {
  it('installs no wheel but the pinned one, and says why', async () => {
    const wheel = join(home, 'tensorflow.whl');
    await writeFile(wheel, 'no wheel');
    const { code, stdout, stderr } = await hilum(home, 'engine', 'install', '--wheel', wheel);
    expect({ code, stdout, named: stderr.includes('[engine/pack-damaged]') }).toEqual({
      code: 5,
      stdout: '',
      named: true,
    });
    expect(await readdir(join(home, 'engine'))).toEqual([]);
  });

  it('removes what is there, and says where nothing is', async () => {
    const first = await hilum(home, 'engine', 'remove');
    const second = await hilum(home, 'engine', 'remove');
    expect([first.code, second.code, second.stdout]).toEqual([0, 0, 'Native TensorFlow was not installed.\n']);
  });

  it('works on WebAssembly without the pack', async () => {
    const { code, stdout } = await hilum(home, 'engine', '--json');
    const { backends, chosen, message } = JSON.parse(stdout) as {
      backends: { id: string; available: boolean }[];
      chosen: string;
      message: string;
    };
    const available = backends.map(({ id, available }) => [id, available]);
    expect({ code, chosen, message, available }).toEqual({
      code: 0,
      chosen: 'wasm',
      message: '',
      available: [
        ['tensorflow', false],
        ['wasm', true],
      ],
    });
  });

  it.skipIf(addon === null)('tries the backend too that native TensorFlow leaves without work', async () => {
    // As tfjs-node lays it out: lib/napi-v8/tfjs_binding.node.
    const lib = join(home, 'tfjs-node', 'lib');
    await mkdir(lib, { recursive: true });
    await symlink(dirname(addon!), join(lib, 'napi-v8'));
    const native = { HILUM_TFJS_NODE: join(home, 'tfjs-node') };
    const { code, stdout } = await startHilum(home, ['engine'], native).ended;
    const [, ...lines] = stdout.split('\n');
    expect({ code, states: lines.slice(0, 2).map((line) => line.split(/ {2,}/).slice(0, 2)) }).toEqual({
      code: 0,
      states: [
        ['tensorflow', 'works'],
        ['wasm', 'works'],
      ],
    });
  });
});
