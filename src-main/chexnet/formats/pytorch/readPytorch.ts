/**
 * PyTorch's checkpoints: the ZIP format of 1.6 and later, and the one before it, a row of pickles with the numbers
 * behind them (torch/serialization.py). Pickles are programs; ours are read by a machine that runs none of them.
 */
import type { ModelFile, StoredTensor } from '../storedWeights';
import { findStateDict } from './findStateDict';
import { invalid, isThing, STORAGE_TYPES, type Pickled, type PickledTensor, type Storage } from './pickleValues';
import { unpickle } from './unpickle';

/** The pickle of 0x1950a86a20f9469cfc6c, with which the older format starts. */
const LEGACY_START = [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e];
const LEGACY_PROTOCOL = 1001;

/** Bytes of a storage, by its key. */
type FindBytes = (storage: Storage) => Uint8Array;

export function isLegacyPytorch(file: Uint8Array): boolean {
  return LEGACY_START.every((byte, i) => file[i] === byte);
}

/** Throws `model/invalid` with the fault: a damaged file, or one that wants more than to be data. */
export function readPytorchArchive(entries: ReadonlyMap<string, Uint8Array>): ModelFile {
  const pickleName = [...entries.keys()].find((name) => name === 'data.pkl' || name.endsWith('/data.pkl'));
  const pickle = pickleName === undefined ? undefined : entries.get(pickleName);
  if (pickleName === undefined || pickle === undefined) throw invalid('there is no data.pkl in its archive.');
  const folder = pickleName.slice(0, -'data.pkl'.length);
  const byteorder = entries.get(`${folder}byteorder`);
  if (byteorder !== undefined && new TextDecoder().decode(byteorder) !== 'little') {
    throw invalid('its numbers are big-endian.');
  }
  const { value } = unpickle(pickle, 0, loadStorage);
  const find: FindBytes = ({ key }) => {
    const bytes = entries.get(`${folder}data/${key}`);
    if (bytes === undefined) throw invalid('numbers that it refers to are missing.');
    return bytes;
  };
  return modelFile('PyTorch (zip)', value, find);
}

/** Throws as `readPytorchArchive` does. */
export function readLegacyPytorch(file: Uint8Array): ModelFile {
  const views = new Map<string, Storage>();
  const protocol = unpickle(file, LEGACY_START.length, loadLegacy);
  if (protocol.value !== LEGACY_PROTOCOL) throw invalid('it has a version that is not known.');
  const system = unpickle(file, protocol.end, loadLegacy);
  if (system.value instanceof Map && system.value.get('little_endian') === false) {
    throw invalid('its numbers are big-endian.');
  }
  const content = unpickle(file, system.end, (id) => loadLegacy(id, views));
  const keys = unpickle(file, content.end, loadLegacy);
  if (!Array.isArray(keys.value)) throw invalid('it does not say in which order its numbers lie.');
  const places = placeStorages(file, keys.end, keys.value, views);
  const find: FindBytes = ({ key }) => {
    const bytes = places.get(key);
    if (bytes === undefined) throw invalid('numbers that it refers to are missing.');
    return bytes;
  };
  return modelFile('PyTorch (before 1.6)', content.value, find);
}

/** Behind the pickles: for each key the count of its numbers in 64 bits, then the numbers. */
function placeStorages(
  file: Uint8Array,
  start: number,
  keys: readonly Pickled[],
  storages: ReadonlyMap<string, Storage>,
): Map<string, Uint8Array> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const places = new Map<string, Uint8Array>();
  let at = start;
  for (const key of keys) {
    const storage = typeof key === 'string' ? storages.get(key) : undefined;
    if (storage === undefined || at + 8 > file.length) throw invalid('it ends before its numbers.');
    const bytes = Number(view.getBigUint64(at, true)) * storage.type.bytes;
    at += 8;
    if (bytes > file.length - at) throw invalid('it ends within its numbers.');
    places.set(storage.key, file.subarray(at, at + bytes));
    at += bytes;
  }
  return places;
}

/** `('storage', type, key, device, length)`. */
function loadStorage([tag, type, key, , length]: readonly Pickled[]): Storage {
  const storageType = isThing(type, 'global') ? STORAGE_TYPES.get(type.name) : undefined;
  if (tag !== 'storage' || storageType === undefined || typeof key !== 'string') {
    throw invalid('it refers to something that is no storage.');
  }
  if (typeof length !== 'number' || !Number.isSafeInteger(length) || length < 0) {
    throw invalid('a storage in it has no valid length.');
  }
  return { kind: 'storage', key, type: storageType, length };
}

/** Before 1.6 a module came with the source of its class, which nobody reads here; and a storage could be a view. */
function loadLegacy(id: readonly Pickled[], storages: Map<string, Storage> = new Map()): Pickled {
  const [tag, type = null, , , , view = null] = id;
  if (tag === 'module' && isThing(type, 'global')) return type;
  if (view !== null) throw invalid('its storages are views of others; save it with a newer PyTorch.');
  const storage = loadStorage(id);
  storages.set(storage.key, storage);
  return storage;
}

function modelFile(format: string, value: Pickled, find: FindBytes): ModelFile {
  const weights = new Map<string, StoredTensor>();
  const { tensors, taken, left } = findStateDict(value);
  for (const [name, tensor] of tensors) {
    weights.set(name, { shape: tensor.shape, read: () => readTensor(name, tensor, find(tensor.storage)) });
  }
  const assumptions = left.length === 0 ? [] : [`Its file holds ${left.join(', ')} too: ${taken} was taken.`];
  return { format, weights, batchNormEpsilon: null, metadata: {}, assumptions };
}

function readTensor(name: string, { storage, offset, shape, strides }: PickledTensor, bytes: Uint8Array): Float32Array {
  const { type, length } = storage;
  if (type.toSingles === null) throw invalid(`${name} does not hold floating-point numbers.`);
  if (bytes.length < length * type.bytes) throw invalid(`the numbers of ${name} are cut off.`);
  const count = shape.reduce((product, side) => product * side, 1);
  if (count === 0) return new Float32Array(0);
  const last = placeOf(count - 1, shape, strides);
  const raw = bytes.subarray(offset * type.bytes, (offset + last + 1) * type.bytes);
  // A copy, because the numbers may start anywhere in the file.
  const numbers = type.toSingles(new Uint8Array(raw).buffer);
  const result = new Float32Array(count);
  for (let i = 0; i < count; i++) result[i] = numbers[placeOf(i, shape, strides)]!;
  return result;
}

/** Row by row → by strides: a tensor may have been saved transposed. */
function placeOf(index: number, shape: readonly number[], strides: readonly number[]): number {
  let rest = index;
  let place = 0;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    place += (rest % shape[axis]!) * strides[axis]!;
    rest = Math.floor(rest / shape[axis]!);
  }
  return place;
}
