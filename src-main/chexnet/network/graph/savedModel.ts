/**
 * TensorFlow's SavedModel around a graph: the bytes of `saved_model.pb`. Field numbers are those of saved_model.proto
 * and meta_graph.proto in tensorflow/core/protobuf. The weights are constants of the graph: there are no variables,
 * and no folder for them.
 */
import { bytes, integer, message, toBytes, type Encoded } from '../../formats/protobuf';
import { dataTypeNumber, encodeGraph, encodeShape, type GraphNode } from './graphDef';

/** Float32 each; −1 is a free dimension. */
export type SignatureTensor = { readonly name: string; readonly shape: readonly number[] };

export type Signature = { readonly inputs: readonly SignatureTensor[]; readonly outputs: readonly SignatureTensor[] };

export type SavedModel = {
  readonly nodes: readonly GraphNode[];
  /** By name; `serving_default` is the one that tools take unasked. */
  readonly signatures: Readonly<Record<string, Signature>>;
};

const SCHEMA_VERSION = 1;
/** The loader asks for this tag. */
export const SERVE = 'serve';
const PREDICT = 'tensorflow/serving/predict';

function encodeTensorInfo({ name, shape }: SignatureTensor): Encoded {
  return message([bytes(1, `${name}:0`), integer(2, dataTypeNumber('float32')), bytes(3, encodeShape(shape))]);
}

function mapEntry(field: number, key: string, value: Encoded): Encoded {
  return bytes(field, message([bytes(1, key), bytes(2, value)]));
}

function encodeSignature({ inputs, outputs }: Signature): Encoded {
  return message([
    ...inputs.map((tensor) => mapEntry(1, tensor.name, encodeTensorInfo(tensor))),
    ...outputs.map((tensor) => mapEntry(2, tensor.name, encodeTensorInfo(tensor))),
    bytes(3, PREDICT),
  ]);
}

export function encodeSavedModel({ nodes, signatures }: SavedModel): Uint8Array {
  const metaGraph = message([
    bytes(1, bytes(4, SERVE)),
    bytes(2, encodeGraph(nodes)),
    ...Object.entries(signatures).map(([name, signature]) => mapEntry(5, name, encodeSignature(signature))),
  ]);
  return toBytes(message([integer(1, SCHEMA_VERSION), bytes(2, metaGraph)]));
}
