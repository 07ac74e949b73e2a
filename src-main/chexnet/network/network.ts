/** What every backend makes of a network's description and weights. */

export type NetworkOutput = {
  /** [n,findings], 0…1. */
  readonly probabilities: Float32Array;
  /** [n,7,7,channels]: the last norm's output after ReLU; null where it was not asked for. */
  readonly features: Float32Array | null;
};

export type BuiltNetwork = {
  /**
   * `batch` holds `count` normalised square films, [count,224,224,inputChannels]. Blocks its thread until done.
   */
  predict(batch: Float32Array, count: number, wanted: { readonly features: boolean }): NetworkOutput;
  /** Gives the memory of the weights back; the network can not be used any more. */
  dispose(): void;
};
