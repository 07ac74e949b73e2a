/**
 * The safetensors format (huggingface/safetensors, format 1): a 64-bit header length, a JSON header, then the tensors'
 * bytes, little-endian, without gaps. Reads floating point of 16 bits and more, writes float32. Nothing in a file is
 * executed.
 * Every machine that runs Hilum is little-endian, so numbers are taken as they lie.
 */
import { AppError } from '#main/contract/errors';
import type { Tensor, Weights } from '../network/weights';
import { bfloatToSingle, halfToSingle } from './half';
import { STEP_COUNT } from './nameWeights';

export type SafetensorsFile = { readonly weights: Weights; readonly metadata: Readonly<Record<string, string>> };

/** The reference implementation's limit. */
const MAX_HEADER_BYTES = 100_000_000;
const LENGTH_BYTES = 8;

/** A copy that is aligned; `slice` is none where the file is a Node Buffer. */
function copyOf(bytes: Uint8Array): ArrayBuffer {
  const copy = new Uint8Array(bytes.length);
  copy.set(bytes);
  return copy.buffer;
}

/** `read` null: whole numbers, which no weight is made of. */
type Dtype = { readonly bytes: number; readonly read: ((bytes: Uint8Array) => Float32Array) | null };

const DTYPES: ReadonlyMap<string, Dtype> = new Map<string, Dtype>([
  ['F32', { bytes: 4, read: (bytes) => new Float32Array(copyOf(bytes)) }],
  ['F16', { bytes: 2, read: (bytes) => halfToSingle(new Uint16Array(copyOf(bytes))) }],
  ['BF16', { bytes: 2, read: (bytes) => bfloatToSingle(new Uint16Array(copyOf(bytes))) }],
  ['F64', { bytes: 8, read: (bytes) => Float32Array.from(new Float64Array(copyOf(bytes))) }],
  ['I64', { bytes: 8, read: null }],
]);

type Entry = {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
};

function invalid(fault: string): AppError {
  return new AppError('model/invalid', `This is not a valid safetensors file: ${fault}`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(isCount);
}

function readHeader(file: Uint8Array): { readonly header: Record<string, unknown>; readonly dataStart: number } {
  if (file.length < LENGTH_BYTES) throw invalid('it is shorter than its header length.');
  const length = new DataView(file.buffer, file.byteOffset).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES)) throw invalid(`its header claims ${length.toString()} bytes.`);
  const dataStart = LENGTH_BYTES + Number(length);
  if (dataStart > file.length) throw invalid('it ends within its header.');
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(file.subarray(LENGTH_BYTES, dataStart)));
  } catch {
    throw invalid('its header is not JSON.');
  }
  if (!isRecord(header)) throw invalid('its header is not a JSON object.');
  return { header, dataStart };
}

function readEntry(name: string, value: unknown): Entry {
  if (!isRecord(value)) throw invalid(`${name} is not described by an object.`);
  const { dtype: dtypeName, shape, data_offsets: offsets } = value;
  const dtype = DTYPES.get(String(dtypeName));
  if (dtype === undefined || (dtype.read === null && !STEP_COUNT.test(name))) {
    throw invalid(`${name} is stored as ${String(dtypeName)}; F64, F32, F16 and BF16 can be read.`);
  }
  if (!isCounts(shape)) throw invalid(`${name} has no valid shape.`);
  if (!isCounts(offsets) || offsets.length !== 2) throw invalid(`${name} has no valid place.`);
  const [begin = 0, end = 0] = offsets;
  const size = shape.reduce((product, side) => product * side, dtype.bytes);
  if (end - begin !== size) throw invalid(`${name} has ${end - begin} bytes where its shape needs ${size}.`);
  return { name, dtype, shape, begin, end };
}

/** Tensors must fill the data from its first to its last byte, each byte once. */
function checkPlaces(entries: readonly Entry[], dataLength: number): void {
  let filled = 0;
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin < filled) throw invalid(`${name} overlaps another tensor.`);
    if (begin > filled) throw invalid(`there is a gap before ${name}.`);
    if (end > dataLength) throw invalid(`it ends within ${name}.`);
    filled = end;
  }
  if (filled < dataLength) throw invalid(`${dataLength - filled} bytes at its end belong to no tensor.`);
}

function readMetadata(value: unknown): Record<string, string> {
  if (value === undefined) return {};
  if (!isRecord(value)) throw invalid('its metadata is not an object.');
  const entries = Object.entries(value);
  if (!entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')) {
    throw invalid('its metadata holds something else than text.');
  }
  return Object.fromEntries(entries);
}

/** Without PyTorch's counts of steps. Throws `model/invalid`, naming the fault, unless the file is whole and well formed. */
export function readSafetensors(file: Uint8Array): SafetensorsFile {
  const { header, dataStart } = readHeader(file);
  const { __metadata__: metadata, ...described } = header;
  const entries = Object.entries(described).map(([name, value]) => readEntry(name, value));
  checkPlaces(entries, file.length - dataStart);
  const weights = new Map<string, Tensor>();
  for (const { name, dtype, shape, begin, end } of entries) {
    if (dtype.read === null) continue;
    weights.set(name, { shape, data: dtype.read(file.subarray(dataStart + begin, dataStart + end)) });
  }
  return { weights, metadata: readMetadata(metadata) };
}

/** Float32, in the map's order; the header is padded to 8 bytes, as the reference implementation does. */
export function writeSafetensors(weights: Weights, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  let end = 0;
  const entries = [...weights].map(([name, { shape, data }]) => {
    const begin = end;
    end += data.byteLength;
    return [name, { dtype: 'F32', shape, data_offsets: [begin, end] }] as const;
  });
  const text = JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(entries) });
  const json = new TextEncoder().encode(text);
  const headerLength = Math.ceil(json.length / 8) * 8;
  const file = new Uint8Array(LENGTH_BYTES + headerLength + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerLength), true);
  file.fill(0x20, LENGTH_BYTES, LENGTH_BYTES + headerLength);
  file.set(json, LENGTH_BYTES);
  let at = LENGTH_BYTES + headerLength;
  for (const { data } of weights.values()) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return file;
}
