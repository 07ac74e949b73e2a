/** What the contestants of the training benchmark train on: the same weights, films and labels for all of them. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { normalise } from '#main/chexnet/preprocess/preprocess';
import { RECIPES } from '#main/chexnet/training/recipes';
import type { RecipeName } from '#main/contract/run';
import { runFiles } from '#main/database/runRegistry';
import type { TrainingFilms, TrainingJob } from '#main/engine/protocol/trainingProtocol';
import { randomNumbers } from '#test/helpers/randomNumbers';
import { GOLDEN_FOLDER, MODEL_FOLDER, THREADS, type Bench } from '../context';
import { readGoldenFilms } from '../goldenFilms';

export const LARGEST_BATCH = 16;
const CACHED_FILMS = 10_000;
/** As `training.py`. */
const LEARNING_RATE = 1e-4;
const FEATURES = 1024;
const STREAMED_STEPS = 10;

export type Material = {
  /** Normalised [LARGEST_BATCH,224,224,3]. */
  readonly films: Float32Array;
  readonly filmsFile: string;
  /** Pooled features of CACHED_FILMS. */
  readonly featuresFile: string;
  /** [CACHED_FILMS,findings], the first of them also for the films. */
  readonly labels: Float32Array;
  readonly labelsFile: string;
  /** As training caches films. */
  readonly cacheFile: string;
  readonly cachedFilms: number;
};

export async function makeMaterial({ card, scratch }: Bench): Promise<Material> {
  const folder = join(scratch, 'training');
  await mkdir(folder, { recursive: true });
  const golden = await readGoldenFilms();
  const inputs = Array.from({ length: LARGEST_BATCH }, (_, i) => golden[i % golden.length]!.input);
  const films = normalise(inputs, card.input);
  const random = randomNumbers(1);
  const labels = Float32Array.from({ length: CACHED_FILMS * card.findings.length }, () => (random() < 0.1 ? 1 : 0));
  const features = Float32Array.from({ length: CACHED_FILMS * FEATURES }, random);
  const cached = await readCachedFilms();
  const files = {
    filmsFile: join(folder, 'films.f32'),
    labelsFile: join(folder, 'labels.f32'),
    featuresFile: runFiles(folder).features,
    cacheFile: join(folder, 'films.u8'),
  };
  await writeFile(files.filmsFile, films);
  await writeFile(files.labelsFile, labels);
  await writeFile(files.featuresFile, features);
  await writeFile(files.cacheFile, Buffer.concat(cached));
  return { films, labels, ...files, cachedFilms: cached.length };
}

async function readCachedFilms(): Promise<Buffer[]> {
  const folder = join(GOLDEN_FOLDER, 'films', 'images-256');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.png')).sort();
  return Promise.all(names.map((name) => sharp(join(folder, name)).toColourspace('b-w').raw().toBuffer()));
}

export type JobOptions = {
  readonly recipe: RecipeName;
  readonly recompute: boolean;
  readonly addon: string | null;
};

/** Of a head: an epoch over all features. Of others: some steps with every change of films that there is. */
export function makeJob({ card, scratch }: Bench, material: Material, options: JobOptions): TrainingJob {
  const { recipe, recompute, addon } = options;
  const { values } = RECIPES[recipe];
  const isHead = values.part === 'head';
  const count = isHead ? CACHED_FILMS : STREAMED_STEPS * values.batch;
  const places = Uint32Array.from({ length: count }, (_, i) => (isHead ? i : i % material.cachedFilms));
  const labels = Int8Array.from(material.labels.subarray(0, count * card.findings.length));
  const films: TrainingFilms = { places, labels, weights: new Float32Array(labels.length).fill(1) };
  const changes = { flip: true, rotationDegrees: 5, shift: 0.05, scale: 0.05, contrast: 0.1 };
  return {
    folder: join(scratch, 'training'),
    cacheFile: material.cacheFile,
    values: {
      ...values,
      learningRate: LEARNING_RATE,
      augmentation: values.part === 'all' ? changes : values.augmentation,
    },
    seed: 1,
    findings: card.findings,
    input: card.input,
    batchNormEpsilon: card.batchNormEpsilon,
    initial: {
      weightsPath: join(MODEL_FOLDER, card.weights.file),
      sha256: card.weights.sha256,
      outputs: card.findings.map((_, place) => place),
    },
    training: films,
    validation: {
      places: places.slice(0, 1),
      labels: labels.slice(0, card.findings.length),
      weights: films.weights.slice(0, card.findings.length),
    },
    addon,
    gpu: false,
    threads: THREADS,
    memory: { recompute, microBatch: null },
    checkpointEveryMinutes: 1e6,
  };
}
