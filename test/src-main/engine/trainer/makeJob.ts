/** A training job on the few films of the golden numbers, in a folder of its own. */
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll } from 'vitest';
import type { ModelCard } from '#main/contract/card';
import type { Hyperparameters } from '#main/contract/run';
import { RECIPES } from '#main/chexnet/training/recipes';
import type { TrainingJob } from '#main/engine/protocol/trainingProtocol';
import { ROOT } from '../../../../scripts/bundle.mjs';

const FILMS = join(ROOT, 'test', 'fixtures', 'golden', 'films', 'images-256');
const DEMO = join(ROOT, 'resources', 'models', 'demo');

export async function makeScratch(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hilum-trainer-'));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The films one after the other, and their number. */
async function writeCache(file: string): Promise<number> {
  const names = (await readdir(FILMS)).filter((name) => name.endsWith('.png')).sort();
  const films = await Promise.all(names.map((name) => sharp(join(FILMS, name)).toColourspace('b-w').raw().toBuffer()));
  await writeFile(file, Buffer.concat(films));
  return films.length;
}

function sideOf(places: readonly number[], findings: number): TrainingJob['training'] {
  const labels = Int8Array.from({ length: places.length * findings }, (_, i) => (i % 3 === 0 ? 1 : 0));
  return { places: Uint32Array.from(places), labels, weights: new Float32Array(labels.length).fill(1) };
}

/** Every film is trained on; the first two are the validation too, for what these tests ask. */
export async function makeJob(
  scratch: string,
  name: string,
  values: Partial<Hyperparameters>,
  more: Partial<TrainingJob> = {},
): Promise<TrainingJob> {
  const card = JSON.parse(await readFile(join(DEMO, 'card.json'), 'utf8')) as ModelCard;
  const weightsPath = join(DEMO, 'model.safetensors');
  const sha256 = createHash('sha256')
    .update(await readFile(weightsPath))
    .digest('hex');
  const cacheFile = join(scratch, 'films.grey');
  const films = await writeCache(cacheFile);
  const findings = card.findings.slice(0, 3);
  return {
    folder: join(scratch, name),
    cacheFile,
    values: { ...RECIPES.head.values, ...values },
    seed: 11,
    findings,
    input: card.input,
    batchNormEpsilon: card.batchNormEpsilon,
    initial: { weightsPath, sha256, outputs: null },
    training: sideOf([...Array(films).keys()], findings.length),
    validation: sideOf([0, 1], findings.length),
    addon: null,
    gpu: false,
    threads: 2,
    memory: { recompute: false, microBatch: null },
    checkpointEveryMinutes: 10,
    ...more,
  };
}
