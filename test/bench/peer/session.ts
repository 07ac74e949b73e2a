/** onnxruntime-node as the peer uses it: our weights as ONNX, the input made as Hilum makes it, all cores. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { ModelCard } from '#main/contract/card';

export type PeerModel = {
  /** What installPeer() returned. */
  readonly peerFolder: string;
  readonly onnxPath: string;
  readonly threads: number;
  readonly input: ModelCard['input'];
};

type OrtTensor = { readonly data: Float32Array; readonly dims: readonly number[] };
type OrtSession = { run(feeds: Record<string, OrtTensor>): Promise<Record<string, OrtTensor>> };
/** As much of onnxruntime-node as is called here; it is not among our packages, so neither are its types. */
type Ort = {
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => OrtTensor;
  readonly InferenceSession: {
    create(path: string, options: { intraOpNumThreads: number; graphOptimizationLevel: 'all' }): Promise<OrtSession>;
  };
};

/** Display grey of some films, each [size·size], to probabilities, films after one another. */
export type Judge = (inputs: readonly Uint8Array[]) => Promise<Float32Array>;

export async function openSession({ peerFolder, onnxPath, threads, input }: PeerModel): Promise<Judge> {
  const ort = createRequire(join(peerFolder, 'package.json'))('onnxruntime-node') as Ort;
  const session = await ort.InferenceSession.create(onnxPath, {
    intraOpNumThreads: threads,
    graphOptimizationLevel: 'all',
  });
  const area = input.size ** 2;
  const tables = Array.from({ length: input.channels }, (_, channel) => normalisedGrey(input, channel));

  return async (inputs) => {
    const film = new Float32Array(inputs.length * input.channels * area);
    let offset = 0;
    for (const grey of inputs) {
      for (const table of tables) {
        for (let pixel = 0; pixel < area; pixel++) film[offset + pixel] = table[grey[pixel] ?? 0] ?? 0;
        offset += area;
      }
    }
    const dims = [inputs.length, input.channels, input.size, input.size];
    const { probabilities } = await session.run({ film: new ort.Tensor('float32', film, dims) });
    if (probabilities === undefined) throw new Error('The ONNX model has no output named probabilities.');
    return probabilities.data;
  };
}

/** What each of the 256 greys becomes in a channel. */
function normalisedGrey(input: ModelCard['input'], channel: number): Float32Array {
  const mean = input.mean[channel] ?? 0;
  const std = input.std[channel] ?? 1;
  return Float32Array.from({ length: 256 }, (_, grey) => (grey / 255 - mean) / std);
}
