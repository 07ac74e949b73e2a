/**
 * A TensorFlow graph as plain data, and its bytes. Field numbers are those of graph.proto, node_def.proto,
 * attr_value.proto, tensor.proto and tensor_shape.proto in tensorflow/core/framework.
 */
import { bytes, float, integer, message, type Encoded } from '../../formats/protobuf';

/** Numbers of types.proto. */
const DATA_TYPES = { float32: 1, int32: 3 };

export type DataType = keyof typeof DATA_TYPES;

/** An encoded AttrValue: made by one of the functions of `attribute`. */
export type GraphAttribute = Encoded;

export type GraphNode = {
  readonly name: string;
  readonly operator: string;
  /** Names of nodes: `conv`, or `split:1` for an output that is not the first. */
  readonly inputs: readonly string[];
  readonly attributes: Readonly<Record<string, GraphAttribute>>;
};

/** What the writer claims to know of the format (version.h); runtimes since TensorFlow 2.9 read it. */
const PRODUCER = 1087;

export function dataTypeNumber(type: DataType): number {
  return DATA_TYPES[type];
}

/** TensorShapeProto; −1 is a free dimension. */
export function encodeShape(shape: readonly number[]): Encoded {
  return message(shape.map((size) => bytes(2, integer(1, size))));
}

function encodeTensor(data: Float32Array | Int32Array, shape: readonly number[]): Encoded {
  const type = data instanceof Float32Array ? 'float32' : 'int32';
  // tensor_content is little-endian, as is every machine that Hilum runs on.
  const content = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return message([integer(1, DATA_TYPES[type]), bytes(2, encodeShape(shape)), bytes(4, content)]);
}

export const attribute = {
  text: (value: string): GraphAttribute => bytes(2, value),
  integer: (value: number): GraphAttribute => integer(3, value),
  float: (value: number): GraphAttribute => float(4, value),
  boolean: (value: boolean): GraphAttribute => integer(5, value ? 1 : 0),
  type: (type: DataType): GraphAttribute => integer(6, DATA_TYPES[type]),
  shape: (shape: readonly number[]): GraphAttribute => bytes(7, encodeShape(shape)),
  tensor: (data: Float32Array | Int32Array, shape: readonly number[]): GraphAttribute =>
    bytes(8, encodeTensor(data, shape)),
  integers: (values: readonly number[]): GraphAttribute => bytes(1, message(values.map((value) => integer(3, value)))),
};

function encodeNode({ name, operator, inputs, attributes }: GraphNode): Encoded {
  return message([
    bytes(1, name),
    bytes(2, operator),
    ...inputs.map((input) => bytes(3, input)),
    ...Object.entries(attributes).map(([key, value]) => bytes(5, message([bytes(1, key), bytes(2, value)]))),
  ]);
}

/** GraphDef. */
export function encodeGraph(nodes: readonly GraphNode[]): Encoded {
  return message([...nodes.map((node) => bytes(1, encodeNode(node))), bytes(4, integer(1, PRODUCER))]);
}
