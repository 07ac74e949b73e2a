/** What a model file of any origin holds, before anybody trusts it: names and shapes, and numbers on demand. */

export type StoredTensor = {
  readonly shape: readonly number[];
  /** Row by row, as float32. Read late: a small hostile file can describe more tensors than fit into memory. */
  readonly read: () => Float32Array;
};

export type StoredWeights = ReadonlyMap<string, StoredTensor>;

export type ModelFile = {
  /** `PyTorch (zip)`, `ONNX` … for the card's lineage. */
  readonly format: string;
  readonly weights: StoredWeights;
  /** Of every batch norm, where the file says it; null where its tool has one of its own. */
  readonly batchNormEpsilon: number | null;
  /** What the file says about itself. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Sentences on what had to be taken for granted, for the card. */
  readonly assumptions?: readonly string[];
};
