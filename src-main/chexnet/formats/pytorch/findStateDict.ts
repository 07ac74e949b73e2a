/** The tensors of a checkpoint by name, as `state_dict()` would name them, out of what the pickle holds. */
import {
  invalid,
  isThing,
  type Pickled,
  type PickledMap,
  type PickledRecord,
  type PickledTensor,
} from './pickleValues';

/** Where training programs keep the weights; tried in this order, before any other set of weights. */
const WRAPPERS = ['state_dict', 'model_state_dict', 'model', 'net'];
const MOST_WRAPPERS = 4;

/** A DenseNet-121 has some hundreds; modules that contain each other, or themselves, would never end. */
const MOST_MODULES = 10_000;
const LONGEST_PATH = 1000;

export type StateDict = {
  readonly tensors: ReadonlyMap<string, PickledTensor>;
  /** `model` … as the checkpoint calls this set of weights, and the others that it holds beside it. */
  readonly taken: string;
  readonly left: readonly string[];
};

/** Throws `model/invalid` where there are no named tensors, or nobody can know which of several sets is meant. */
export function findStateDict(value: Pickled, taken = '', left: readonly string[] = [], depth = 0): StateDict {
  if (isThing(value, 'record')) return { tensors: new Map(tensorsOf(value, '', { left: MOST_MODULES })), taken, left };
  if (!(value instanceof Map)) throw invalid('it holds neither weights by name nor a module.');
  if (depth > MOST_WRAPPERS) throw invalid('it wraps itself.');
  // A checkpoint's own tensors (the state of its random numbers) are not the weights that it wraps.
  const sets = [...value].filter((entry): entry is [string, Pickled] => isSet(entry));
  const known = WRAPPERS.find((name) => isStateful(value.get(name)));
  const own = [...value].filter((entry): entry is [string, PickledTensor] => isNamedTensor(entry));
  const [only, ...more] = known === undefined && !own.some(isWeight) ? sets.map(([name]) => name) : [];
  if (more.length > 0) {
    throw invalid(`it holds several sets of weights: ${[only, ...more].join(', ')}. Save one of them alone.`);
  }
  const name = known ?? only;
  if (name === undefined) {
    if (own.length === 0) throw invalid('it holds no weights by name.');
    return { tensors: new Map(own), taken, left };
  }
  const others = sets.flatMap(([other]) => (other === name ? [] : [other]));
  return findStateDict(value.get(name)!, name, [...left, ...others], depth + 1);
}

function isStateful(value: Pickled | undefined): value is PickledMap | PickledRecord {
  return value instanceof Map || isThing(value, 'record');
}

/** A module, or weights by name. What an optimizer keeps is counted, and has no such names. */
function isSet([name, value]: readonly [Pickled, Pickled]): boolean {
  if (typeof name !== 'string') return false;
  return value instanceof Map
    ? [...value].some(isWeight)
    : isThing(value, 'record') && mapOf(value, '_modules').size > 0;
}

function isNamedTensor([name, value]: readonly [Pickled, Pickled]): boolean {
  return typeof name === 'string' && isThing(value, 'tensor');
}

function isWeight(entry: readonly [Pickled, Pickled]): boolean {
  const [name] = entry;
  return typeof name === 'string' && name.endsWith('.weight') && isNamedTensor(entry);
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
