/**
 * The whole network on native TensorFlow in Electron's own process, whose allocator is another than Node's: a run that
 * the command line begins and the window ends.
 */
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HilumApi } from '#main/contract/createApi';
import { runFiles } from '#main/database/runRegistry';
import { hilum as commandLine, startHilum } from '../cli/hilum';
import { buildProcess } from '../helpers/buildProcess';
import { findNativeAddon } from '../helpers/nativePack';
import { createHome, launchHilum, removeHome, type Hilum } from './launchHilum';

const GOLDEN = join(import.meta.dirname, '..', 'fixtures', 'golden');
const MINUTE = 60_000;

const addon = await findNativeAddon(await buildProcess('engine'));

let home: string;
let window: Hilum;

/** Two steps of 16 films, so that Node keeps the activations and Electron can not; mirrored, a film is another. */
async function makeFilms(folder: string): Promise<string[]> {
  await mkdir(folder);
  const names = (await readdir(GOLDEN)).filter((name) => name.endsWith('.png'));
  for (const name of names) {
    await copyFile(join(GOLDEN, name), join(folder, name));
    await sharp(join(GOLDEN, name))
      .flop()
      .toFile(join(folder, `mirrored-${name}`));
  }
  const rows = names.flatMap((name, index) => [
    `${name},P${index},${Number(index % 2 === 0)}`,
    `mirrored-${name},M${index},${Number(index % 3 === 0)}`,
  ]);
  await writeFile(join(home, 'labels.csv'), ['file,patient_id,Effusion', ...rows, ''].join('\n'));
  await writeFile(join(home, 'validation.txt'), 'P0\nP1\n');
  const lists = ['--labels', join(home, 'labels.csv'), '--validation-patients', join(home, 'validation.txt')];
  return ['--images', folder, ...lists];
}

async function hashOf(run: string): Promise<string> {
  const model = await readFile(runFiles(join(home, 'runs', run)).model);
  return createHash('sha256').update(model).digest('hex');
}

beforeAll(async () => {
  home = await createHome();
});

afterAll(async () => {
  await window?.app.close();
  await removeHome(home);
});

describe.skipIf(addon === null)('a batch of 16 on native TensorFlow', () => {
  it(
    'ends in the window with the weights of the command line, though it is recomputed there',
    async () => {
      await symlink(dirname(dirname(addon!)), join(home, 'engine'));
      const data = await makeFilms(join(home, 'films'));
      const args = ['train', ...data, '--from', 'random', '--recipe', 'paper', '--epochs', '1', '--json'];
      expect((await commandLine(home, ...args, '--as', 'whole')).code).toBe(0);
      const { child, ended } = startHilum(home, [...args, '--as', 'cut']);
      child.stdout!.once('data', () => child.kill('SIGINT'));
      expect((await ended).code).toBe(130);

      window = await launchHilum(home);
      const { page } = window;
      await page.getByRole('button', { name: 'Accept and continue' }).click({ timeout: MINUTE });
      const stateOf = () =>
        page.evaluate(async () => {
          const { hilum: door } = globalThis as unknown as { readonly hilum: HilumApi };
          const runs = await door.listRuns({});
          const run = runs.ok ? runs.value.find(({ receipt }) => receipt.id === 'cut') : undefined;
          return { state: run?.state, batch: run?.receipt.values.batch, memory: run?.receipt.memory };
        });
      const begun = await stateOf();
      expect(begun).toEqual({ state: 'stopped', batch: 16, memory: { recompute: false, microBatch: null } });
      await page.evaluate(async () => {
        const { hilum: door } = globalThis as unknown as { readonly hilum: HilumApi };
        await door.resumeRun({ id: 'cut' });
      });
      await expect.poll(async () => (await stateOf()).state, { timeout: 4 * MINUTE }).toBe('finished');
      expect(await hashOf('cut')).toBe(await hashOf('whole'));
    },
    8 * MINUTE,
  );
});
