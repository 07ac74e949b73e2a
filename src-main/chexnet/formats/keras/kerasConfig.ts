/**
 * What a Keras model's own description (`config.json`, or the attribute `model_config`) says that its weights do not:
 * the epsilon of its batch norms, and that it is a DenseNet with a head that Hilum can compute.
 */
import { AppError } from '#main/contract/errors';
import { invalidHdf5 } from './hdf5';

/** All that a DenseNet-121 of keras.applications and a head of dense layers are made of; dropout does nothing here. */
const KNOWN_LAYERS = new Set([
  ...['InputLayer', 'ZeroPadding2D', 'Conv2D', 'BatchNormalization', 'Activation', 'ReLU', 'Concatenate'],
  ...['MaxPooling2D', 'AveragePooling2D', 'GlobalAveragePooling2D', 'Dense', 'Dropout', 'Flatten'],
  ...['Functional', 'Model', 'Sequential'],
]);

/** Of a head's layers, the last one first. A head that ends in logits is the same network: the sigmoid is ours. */
const ACTIVATIONS = { last: ['sigmoid', 'linear'], hidden: ['relu'] };

type Layer = { readonly className: string; readonly config: Readonly<Record<string, unknown>> };

/** The epsilon of every batch norm. Throws `model/unsupported` where the network is another one, by what it has. */
export function readKerasConfig(text: string): number {
  const layers = layersOf(parse(text));
  const foreign = layers.find(({ className }) => !KNOWN_LAYERS.has(className));
  if (foreign !== undefined) {
    throw unsupported(`it has a layer of the kind ${foreign.className}, which CheXNet has not.`);
  }
  checkHead(layers);
  const norms = layers.filter(({ className }) => className === 'BatchNormalization');
  const epsilons = new Set(norms.map(({ config }) => config['epsilon']));
  const [epsilon] = epsilons;
  if (epsilons.size !== 1 || typeof epsilon !== 'number') throw unsupported('its batch norms have no common epsilon.');
  return epsilon;
}

function unsupported(fault: string): AppError {
  return new AppError('model/unsupported', `This Keras model can not be taken over: ${fault}`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalidHdf5('its description of the network is not JSON.');
  }
}

/** Every layer, those of models within models in their place. */
function layersOf(value: unknown): Layer[] {
  if (!isRecord(value)) return [];
  const { class_name: className, config } = value;
  if (typeof className !== 'string' || !isRecord(config)) return [];
  const inner = Array.isArray(config['layers']) ? config['layers'].flatMap(layersOf) : [];
  return [{ className, config }, ...inner];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An activation may be the dense layer's own, or a layer behind it. */
function checkHead(layers: readonly Layer[]): void {
  const pooled = layers.findLastIndex(({ className }) => className === 'GlobalAveragePooling2D');
  if (pooled === -1) throw unsupported('it does not average its features over the film.');
  const activations: string[] = [];
  for (const { className, config } of layers.slice(pooled + 1)) {
    const name = className === 'ReLU' ? 'relu' : activationName(config['activation']);
    if (className === 'Dense') activations.push(name);
    else if (className === 'Activation' || className === 'ReLU') activations.splice(-1, 1, name);
  }
  const last = activations.at(-1);
  if (last === undefined)
    throw unsupported('it has no head: it was saved with include_top=False and nothing behind it.');
  if (!ACTIVATIONS.last.includes(last)) throw unsupported(`it ends in ${last} and not in a sigmoid for each finding.`);
  const hidden = activations.slice(0, -1).find((name) => !ACTIVATIONS.hidden.includes(name));
  if (hidden !== undefined) throw unsupported(`a hidden layer of its head is ${hidden} and not relu.`);
}

/** Keras 3 may write an object of a function. */
function activationName(value: unknown): string {
  if (isRecord(value)) return activationName(value['config']);
  return typeof value === 'string' ? value : 'unknown';
}
