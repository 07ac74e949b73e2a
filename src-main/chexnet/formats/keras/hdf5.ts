/**
 * As much of HDF5 as Keras 2 and 3 write through h5py, from the format specification (version 3.0, sections II to IV):
 * superblock 0, groups as symbol tables, version 1 object headers, contiguous little-endian floats, text attributes.
 * Everything else is refused by its name: links out of the file, compressed or chunked numbers, shared types. Nothing
 * is read twice, so that a file whose parts point at each other ends like any other.
 */
import { AppError } from '#main/contract/errors';
import { halfToSingle } from '../half';
import type { StoredTensor } from '../storedWeights';
import { readTextAttribute } from './hdf5Attributes';
import { readMessages, type Message } from './hdf5Messages';

export type Hdf5File = {
  /** Path without a slash in front → its numbers. */
  readonly datasets: ReadonlyMap<string, StoredTensor>;
  /** Text attributes of the root by name. */
  readonly attributes: ReadonlyMap<string, string>;
};

const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
const SYMBOL_TABLE_ENTRY = 40;
/** A DenseNet-121 with its optimizer has some 4,000 objects. */
const MOST_OBJECTS = 50_000;
const DEEPEST_GROUP = 32;
const SOFT_LINK = 2;

const MESSAGE = {
  dataspace: 1,
  linkInfo: 2,
  datatype: 3,
  link: 6,
  external: 7,
  layout: 8,
  filters: 11,
  attribute: 12,
  symbols: 17,
};
const SHARED = 2;

export function isHdf5File(file: Uint8Array): boolean {
  return SIGNATURE.every((byte, index) => file[index] === byte);
}

export function invalidHdf5(fault: string): AppError {
  return new AppError('model/invalid', `This is not a Keras file that can be read: ${fault}`);
}

/** Throws `model/invalid` with the fault. Numbers are read when they are asked for. */
export function readHdf5(file: Uint8Array): Hdf5File {
  try {
    return readFile(file);
  } catch (error) {
    // A place outside of the file, which DataView refuses.
    if (error instanceof RangeError) throw invalidHdf5('it is damaged or cut off.');
    throw error;
  }
}

function readFile(file: Uint8Array): Hdf5File {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const [superblock, offsetBytes, lengthBytes] = [8, 13, 14].map((at) => view.getUint8(at));
  if (superblock !== 0 || offsetBytes !== 8 || lengthBytes !== 8 || view.getBigUint64(24, true) !== 0n) {
    throw invalidHdf5('its HDF5 is laid out as Keras does not write it; save it again with Keras.');
  }
  const walk: Walk = { view, seen: new Set(), datasets: new Map() };
  const root = numberAt(view, 64);
  visit(walk, root, '', 0);
  const attributes = readMessages(view, root).filter(({ type }) => type === MESSAGE.attribute);
  return {
    datasets: walk.datasets,
    attributes: new Map(attributes.flatMap((message) => readTextAttribute(view, message))),
  };
}

type Walk = {
  readonly view: DataView;
  /** Places of everything that was read once. */
  readonly seen: Set<number>;
  readonly datasets: Map<string, StoredTensor>;
};

/** 64 bits that must be a place in the file. */
function numberAt(view: DataView, at: number): number {
  const value = Number(view.getBigUint64(at, true));
  if (!Number.isSafeInteger(value)) throw new RangeError('A number of the file is too large.');
  return value;
}

/** An object header: a group of others, or numbers. */
function visit(walk: Walk, at: number, path: string, depth: number): void {
  once(walk, at);
  if (depth > DEEPEST_GROUP) throw invalidHdf5('its groups lie too deep in each other.');
  const messages = readMessages(walk.view, at);
  const find = (type: number): Message | undefined => messages.find((message) => message.type === type);
  const symbols = find(MESSAGE.symbols);
  if (find(MESSAGE.link) !== undefined || find(MESSAGE.linkInfo) !== undefined) {
    throw invalidHdf5(`${path || 'its root'} is a group with links, which Keras does not write.`);
  }
  if (symbols !== undefined) {
    const { view } = walk;
    visitTree(walk, numberAt(view, symbols.start), readHeap(view, numberAt(view, symbols.start + 8)), path, depth);
    return;
  }
  const [dataspace, datatype, layout] = [MESSAGE.dataspace, MESSAGE.datatype, MESSAGE.layout].map(find);
  if (dataspace === undefined || datatype === undefined || layout === undefined) {
    throw invalidHdf5(`${path} is neither a group nor numbers.`);
  }
  if (find(MESSAGE.external) !== undefined) throw invalidHdf5(`the numbers of ${path} lie in another file.`);
  if (find(MESSAGE.filters) !== undefined) throw invalidHdf5(`${path} is compressed, which Keras never does.`);
  const tensor = describeNumbers(walk.view, path, { dataspace, datatype, layout });
  if (tensor !== null) walk.datasets.set(path, tensor);
}

function once({ seen }: Walk, at: number): void {
  if (seen.has(at)) throw invalidHdf5('a part of it is in two places at once.');
  if (seen.size === MOST_OBJECTS) throw invalidHdf5('it has too many parts.');
  seen.add(at);
}

function expectSignature(view: DataView, at: number, signature: string): void {
  const found = [0, 1, 2, 3].map((index) => String.fromCharCode(view.getUint8(at + index))).join('');
  if (found !== signature) throw invalidHdf5('it is damaged or cut off.');
}

/** Names of a group, one after the other, each ended by a zero. */
type Heap = { readonly start: number; readonly bytes: number };

function readHeap(view: DataView, at: number): Heap {
  expectSignature(view, at, 'HEAP');
  return { bytes: numberAt(view, at + 8), start: numberAt(view, at + 24) };
}

function nameIn(view: DataView, { start, bytes }: Heap, offset: number): string {
  let name = '';
  for (let at = offset; at < bytes; at++) {
    const letter = view.getUint8(start + at);
    if (letter === 0) return name;
    name += String.fromCharCode(letter);
  }
  throw invalidHdf5('a name in it does not end.');
}

/** A version 1 B-tree over the members of a group. */
function visitTree(walk: Walk, at: number, heap: Heap, path: string, depth: number): void {
  const { view } = walk;
  once(walk, at);
  expectSignature(view, at, 'TREE');
  if (view.getUint8(at + 4) !== 0) throw invalidHdf5('a tree in it is not one of a group.');
  const isLeaf = view.getUint8(at + 5) === 0;
  const children = view.getUint16(at + 6, true);
  if (depth > DEEPEST_GROUP) throw invalidHdf5('its groups lie too deep in each other.');
  for (let child = 0; child < children; child++) {
    const place = numberAt(view, at + 32 + child * 16);
    if (isLeaf) visitMembers(walk, place, heap, path, depth);
    else visitTree(walk, place, heap, path, depth + 1);
  }
}

function visitMembers(walk: Walk, at: number, heap: Heap, path: string, depth: number): void {
  const { view } = walk;
  once(walk, at);
  expectSignature(view, at, 'SNOD');
  const members = view.getUint16(at + 6, true);
  for (let member = 0; member < members; member++) {
    const entry = at + 8 + member * SYMBOL_TABLE_ENTRY;
    const name = nameIn(view, heap, numberAt(view, entry));
    const inner = path === '' ? name : `${path}/${name}`;
    if (view.getUint32(entry + 16, true) === SOFT_LINK) throw invalidHdf5(`${inner} is a link to somewhere else.`);
    visit(walk, numberAt(view, entry + 8), inner, depth + 1);
  }
}

type NumberMessages = { readonly dataspace: Message; readonly datatype: Message; readonly layout: Message };

/** Null where they are no floats: Keras keeps counts of steps beside its weights. */
function describeNumbers(view: DataView, path: string, messages: NumberMessages): StoredTensor | null {
  const shape = readShape(view, messages.dataspace);
  const decode = readFloatType(view, path, messages.datatype);
  if (decode === null) return null;
  const { start } = messages.layout;
  const [version, layoutClass] = [view.getUint8(start), view.getUint8(start + 1)];
  if (version !== 3 || layoutClass !== 1) throw invalidHdf5(`${path} is cut into pieces, which Keras never does.`);
  const bytes = shape.reduce((product, side) => product * side, decode.bytes);
  const from = bytes === 0 ? 0 : numberAt(view, start + 2);
  if (numberAt(view, start + 10) !== bytes) throw invalidHdf5(`${path} has other numbers than its shape needs.`);
  if (from + bytes > view.byteLength) throw invalidHdf5('it is damaged or cut off.');
  return {
    shape,
    read: () =>
      decode.toSingles(view.buffer.slice(view.byteOffset + from, view.byteOffset + from + bytes) as ArrayBuffer),
  };
}

function readShape(view: DataView, { start }: Message): number[] {
  const version = view.getUint8(start);
  if (version !== 1 && version !== 2) throw invalidHdf5('a shape in it has a version that is not known.');
  const first = start + (version === 1 ? 8 : 4);
  return Array.from({ length: view.getUint8(start + 1) }, (_, side) => numberAt(view, first + side * 8));
}

type FloatType = { readonly bytes: number; readonly toSingles: (raw: ArrayBuffer) => Float32Array };

const FLOATS: ReadonlyMap<string, FloatType> = new Map<string, FloatType>([
  ['2,16,10,5,0,10', { bytes: 2, toSingles: (raw) => halfToSingle(new Uint16Array(raw)) }],
  ['4,32,23,8,0,23', { bytes: 4, toSingles: (raw) => new Float32Array(raw) }],
  ['8,64,52,11,0,52', { bytes: 8, toSingles: (raw) => Float32Array.from(new Float64Array(raw)) }],
]);
const FLOAT_CLASS = 1;
/** Byte order and a VAX's: little-endian has neither bit. */
const BIG_ENDIAN = 0b100_0001;

function readFloatType(view: DataView, path: string, { start, flags }: Message): FloatType | null {
  if ((flags & SHARED) !== 0) throw invalidHdf5(`the type of ${path} is kept elsewhere.`);
  if ((view.getUint8(start) & 0x0f) !== FLOAT_CLASS) return null;
  if ((view.getUint8(start + 1) & BIG_ENDIAN) !== 0) throw invalidHdf5(`${path} is big-endian.`);
  const bits = [12, 13, 14, 15].map((at) => view.getUint8(start + at));
  const described = [view.getUint32(start + 4, true), view.getUint16(start + 10, true), ...bits].join();
  const type = FLOATS.get(described);
  if (type === undefined) throw invalidHdf5(`${path} holds floats of an unusual kind.`);
  return type;
}
