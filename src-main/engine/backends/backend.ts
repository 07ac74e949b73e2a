/** What the engine process asks of a backend, whatever it runs on. */
import type { BackendId } from '#main/contract/engine';
import type { DenseNet } from '#main/chexnet/network/densenet121';
import type { BuiltNetwork } from '#main/chexnet/network/network';
import type { Weights } from '#main/chexnet/network/weights';

/** Rows and columns of what the network gets: every card says so. */
export const FILM_SIZE = 224;

export type Backend = {
  readonly id: BackendId;
  /** For people: `CPU, 2 threads, SIMD`. */
  readonly device: string;
  /** For the receipt of a prediction: `wasm 4.22.0, 2 threads, SIMD`. */
  readonly name: string;
  readonly usesGpu: boolean;
  /** Films in one call of the network; more gain nothing here. */
  readonly batchSize: number;
  /** `weights` have passed `checkWeights`; `size` is for small networks in tests. */
  build(network: DenseNet, weights: Weights, epsilon: number, size?: number): BuiltNetwork;
  /** What people should know of how it computes now; '' where that is nothing. */
  notice(): string;
  /** Tensors alive: flat, however many films were analysed. */
  countTensors(): number;
};
