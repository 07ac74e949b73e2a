/** A model file of another tool → a model of ours: weights by torchvision's names, and a card that says the rest. */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import * as v from 'valibot';
import { ModelCardSchema, type ModelCard, type ResizeRule } from '#main/contract/card';
import { AppError, cancelled } from '#main/contract/errors';
import { keepOutputs, type FittedWeights } from '#main/chexnet/formats/keepOutputs';
import { MODEL_PRESETS, type ModelPreset } from '#main/chexnet/formats/presets';
import { fitWeights, readModelFile } from '#main/chexnet/formats/readModelFile';
import { writeSafetensors } from '#main/chexnet/formats/safetensors';
import type { ModelFile } from '#main/chexnet/formats/storedWeights';
import { countParameters, describeDenseNet, type NetworkOptions } from '#main/chexnet/network/densenet121';
import type { ModelRegistry } from '#main/database/modelRegistry';
import { CARD_METADATA } from './exportModel';

export const PRESET_NAMES = Object.keys(MODEL_PRESETS);

export type ImportModelRequest = {
  readonly file: string;
  readonly id: string;
  /** A name of MODEL_PRESETS: what the file can not say. What is given beside it counts more. */
  readonly preset?: string | undefined;
  /** In the order of the outputs. */
  readonly findings?: readonly string[] | undefined;
  /** One for each channel, after division by 255. */
  readonly mean?: readonly number[] | undefined;
  readonly std?: readonly number[] | undefined;
  readonly resize?: ResizeRule | undefined;
  readonly name?: string | undefined;
  readonly licence?: string | undefined;
};

/** A DenseNet-121 with the state of its optimizer has 90 MB; what is far beyond that is not read into memory. */
const MAX_FILE_BYTES = 1_000_000_000;
const NOT_MEASURED =
  'Imported: not measured by Hilum on any film. It raises no priority until it has cut-offs that were measured.';
/** PyTorch's, where the file says nothing. */
const USUAL_EPSILON = 1e-5;

/**
 * Throws `file/not-found`, `file/too-large`, `model/unsupported`, `model/invalid` (its details list every fault),
 * and `usage/invalid` where the id is taken or something that the file does not say was not given. Nothing is
 * left of an import that failed.
 */
export async function importModel(
  models: ModelRegistry,
  request: ImportModelRequest,
  signal?: AbortSignal,
): Promise<ModelCard> {
  const bytes = await readWhole(request.file);
  const file = readModelFile(bytes);
  const preset = request.preset === undefined ? null : presetOf(request.preset);
  const outputs = request.findings ?? preset?.findings ?? null;
  const fitted = fitWeights(file, { keepsHead: outputs?.length !== 0 });
  const { network, weights } = withoutUntrained(fitted, outputs ?? []);
  const content = writeSafetensors(weights, { format: 'pt' });
  const card = makeCard(request, preset, file, network, {
    source: { format: file.format, file: basename(request.file), sha256: sha256(bytes) },
    weights: {
      file: 'model.safetensors',
      sha256: sha256(content),
      dtype: 'float32',
      parameters: countParameters(describeDenseNet(network)),
    },
  });
  if (signal?.aborted === true) throw cancelled();
  await models.add(card, content);
  return card;
}

/** As safetensors and Keras number the files of one model. */
const PART = /-\d{5}-of-\d{5}\.[a-z]+$/i;

async function readWhole(path: string): Promise<Uint8Array> {
  if (PART.test(path)) {
    const message = `${basename(path)} is a part of a model: save the whole of it in one file.`;
    throw new AppError('model/unsupported', message, { file: path });
  }
  const found = await stat(path).catch(() => null);
  if (found?.isDirectory() === true) {
    const message = `${path} is a folder: name the file in it that holds the weights, such as model.safetensors.`;
    throw new AppError('file/not-found', message, { file: path });
  }
  if (found?.isFile() !== true) throw new AppError('file/not-found', `There is no file ${path}.`, { file: path });
  const bytes = found.size;
  if (bytes > MAX_FILE_BYTES) {
    throw new AppError('file/too-large', 'The file is too large for a DenseNet-121.', { file: path, bytes });
  }
  try {
    return await readFile(path);
  } catch (cause) {
    throw new AppError('file/unreadable', 'The file can not be read.', { file: path }, cause);
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

type Facts = {
  readonly source: Omit<NonNullable<ModelCard['lineage']>, 'preset'>;
  readonly weights: ModelCard['weights'];
};

function makeCard(
  request: ImportModelRequest,
  preset: ModelPreset | null,
  file: ModelFile,
  network: NetworkOptions,
  facts: Facts,
): ModelCard {
  const own = preset === null ? cardInside(file) : null;
  const lineage = { ...facts.source, preset: request.preset ?? null };
  const draft =
    own === null
      ? { ...draftCard(request, preset, file, network), lineage, weights: facts.weights }
      : { ...own, ...changes(request, own), id: request.id, lineage, weights: facts.weights };
  const card = v.safeParse(ModelCardSchema, draft);
  if (!card.success) {
    const [issue] = card.issues;
    throw new AppError('usage/invalid', `${v.getDotPath(issue) ?? 'The card'} does not hold: ${issue.message}`);
  }
  checkCount(card.output.findings, network);
  checkFit(card.output, network);
  return card.output;
}

/** What Hilum wrote into a file that it exported. */
function cardInside({ metadata }: ModelFile): ModelCard | null {
  const text = metadata[CARD_METADATA];
  if (text === undefined) return null;
  const card = v.safeParse(v.pipe(v.string(), v.parseJson(), ModelCardSchema), text);
  return card.success ? card.output : null;
}

function changes(
  { name, licence, findings, mean, std, resize }: ImportModelRequest,
  { input }: ModelCard,
): Partial<ModelCard> {
  return {
    ...(name === undefined ? {} : { name }),
    ...(licence === undefined ? {} : { licence }),
    ...(findings === undefined ? {} : { findings: [...findings] }),
    input: {
      ...input,
      mean: [...(mean ?? input.mean)],
      std: [...(std ?? input.std)],
      resize: resize ?? input.resize,
    },
  };
}

function draftCard(
  request: ImportModelRequest,
  preset: ModelPreset | null,
  file: ModelFile,
  network: NetworkOptions,
): object {
  const { inputChannels, head } = network;
  const findings = request.findings ?? preset?.findings?.filter((output) => output !== null);
  const mean = request.mean ?? preset?.mean;
  const std = request.std ?? preset?.std;
  if (findings === undefined || mean === undefined || std === undefined) {
    const missing = Object.entries({ findings, mean, std }).flatMap(([name, value]) =>
      value === undefined ? name : [],
    );
    throw new AppError(
      'usage/invalid',
      `The file does not say its ${missing.join(', ')}: give them, or the preset that it was trained with.`,
    );
  }
  return {
    schema: 1,
    id: request.id,
    name: request.name ?? preset?.name ?? basename(request.file),
    version: '1',
    architecture: 'densenet121',
    head,
    findings,
    input: {
      size: 224,
      channels: inputChannels,
      source: 'display grey, 8 bit, after modality LUT, VOI and polarity',
      resize: request.resize ?? preset?.resize ?? 'pillow-bilinear',
      scale: '0..1',
      mean,
      std,
    },
    batchNormEpsilon: file.batchNormEpsilon ?? USUAL_EPSILON,
    ...operatingPoints(request, preset),
    calibration: null,
    limitations: [
      ...(preset?.limitations ?? []),
      ...(file.assumptions ?? []),
      ...headAssumptions(network),
      NOT_MEASURED,
    ],
    intendedUse: 'research',
    licence: request.licence ?? preset?.licence ?? 'not known',
  };
}

/** What weights do not say of the functions between and behind them. */
function headAssumptions({ head, findings }: NetworkOptions): string[] {
  return [
    ...(head === 'linear' ? [] : ['That there is ReLU between the two layers of its head is taken for granted.']),
    ...(findings === 2
      ? [
          'Its two outputs are taken for a sigmoid each: had they been trained with a softmax, they mean something else.',
        ]
      : []),
  ];
}

/** Where the network's outputs are scaled around its authors' operating points, 0.5 is the cut-off that they mean. */
function operatingPoints({ findings }: ImportModelRequest, preset: ModelPreset | null): object {
  const points = findings === undefined ? preset?.operatingPoints : undefined;
  if (points === undefined) return { cutoffs: null };
  const values = Object.fromEntries(Object.keys(points).map((finding) => [finding, 0.5]));
  return { operatingPoints: points, cutoffs: { rule: "its authors' operating points", values } };
}

function presetOf(name: string): ModelPreset {
  const preset = Object.hasOwn(MODEL_PRESETS, name) ? MODEL_PRESETS[name] : undefined;
  if (preset !== undefined) return preset;
  throw new AppError(
    'usage/invalid',
    `There is no preset ${name}; there are ${Object.keys(MODEL_PRESETS).join(', ')}.`,
  );
}

/** Leaves out what a preset calls no finding. */
function withoutUntrained(fitted: FittedWeights, outputs: readonly (string | null)[]): FittedWeights {
  if (!outputs.includes(null)) return fitted;
  checkCount(outputs, fitted.network);
  return keepOutputs(fitted, outputs);
}

function checkCount(outputs: readonly unknown[], { findings }: NetworkOptions): void {
  if (outputs.length === findings) return;
  throw new AppError('usage/invalid', `The file has ${findings} outputs, and ${outputs.length} findings are named.`);
}

function checkFit({ findings, input, head }: ModelCard, network: NetworkOptions): void {
  const faults = [
    ...(new Set(findings).size === findings.length ? [] : ['A finding is named twice.']),
    ...(input.channels === network.inputChannels
      ? []
      : [`The file wants ${network.inputChannels} channels, and its card says ${input.channels}.`]),
    ...(input.mean.length === network.inputChannels && input.std.length === network.inputChannels
      ? []
      : [`The file wants ${network.inputChannels} channels; mean and std need a number for each.`]),
    ...(head === network.head ? [] : [`The file has a head of the kind ${network.head}, its card says ${head}.`]),
  ];
  if (faults.length > 0) throw new AppError('usage/invalid', faults.join(' '));
}
