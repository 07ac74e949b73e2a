/** A bench with the real decode and engine processes, films cut out of the sample films, and a second model. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { forkChild } from '#main/channel/forkChild';
import { readSafetensors, writeSafetensors } from '#main/chexnet/formats/safetensors';
import { importModel } from '#main/workflows/importModel';
import { openWorkbench, type Workbench } from '#main/workflows/openWorkbench';
import { buildProcess } from '#test/helpers/buildProcess';
import { DEMO_WEIGHTS } from '#test/helpers/golden';

export const RESOURCES = join(import.meta.dirname, '../../../resources');

export type TestBench = { readonly bench: Workbench; readonly home: string; readonly close: () => Promise<void> };

export async function makeBench(): Promise<TestBench> {
  const home = await mkdtemp(join(tmpdir(), 'hilum-bench-'));
  const files = { engine: await buildProcess('engine'), decode: await buildProcess('decode') };
  const env = { ...process.env, HILUM_RESOURCES: RESOURCES };
  const start = (name: string) => forkChild(name === 'engine' ? files.engine : files.decode, env);
  const bench = openWorkbench({ home, resources: RESOURCES, start, backend: 'wasm' });
  async function close(): Promise<void> {
    await bench.close();
    await rm(home, { recursive: true, force: true });
  }
  return { bench, home, close };
}

/** `00.png` …: different parts of the samples. No two films are alike, and all look like chests. */
export async function makeFilms(folder: string, count: number): Promise<void> {
  await mkdir(folder);
  const samples = (await readdir(join(RESOURCES, 'samples'))).filter((name) => name.endsWith('.png')).sort();
  for (let film = 0; film < count; film++) {
    const sample = sharp(join(RESOURCES, 'samples', samples[film % samples.length]!)).greyscale();
    const cut = 4 * Math.floor(film / samples.length);
    await sample
      .resize(256, 256)
      .extract({ left: cut, top: cut, width: 256 - 2 * cut, height: 256 - 2 * cut })
      .toFile(join(folder, `${String(film).padStart(2, '0')}.png`));
  }
}

/** `exchanged`: the demonstration model with its outputs of Mass and Nodule exchanged, and without cut-offs. */
export async function importExchanged({ bench, home }: TestBench): Promise<void> {
  const { weights } = readSafetensors(await readFile(DEMO_WEIGHTS));
  const matrix = weights.get('classifier.weight')!.data;
  const [mass, nodule] = [matrix.slice(4 * 1024, 5 * 1024), matrix.slice(5 * 1024, 6 * 1024)];
  matrix.set(nodule, 4 * 1024);
  matrix.set(mass, 5 * 1024);
  const bias = weights.get('classifier.bias')!.data;
  bias.set([bias[5]!, bias[4]!], 4);
  const file = join(home, 'exchanged.safetensors');
  await writeFile(file, writeSafetensors(weights));
  await importModel(bench.models, { file, id: 'exchanged', preset: 'chexnet' });
}
