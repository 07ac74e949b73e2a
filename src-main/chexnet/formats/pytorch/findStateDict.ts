/** The tensors of a checkpoint by name, as `state_dict()` would name them, out of what the pickle holds. */
import {
  invalid,
  isThing,
  type Pickled,
  type PickledMap,
  type PickledRecord,
  type PickledTensor,
} from './pickleValues';

/** Where training programs keep the weights; tried in this order. */
const WRAPPERS = ['state_dict', 'model_state_dict', 'model', 'net'];
const MOST_WRAPPERS = 4;

/** A DenseNet-121 has some hundreds; modules that contain each other, or themselves, would never end. */
const MOST_MODULES = 10_000;
const LONGEST_PATH = 1000;

export type StateDict = ReadonlyMap<string, PickledTensor>;

/** Throws `model/invalid` where there are no named tensors. */
export function findStateDict(value: Pickled, depth = 0): StateDict {
  if (isThing(value, 'record')) return new Map(tensorsOf(value, '', { left: MOST_MODULES }));
  if (!(value instanceof Map)) throw invalid('it holds neither weights by name nor a module.');
  // A checkpoint's own tensors (the state of its random numbers) are not the weights that it wraps.
  const wrapped = WRAPPERS.map((name) => value.get(name)).find(isStateful);
  if (depth > MOST_WRAPPERS) throw invalid('it wraps itself.');
  if (wrapped !== undefined) return findStateDict(wrapped, depth + 1);
  const tensors = [...value].filter((entry): entry is [string, PickledTensor] => isNamedTensor(entry));
  if (tensors.length === 0) throw invalid('it holds no weights by name.');
  return new Map(tensors);
}

function isStateful(value: Pickled | undefined): value is PickledMap | PickledRecord {
  return value instanceof Map || isThing(value, 'record');
}

function isNamedTensor([name, value]: readonly [Pickled, Pickled]): boolean {
  return typeof name === 'string' && isThing(value, 'tensor');
}

/** What `torch.nn.Module` keeps where: parameters, buffers, and modules inside. */
function* tensorsOf(module: PickledRecord, path: string, budget: { left: number }): Generator<[string, PickledTensor]> {
  if (budget.left-- === 0 || path.length > LONGEST_PATH) throw invalid('it has too many modules in each other.');
  for (const kind of ['_parameters', '_buffers']) {
    for (const [name, tensor] of mapOf(module, kind)) {
      if (typeof name === 'string' && isThing(tensor, 'tensor')) yield [path + name, tensor];
    }
  }
  for (const [name, inner] of mapOf(module, '_modules')) {
    if (typeof name === 'string' && isThing(inner, 'record')) yield* tensorsOf(inner, `${path}${name}.`, budget);
  }
}

function mapOf({ attributes }: PickledRecord, name: string): PickledMap {
  const value = attributes.get(name);
  return value instanceof Map ? value : new Map<Pickled, Pickled>();
}
