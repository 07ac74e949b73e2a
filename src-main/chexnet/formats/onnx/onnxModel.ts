/**
 * An ONNX model as plain data, and its bytes. Field numbers are those of onnx.proto3 (IR version 8, which is the one
 * that goes with opset 17); only float32 tensors and the attributes that a convolutional network needs.
 */
import { bytes, float, integer, message, toBytes, type Encoded } from '../protobuf';

/** A whole number becomes INT, a list INTS, `{ float }` FLOAT: JavaScript cannot tell 1 from 1.0. */
export type OnnxAttribute = number | readonly number[] | { readonly float: number };

export type OnnxNode = {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
};

export type OnnxTensor = { readonly name: string; readonly shape: readonly number[]; readonly data: Float32Array };

/** A dimension with a name is free: `batch`. */
export type OnnxValue = { readonly name: string; readonly shape: readonly (number | string)[] };

export type OnnxGraph = {
  readonly name: string;
  /** `metadata_props` of the model. */
  readonly metadata: Readonly<Record<string, string>>;
  /** In an order in which every input exists before it is used. */
  readonly nodes: readonly OnnxNode[];
  readonly initialisers: readonly OnnxTensor[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
};

const IR_VERSION = 8;
const OPSET = 17;
const FLOAT = 1;
const ATTRIBUTE_TYPE = { float: 1, integer: 2, integers: 7 };

export function encodeOnnx(graph: OnnxGraph): Uint8Array {
  const model = message([
    integer(1, IR_VERSION),
    bytes(2, 'hilum'),
    bytes(7, encodeGraph(graph)),
    bytes(8, message([bytes(1, ''), integer(2, OPSET)])),
    ...Object.entries(graph.metadata).map(([key, value]) => bytes(14, message([bytes(1, key), bytes(2, value)]))),
  ]);
  return toBytes(model);
}

function encodeGraph(graph: OnnxGraph): Encoded {
  return message([
    ...graph.nodes.map((node) => bytes(1, encodeNode(node))),
    bytes(2, graph.name),
    ...graph.initialisers.map((tensor) => bytes(5, encodeTensor(tensor))),
    ...graph.inputs.map((value) => bytes(11, encodeValue(value))),
    ...graph.outputs.map((value) => bytes(12, encodeValue(value))),
  ]);
}

function encodeNode(node: OnnxNode): Encoded {
  return message([
    ...node.inputs.map((name) => bytes(1, name)),
    bytes(2, node.output),
    // A node's name is only for readers; its output's is already unique.
    bytes(3, node.output),
    bytes(4, node.operator),
    ...Object.entries(node.attributes).map(([name, value]) => bytes(5, encodeAttribute(name, value))),
  ]);
}

function encodeAttribute(name: string, value: OnnxAttribute): Encoded {
  const head = bytes(1, name);
  if (typeof value === 'number') return message([head, integer(3, value), integer(20, ATTRIBUTE_TYPE.integer)]);
  if ('float' in value) return message([head, float(2, value.float), integer(20, ATTRIBUTE_TYPE.float)]);
  return message([head, ...value.map((one) => integer(8, one)), integer(20, ATTRIBUTE_TYPE.integers)]);
}

function encodeTensor({ name, shape, data }: OnnxTensor): Encoded {
  // raw_data is little-endian, as is every machine that Hilum runs on.
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return message([...shape.map((size) => integer(1, size)), integer(2, FLOAT), bytes(8, name), bytes(9, raw)]);
}

function encodeValue({ name, shape }: OnnxValue): Encoded {
  const dimensions = shape.map((size) => bytes(1, typeof size === 'number' ? integer(1, size) : bytes(2, size)));
  const tensorType = message([integer(1, FLOAT), bytes(2, message(dimensions))]);
  return message([bytes(1, name), bytes(2, bytes(1, tensorType))]);
}
