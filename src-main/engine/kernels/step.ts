/**
 * A step of a program: one convolution or pooling with what belongs to it, over all places of a film. The program is
 * written by `planTrunk` as 32-bit words in the order of these fields; pointers and strides are in bytes.
 */

@unmanaged
export class Step {
  /** The run of the program in the upper half, the next chunk that nobody has taken in the lower. */
  ticket: u64;
  /** Chunks that are finished. */
  done: u32;
  chunks: u32;
  kind: u32;
  /** Places of the result, or tiles of 2×2 of them: what the chunks divide. */
  rows: usize;
  rowsPerChunk: usize;
  /** An image, [height][width][channels]; the stride leads from place to place. */
  source: usize;
  sourceStride: usize;
  height: usize;
  width: usize;
  channels: usize;
  target: usize;
  targetStride: usize;
  targetHeight: usize;
  targetWidth: usize;
  /** Of the window that slides over the source. */
  size: usize;
  stride: usize;
  pad: usize;
  /** Each [channels]: the source becomes max(0, x · scale + shift) as it is read. */
  scale: usize;
  shift: usize;
  /** Packed for `multiply`. */
  weights: usize;
  depth: usize;
  columns: usize;
  bias: usize;
  relu: u32;
}
