/** What a run would be, before it is one: its receipt, its films, what it needs of disk, memory and time. */
import { mkdir, statfs } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import type { ModelCard } from '#main/contract/card';
import { AppError } from '#main/contract/errors';
import { formatBytes } from '#main/contract/formatBytes';
import {
  type Augmentation,
  type Hyperparameters,
  type RecipeName,
  type RunReceipt,
  type TrainingBackend,
} from '#main/contract/run';
import type { FindingCount } from '#main/chexnet/dataset/countFindings';
import type { UncertainPolicy } from '#main/chexnet/dataset/labelTable';
import { labelFactors, labelWeights } from '#main/chexnet/training/crossEntropy';
import type { AdoptedOutputs } from '#main/chexnet/training/initialWeights';
import { RECIPES } from '#main/chexnet/training/recipes';
import type { TrainingFilms } from '#main/engine/protocol/trainingProtocol';
import { groupLeftOut } from '../dataset/openDataset';
import type { Workbench } from '../openWorkbench';
import type { TaskReporter } from '../taskList';
import { fitMemory, roomHere } from './fitMemory';
import { describeSide, openTrainingData, type DataRequest, type TrainingData } from './openTrainingData';

export { RECIPES };
export type { FindingCount, UncertainPolicy };

export type RunRequest = DataRequest & {
  readonly recipe: RecipeName;
  /** A model of the registry; null begins with random weights. */
  readonly from: string | null;
  /** Of the run and of the model that it makes; null makes one of recipe and time. */
  readonly id: string | null;
  /** Instead of the recipe's. */
  readonly values: Partial<Pick<Hyperparameters, 'batch' | 'learningRate' | 'epochs'>>;
  readonly augmentation: Partial<Augmentation>;
};

/** `films.json`: which films, with which labels, on which side. */
export type RunFilms = {
  readonly pixelsFile: string;
  readonly training: readonly RunFilm[];
  readonly validation: readonly RunFilm[];
};

type RunFilm = { readonly file: string; readonly place: number; readonly labels: readonly number[] };

export type RunPlan = {
  readonly receipt: RunReceipt;
  readonly films: RunFilms;
  readonly data: TrainingData;
  readonly initial: ModelCard | null;
  readonly estimate: { readonly diskBytes: number; readonly seconds: number };
};

/** Throws what `openTrainingData` throws, `model/…` of the initial model, `usage/invalid`, `disk/full`. */
export async function planRun(
  bench: Workbench,
  request: RunRequest,
  reporter: Pick<TaskReporter, 'signal' | 'total' | 'phase' | 'finished'>,
): Promise<RunPlan> {
  const values = chooseValues(request);
  const initial = request.from === null ? null : await bench.models.get(request.from);
  const backend = (await bench.enginePack.findAddon()) === null ? 'wasm' : 'tensorflow';
  const id = await chooseId(bench, request);
  const data = await openTrainingData(bench, request, initial, reporter);
  const { findings } = data.table;
  const receipt: RunReceipt = {
    schema: 1,
    id,
    createdAt: new Date().toISOString(),
    recipe: request.recipe,
    task: request.task,
    values,
    seed: request.seed,
    findings: [...findings],
    input: initial === null ? IMAGENET_INPUT : { ...initial.input, resize: 'pillow-bilinear' },
    batchNormEpsilon: initial?.batchNormEpsilon ?? 1e-5,
    initial: initial === null ? null : describeInitial(initial, findings, values),
    data: describeData(data, request),
    backend,
    threads: availableParallelism(),
    memory: fitMemory(values, roomHere(backend)),
    notes: [],
    end: null,
  };
  const estimate = estimateRun(receipt, backend);
  await requireDisk(bench.home, estimate.diskBytes);
  return { receipt, films: listFilms(data), data, initial, estimate };
}

/** ImageNet's, as the paper: for weights that come from nowhere. */
const IMAGENET_INPUT: RunReceipt['input'] = {
  size: 224,
  channels: 3,
  source: 'display grey, 8 bit, after modality LUT, VOI and polarity',
  resize: 'pillow-bilinear',
  scale: '0..1',
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
};

function chooseValues({ recipe, values, augmentation }: RunRequest): Hyperparameters {
  const own = RECIPES[recipe].values;
  const chosen = { ...own, ...values, augmentation: { ...own.augmentation, ...augmentation } };
  const { rotationDegrees, shift, scale, contrast } = chosen.augmentation;
  if (chosen.part !== 'all' && rotationDegrees + shift + scale + contrast > 0) {
    throw new AppError(
      'usage/invalid',
      `The recipe ${recipe} computes its frozen layers once for each film: it can flip films, and change nothing else.`,
    );
  }
  return chosen;
}

async function chooseId({ models, runs }: Workbench, { id, recipe }: RunRequest): Promise<string> {
  const chosen = id ?? `${recipe}-${new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')}`;
  const taken = (await models.list()).some((model) => model.id === chosen);
  if (taken) throw new AppError('usage/invalid', `There is a model named ${chosen} already: --as names another.`);
  if (runs.has(chosen)) {
    throw new AppError('usage/invalid', `There is a run named ${chosen} already: --resume ${chosen} goes on with it.`);
  }
  return chosen;
}

function describeInitial(card: ModelCard, findings: readonly string[], { head }: Hyperparameters) {
  const places = findings.map((finding) => card.findings.indexOf(finding));
  const outputs: AdoptedOutputs = places.map((place) => (place < 0 ? null : place));
  const goesOn = card.head === head && card.findings.length > 0;
  return { model: card.id, sha256: card.weights.sha256, outputs: goesOn ? [...outputs] : null };
}

function describeData(data: TrainingData, { images, labels, uncertain }: RunRequest): RunReceipt['data'] {
  const { places, counts, dataset, split, table, labelsSha256 } = data;
  return {
    ...{ images, labels, labelsSha256, uncertain },
    format: table.format,
    contentSha256: dataset.contentSha256,
    split: split.rule,
    training: describeSide(data, places.training, counts.training),
    validation: describeSide(data, places.validation, counts.validation),
    leftOut: {
      ...Object.fromEntries([...groupLeftOut(dataset.leftOut)].map(([code, films]) => [code, films.length])),
      ...(split.leftOut.length > 0 ? { 'near-identical': split.leftOut.length } : {}),
      ...(places.test.length > 0 ? { test: places.test.length } : {}),
    },
  };
}

function listFilms({ dataset: { rows, films, pixelsFile }, places }: TrainingData): RunFilms {
  const list = (side: readonly number[]): RunFilm[] =>
    side.map((index) => ({
      file: films[index]!.file,
      place: films[index]!.place,
      labels: [...rows[index]!.labels],
    }));
  return { pixelsFile, training: list(places.training), validation: list(places.validation) };
}

/** As the training process wants them: factors of both sides are those of the training side. */
export function sideOf(films: readonly RunFilm[], { task, findings, data }: RunReceipt): TrainingFilms {
  const { positives, negatives } = data.training;
  const factors = findings.map((finding) => labelFactors(task, positives[finding] ?? 0, negatives[finding] ?? 0));
  const labels = Int8Array.from(films.flatMap((film) => film.labels));
  return { places: Uint32Array.from(films, ({ place }) => place), labels, weights: labelWeights(labels, factors) };
}

/** Bytes of DenseNet-121's weights. */
const WEIGHTS_BYTES = 28.3e6;
/** Numbers that frozen layers make of a film. */
const CACHED_NUMBERS = { all: 0, tail: 7 * 7 * 512, head: 1024 } as const;
/** Of a film on two threads: a step, and the frozen layers. Measured on an EPYC (npm run bench); others differ. */
const STEP_SECONDS = {
  tensorflow: { all: 0.072, tail: 0.0045, head: 3e-5 },
  wasm: { all: 0.45, tail: 0.03, head: 3e-5 },
} as const;
const TRUNK_SECONDS = { tensorflow: 0.018, wasm: 0.045 } as const;
/** A validation costs a third of a step. */
const JUDGING = 1 / 3;

function estimateRun({ values, data, threads }: RunReceipt, backend: TrainingBackend): RunPlan['estimate'] {
  const { part, head, epochs, augmentation } = values;
  const [training, validation] = [data.training.films, data.validation.films];
  const variants = augmentation.flip ? 2 : 1;
  const embedded = part === 'all' ? 0 : (training + validation) * variants;
  const learned =
    part === 'all' ? WEIGHTS_BYTES : part === 'tail' ? WEIGHTS_BYTES / 3 : head === 'linear' ? 6e4 : 4.3e6;
  // Weights and two moments, twice while they are written; the best; the whole network at the end, and in the registry.
  const diskBytes = 7 * learned + 2 * WEIGHTS_BYTES + embedded * CACHED_NUMBERS[part] * 4;
  const step = (part === 'head' && head === 'dense1024' ? 75 : 1) * STEP_SECONDS[backend][part];
  const steps = epochs * (training + JUDGING * validation) * step;
  const trunk = embedded * TRUNK_SECONDS[backend];
  return { diskBytes, seconds: (part === 'head' ? steps : (steps * 2) / threads) + (trunk * 2) / threads };
}

/** What stays free for the database and others. */
const RESERVE_BYTES = 1e9;

async function requireDisk(home: string, needed: number): Promise<void> {
  await mkdir(home, { recursive: true, mode: 0o700 });
  const { bavail, bsize } = await statfs(home);
  const free = bavail * bsize;
  if (free >= needed + RESERVE_BYTES) return;
  throw new AppError(
    'disk/full',
    `The run needs ${formatBytes(needed)}, and ${formatBytes(RESERVE_BYTES)} must stay free; there are ${formatBytes(free)}.`,
    { needed, free },
  );
}
