/**
 * The weights of an ONNX file by their initialisers' names (onnx.proto3), and the epsilon of its batch norms. The
 * graph itself is not followed: the names say what a tensor is, and their shapes are checked against DenseNet-121.
 */
import { AppError } from '#main/contract/errors';
import { halfToSingle } from '../half';
import { readFields, type Field } from '../protobuf';
import type { DenseNet } from '../../network/densenet121';
import type { ModelFile, StoredTensor } from '../storedWeights';
import { UNNAMED, unfoldNorms, type ConvNode } from './unfold';

const MODEL = { producer: 2, graph: 7, metadata: 14 };
const GRAPH = { node: 1, initialiser: 5 };
const NODE = { input: 1, output: 2, operator: 4, attribute: 5 };
const ATTRIBUTE = { name: 1, float: 2 };
const TENSOR = { dimension: 1, type: 2, floats: 4, name: 8, raw: 9, location: 14 };
const FLOAT = 1;
const FLOAT16 = 10;
/** What an epsilon is where a node does not say it (operator BatchNormalization). */
const DEFAULT_EPSILON = 1e-5;
const FOLDED =
  'Its batch norms behind convolutions had been folded away when it was exported: they are 1 here, and their statistics are lost.';

/** A file of another kind rarely starts like this: `ir_version`, field 1, a small whole number. */
export function isOnnxFile(file: Uint8Array): boolean {
  return file[0] === 0x08 && file[1] !== undefined && file[1] < 0x20;
}

function invalid(fault: string): AppError {
  return new AppError('model/invalid', `This is not an ONNX file that can be read: ${fault}`);
}

function unsupported(fault: string): AppError {
  return new AppError('model/unsupported', `This ONNX model can not be taken over: ${fault}`);
}

/** Throws `model/invalid` where it is damaged, or keeps its numbers in other files; `model/unsupported` where it is another network. */
export function readOnnx(file: Uint8Array, network: DenseNet): ModelFile {
  try {
    return readModel(file, network);
  } catch (error) {
    if (error instanceof RangeError) throw invalid('it is damaged or cut off.');
    throw error;
  }
}

function readModel(file: Uint8Array, network: DenseNet): ModelFile {
  const model = readFields(file);
  const graph = messages(model, MODEL.graph).at(-1);
  if (graph === undefined) throw invalid('there is no graph in it.');
  if (text(model, MODEL.producer) === 'tf2onnx')
    throw unsupported('tf2onnx made it of a Keras model: import that itself.');
  const fields = readFields(graph);
  const weights = new Map<string, StoredTensor>();
  for (const tensor of messages(fields, GRAPH.initialiser)) {
    const described = readFields(tensor);
    const [type] = integers(described, TENSOR.type);
    // Whole numbers are constants of the graph, like the shape to flatten to.
    if (type !== FLOAT && type !== FLOAT16) continue;
    const { name, stored } = readInitialiser(described, type);
    if (weights.has(name)) throw invalid(`${name} is in it twice.`);
    weights.set(name, stored);
  }
  const nodes = messages(fields, GRAPH.node).map(readFields);
  const isSoftmax = (node: readonly Field[]): boolean => text(node, NODE.operator) === 'Softmax';
  if (nodes.some(isSoftmax)) throw unsupported('it ends in a softmax and not in a sigmoid for each finding.');
  const aliases = addAliases(weights, nodes);
  const batchNormEpsilon = commonEpsilon(nodes);
  const unfolded = unfoldNorms(weights, nodes.flatMap(readConvolution), network, batchNormEpsilon ?? DEFAULT_EPSILON);
  // Other names of the same numbers that no norm has taken.
  for (const name of aliases) if (UNNAMED.test(name)) weights.delete(name);
  return {
    format: 'ONNX',
    weights,
    batchNormEpsilon,
    ...(unfolded ? { assumptions: [FOLDED] } : {}),
    metadata: Object.fromEntries(messages(model, MODEL.metadata).map(readPair)),
  };
}

/** PyTorch's exporter writes equal tensors once, and names the others by an Identity. */
function addAliases(weights: Map<string, StoredTensor>, nodes: readonly (readonly Field[])[]): string[] {
  const aliases: string[] = [];
  for (const node of nodes) {
    if (text(node, NODE.operator) !== 'Identity') continue;
    const same = weights.get(text(node, NODE.input));
    if (same === undefined) continue;
    const name = text(node, NODE.output);
    weights.set(name, same);
    aliases.push(name);
  }
  return aliases;
}

function readConvolution(node: readonly Field[]): ConvNode[] {
  if (text(node, NODE.operator) !== 'Conv') return [];
  const [, filter = '', bias = null] = messages(node, NODE.input).map((name) => new TextDecoder().decode(name));
  return [{ filter, bias }];
}

function readPair(pair: Uint8Array): [string, string] {
  const fields = readFields(pair);
  return [text(fields, 1), text(fields, 2)];
}

function readInitialiser(
  fields: readonly Field[],
  type: number,
): { readonly name: string; readonly stored: StoredTensor } {
  const name = text(fields, TENSOR.name);
  const shape = integers(fields, TENSOR.dimension);
  if (integers(fields, TENSOR.location).includes(1))
    throw invalid(`the numbers of ${name} lie in another file: onnx.save(onnx.load(FILE), OTHER) puts them into one.`);
  const raw = messages(fields, TENSOR.raw).at(-1) ?? packedFloats(fields);
  function read(): Float32Array {
    const copy = new Uint8Array(raw).buffer;
    const count = shape.reduce((product, side) => product * side, 1);
    const bytes = type === FLOAT16 ? 2 : 4;
    if (copy.byteLength !== count * bytes) throw invalid(`${name} has other numbers than its shape needs.`);
    return type === FLOAT16 ? halfToSingle(new Uint16Array(copy)) : new Float32Array(copy);
  }
  return { name, stored: { shape, read } };
}

/** `float_data`: packed, or four bytes a field. */
function packedFloats(fields: readonly Field[]): Uint8Array {
  const parts = messages(fields, TENSOR.floats);
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Null where there is no batch norm: it was folded away. */
function commonEpsilon(nodes: readonly (readonly Field[])[]): number | null {
  const norms = nodes.filter((node) => text(node, NODE.operator) === 'BatchNormalization');
  const epsilons = new Set(norms.map(epsilonOf));
  if (epsilons.size > 1) throw invalid('its batch norms have different epsilons.');
  return [...epsilons][0] ?? null;
}

function epsilonOf(node: readonly Field[]): number {
  const attributes = messages(node, NODE.attribute).map(readFields);
  const epsilon = attributes.find((attribute) => text(attribute, ATTRIBUTE.name) === 'epsilon');
  const [value] = epsilon === undefined ? [] : messages(epsilon, ATTRIBUTE.float);
  if (value?.length !== 4) return DEFAULT_EPSILON;
  // Written as float32: 1e-5 comes back as 9.99999974e-6, which seven digits make 1e-5 again.
  return Number(new DataView(value.buffer, value.byteOffset).getFloat32(0, true).toPrecision(7));
}

function messages(fields: readonly Field[], number: number): Uint8Array[] {
  return fields.flatMap(({ number: found, value }) => (found === number && typeof value !== 'bigint' ? [value] : []));
}

function text(fields: readonly Field[], number: number): string {
  return new TextDecoder().decode(messages(fields, number).at(-1) ?? new Uint8Array(0));
}

/** One a field, or packed. */
function integers(fields: readonly Field[], number: number): number[] {
  return fields
    .filter((field) => field.number === number)
    .flatMap(({ value }) => (typeof value === 'bigint' ? [Number(value)] : unpack(value)));
}

function unpack(packed: Uint8Array): number[] {
  const numbers: number[] = [];
  let value = 0;
  let unit = 1;
  for (const byte of packed) {
    value += (byte & 0x7f) * unit;
    unit *= 128;
    if (byte >= 0x80) continue;
    numbers.push(value);
    [value, unit] = [0, 1];
  }
  return numbers;
}
