/** onnxruntime as the peer uses it: our weights as ONNX, the input made as Hilum makes it. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { ModelCard } from '#main/contract/card';

export type PeerModel = {
  readonly package: 'onnxruntime-node' | 'onnxruntime-web';
  /** What installPeer() returned. */
  readonly peerFolder: string;
  readonly onnxPath: string;
  readonly threads: number;
  readonly input: ModelCard['input'];
};

type OrtTensor = { readonly data: Float32Array; readonly dims: readonly number[] };
type OrtSession = { run(feeds: Record<string, OrtTensor>): Promise<Record<string, OrtTensor>> };
type OrtOptions = { readonly intraOpNumThreads: number; readonly graphOptimizationLevel: 'all' };
/** As much of onnxruntime as is called here; it is not among our packages, so neither are its types. */
type Ort = {
  /** Only onnxruntime-web has threads here. */
  readonly env: { readonly wasm: { numThreads?: number } };
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => OrtTensor;
  readonly InferenceSession: { create(model: string | Uint8Array, options: OrtOptions): Promise<OrtSession> };
};

/** Display grey of some films, each [size·size], to probabilities, films after one another. */
export type Judge = (inputs: readonly Uint8Array[]) => Promise<Float32Array>;

export async function openSession(model: PeerModel): Promise<Judge> {
  const { onnxPath, threads, input } = model;
  const ort = createRequire(join(model.peerFolder, 'package.json'))(model.package) as Ort;
  if (model.package === 'onnxruntime-web') ort.env.wasm.numThreads = threads;
  // onnxruntime-web would fetch a path.
  const source = model.package === 'onnxruntime-web' ? await readFile(onnxPath) : onnxPath;
  const session = await ort.InferenceSession.create(source, {
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
