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

/** A module nests a few levels deep; one that contains itself would never end. */
const DEEPEST = 32;

export type StateDict = ReadonlyMap<string, PickledTensor>;

/** Throws `model/invalid` where there are no named tensors. */
export function findStateDict(value: Pickled): StateDict {
  if (isThing(value, 'record')) return new Map(tensorsOf(value, '', 0));
  if (!(value instanceof Map)) throw invalid('it holds neither weights by name nor a module.');
  const tensors = [...value].filter((entry): entry is [string, PickledTensor] => isNamedTensor(entry));
  const wrapped = WRAPPERS.map((name) => value.get(name)).find(isStateful);
  // A checkpoint's own tensors (the state of its random numbers) are not the weights that it wraps.
  if (wrapped !== undefined) return findStateDict(wrapped);
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
function* tensorsOf(module: PickledRecord, path: string, depth: number): Generator<[string, PickledTensor]> {
  if (depth > DEEPEST) throw invalid('its modules nest too deep.');
  for (const kind of ['_parameters', '_buffers']) {
    for (const [name, tensor] of mapOf(module, kind)) {
      if (typeof name === 'string' && isThing(tensor, 'tensor')) yield [path + name, tensor];
    }
  }
  for (const [name, inner] of mapOf(module, '_modules')) {
    if (typeof name === 'string' && isThing(inner, 'record')) yield* tensorsOf(inner, `${path}${name}.`, depth + 1);
  }
}

function mapOf({ attributes }: PickledRecord, name: string): PickledMap {
  const value = attributes.get(name);
  return value instanceof Map ? value : new Map<Pickled, Pickled>();
}
