/** The models that are ready on a backend: checked, built, warmed up. The last two stay, so that two can be compared. */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { ModelCard } from '#main/contract/card';
import { AppError } from '#main/contract/errors';
import { readSafetensors } from '#main/chexnet/formats/safetensors';
import { countParameters, describeDenseNet, type Linear } from '#main/chexnet/network/densenet121';
import type { BuiltNetwork } from '#main/chexnet/network/network';
import { checkWeights, type Weights } from '#main/chexnet/network/weights';
import type { Backend } from '../backends/backend';

const KEPT_MODELS = 2;
/** Ten times what a DenseNet-121 needs: a file beyond it is something else, and is not read into memory. */
const MAX_FILE_BYTES = 300_000_000;

export type LoadedModel = {
  readonly card: ModelCard;
  readonly weightsPath: string;
  /** The layers behind pooling, and their weights: all that attention maps need beside the features. */
  readonly head: readonly Linear[];
  readonly headWeights: Weights;
  readonly network: BuiltNetwork;
  readonly parameters: number;
};

export type ModelShelf = {
  /**
   * Throws `model/not-found`, `model/hash-mismatch` where the weights are not those of the card, `model/invalid`
   * where they are damaged or do not fit the network.
   */
  load(card: ModelCard, weightsPath: string): Promise<LoadedModel>;
  /** As `load`; but unless somebody asks for this model too, its memory is given back when another one is loaded. */
  loadForTest(card: ModelCard, weightsPath: string): Promise<LoadedModel>;
  /** Throws `model/not-found` where it is not loaded. */
  get(weightsSha256: string): LoadedModel;
};

async function readWeights(path: string): Promise<Uint8Array> {
  let size: number;
  try {
    size = (await stat(path)).size;
  } catch (cause) {
    throw new AppError('model/not-found', 'The weights of this model are not there.', {}, cause);
  }
  if (size > MAX_FILE_BYTES) throw new AppError('model/invalid', 'The weights file is too large for a DenseNet-121.');
  return readFile(path);
}

function checkHash(file: Uint8Array, card: ModelCard): void {
  if (createHash('sha256').update(file).digest('hex') === card.weights.sha256) return;
  throw new AppError('model/hash-mismatch', `The weights of ${card.name} are not those that its card names.`);
}

/** The first call packs the weights and compiles. */
function warmUp(network: BuiltNetwork, { channels, size }: ModelCard['input']): void {
  network.predict(new Float32Array(size * size * channels), 1, { features: false });
}

async function loadModel(backend: Backend, card: ModelCard, weightsPath: string): Promise<LoadedModel> {
  const file = await readWeights(weightsPath);
  checkHash(file, card);
  const { weights } = readSafetensors(file);
  const { input, findings, head } = card;
  const description = describeDenseNet({ inputChannels: input.channels, findings: findings.length, head });
  checkWeights(description, weights);
  const network = backend.build(description, weights, card.batchNormEpsilon);
  warmUp(network, input);
  const inHead = ([name]: readonly [string, unknown]): boolean =>
    description.head.some((layer) => name.startsWith(`${layer.name}.`));
  return {
    card,
    weightsPath,
    head: description.head,
    headWeights: new Map([...weights].filter(inHead)),
    network,
    parameters: countParameters(description),
  };
}

/** All of a card that its network is built from; what else the numbers depend on is done to films and probabilities. */
function networkOf({ weights, head, findings, input, batchNormEpsilon }: ModelCard): string {
  return [weights.sha256, head, findings.length, input.channels, input.size, batchNormEpsilon].join();
}

function isSame(model: LoadedModel | undefined, card: ModelCard, weightsPath: string): model is LoadedModel {
  return model?.weightsPath === weightsPath && networkOf(model.card) === networkOf(card);
}

export function createModelShelf(backend: Backend): ModelShelf {
  /** By the hash of the weights, the longest unused first. */
  const loaded = new Map<string, LoadedModel>();
  /** Of the model that only a test has asked for. */
  let tested: string | null = null;

  function take(key: string): void {
    loaded.get(key)?.network.dispose();
    loaded.delete(key);
  }

  function put(model: LoadedModel): void {
    const key = model.card.weights.sha256;
    if (loaded.get(key)?.network !== model.network) take(key);
    loaded.delete(key);
    loaded.set(key, model);
    for (const [oldest] of [...loaded].slice(0, -KEPT_MODELS)) take(oldest);
  }

  async function load(card: ModelCard, weightsPath: string): Promise<LoadedModel> {
    const known = loaded.get(card.weights.sha256);
    const model = isSame(known, card, weightsPath) ? { ...known, card } : await loadModel(backend, card, weightsPath);
    put(model);
    return model;
  }

  return {
    load: async (card, weightsPath) => {
      // Before: both at once would be the most memory that the process ever takes.
      if (tested !== null && tested !== card.weights.sha256) take(tested);
      tested = null;
      return load(card, weightsPath);
    },
    loadForTest: async (card, weightsPath) => {
      const key = card.weights.sha256;
      if (!loaded.has(key)) tested = key;
      return load(card, weightsPath);
    },
    get: (weightsSha256) => {
      const model = loaded.get(weightsSha256);
      if (model === undefined) throw new AppError('model/not-found', 'This model is not loaded.');
      return model;
    },
  };
}
