/** Memory on the heap of TF.js, beside its tensors and as tensors: for the kernels, which know nothing but addresses. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '#main/chexnet/network/tf';

/** A cache line: no SIMD register is then read from two of them. */
const ALIGNMENT = 64;
const FLOAT_BYTES = 4;

export type Heap = {
  /** Zeros; the address is a multiple of 64. */
  reserve(floats: number): number;
  floats(address: number, length: number): Float32Array;
  words(address: number, length: number): Int32Array;
  /** Gives all that was reserved back. */
  release(): void;
};

export function openHeap(backend: BackendWasm, memory: WebAssembly.Memory): Heap {
  const reserved: tf.Tensor[] = [];

  function floats(address: number, length: number): Float32Array {
    return new Float32Array(memory.buffer, address, length);
  }

  function reserve(length: number): number {
    const info = backend.makeOutput([length + ALIGNMENT / FLOAT_BYTES], 'float32');
    // Kept: nobody who tidies up around this call may take it.
    reserved.push(tf.keep(tf.engine().makeTensorFromTensorInfo(info)));
    const address = Math.ceil(backend.getMemoryOffset(info.dataId) / ALIGNMENT) * ALIGNMENT;
    floats(address, length).fill(0);
    return address;
  }

  return {
    reserve,
    floats,
    words: (address, length) => new Int32Array(memory.buffer, address, length),
    release: () => tf.dispose(reserved.splice(0)),
  };
}
