/**
 * Keras's files: HDF5 with the weights, or with the whole model (`.h5`); since Keras 2.12 also an archive of
 * `config.json` and `model.weights.h5` (`.keras`). Nothing of a model's Python is executed: what it describes is
 * compared with what CheXNet is.
 */
import type { DenseNet } from '../../network/densenet121';
import type { ModelFile, StoredWeights } from '../storedWeights';
import { invalidHdf5, readHdf5 } from './hdf5';
import { readKerasConfig } from './kerasConfig';
import { nameKerasWeights } from './nameKeras';

/** What keras.applications builds every DenseNet with. */
const KERAS_EPSILON = 1.001e-5;
const LONGEST_CONFIG = 20_000_000;

/** In an archive. */
const WEIGHTS = 'model.weights.h5';
const CONFIG = 'config.json';

/** Where a whole model keeps its weights; beside it lies what its training needed. */
const MODEL_WEIGHTS = 'model_weights/';
const OF_TRAINING = /^(?:optimizer|optimizer_weights|metrics|_?compile_metrics|loss)\//;

const WEIGHTS_ALONE =
  'Its file holds weights and no network: that it is the DenseNet of keras.applications, with ReLU and sigmoid in its head, is taken for granted.';

export function isKerasArchive(entries: ReadonlyMap<string, Uint8Array>): boolean {
  return entries.has(WEIGHTS);
}

/** `.h5`. Throws `model/invalid`, `model/unsupported`. */
export function readKerasHdf5(file: Uint8Array, network: DenseNet): ModelFile {
  const { datasets, attributes } = readHdf5(file);
  return modelFile('Keras (.h5)', datasets, attributes.get('model_config'), network);
}

/** `.keras`, unpacked. Throws `model/invalid`, `model/unsupported`. */
export function readKerasArchive(entries: ReadonlyMap<string, Uint8Array>, network: DenseNet): ModelFile {
  const [weights, config] = [entries.get(WEIGHTS), entries.get(CONFIG)];
  if (weights === undefined || config === undefined) throw invalidHdf5(`there is no ${CONFIG} in its archive.`);
  if (config.length > LONGEST_CONFIG) throw invalidHdf5('its description of the network is too long.');
  return modelFile('Keras (.keras)', readHdf5(weights).datasets, new TextDecoder().decode(config), network);
}

function modelFile(format: string, datasets: StoredWeights, config: string | undefined, network: DenseNet): ModelFile {
  const epsilon = config === undefined ? KERAS_EPSILON : readKerasConfig(config);
  return {
    format,
    weights: nameKerasWeights(weightsOf(datasets), network),
    batchNormEpsilon: epsilon,
    metadata: {},
    assumptions: config === undefined ? [WEIGHTS_ALONE] : [],
  };
}

function weightsOf(datasets: StoredWeights): StoredWeights {
  const all = [...datasets];
  const isWhole = all.some(([path]) => path.startsWith(MODEL_WEIGHTS));
  const kept = all.filter(([path]) => (isWhole ? path.startsWith(MODEL_WEIGHTS) : !OF_TRAINING.test(path)));
  return new Map(kept.map(([path, tensor]) => [isWhole ? path.slice(MODEL_WEIGHTS.length) : path, tensor]));
}
