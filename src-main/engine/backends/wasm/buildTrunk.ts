/** All layers before the head, by our own kernels: a TF.js operation from films to features. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { FoldedNetwork } from '#main/chexnet/network/fold';
import type { Trunk } from '#main/chexnet/network/foldedNetwork';
import * as tf from '#main/chexnet/network/tf';
import type { Heap } from './heap';
import type { OpenKernels } from './openKernels';
import { packTrunk } from './packTrunk';
import { planTrunk, type Program } from './planTrunk';

const FLOAT_BYTES = 4;

/** What films of one size need beside the weights. */
type Workplace = { readonly side: number; readonly heap: Heap; readonly program: Program; readonly scratch: number };

export function buildTrunk(backend: BackendWasm, kernels: OpenKernels, network: FoldedNetwork): Trunk {
  const weights = kernels.openHeap();
  const packed = packTrunk(weights, network);
  let workplace: Workplace | null = null;

  function release(): void {
    kernels.settle();
    workplace?.heap.release();
    workplace = null;
  }

  function workplaceFor(side: number): Workplace {
    if (workplace?.side === side) return workplace;
    release();
    const heap = kernels.openHeap();
    const program = planTrunk(heap, packed, side);
    workplace = { side, heap, program, scratch: heap.reserve(program.scratchFloats * kernels.threads) };
    return workplace;
  }

  /** One film after the other: a batch needs no more memory than a film, and nothing is gained by more at once. */
  function apply(films: tf.Tensor4D): tf.Tensor4D {
    const [count, side] = films.shape;
    const { program, scratch } = workplaceFor(side);
    const features = backend.makeOutput([count, ...program.shape], 'float32');
    const [source, target] = [films, features].map(({ dataId }) => backend.getMemoryOffset(dataId)) as [number, number];
    const filmBytes = (films.size / count) * FLOAT_BYTES;
    const featuresBytes = program.shape.reduce((a, b) => a * b) * FLOAT_BYTES;
    for (let film = 0; film < count; film++) {
      kernels.run(program, scratch, source + film * filmBytes, target + film * featuresBytes);
    }
    return tf.engine().makeTensorFromTensorInfo(features) as tf.Tensor4D;
  }

  return {
    apply,
    dispose: () => {
      release();
      weights.release();
    },
  };
}
