/** Adam as PyTorch's, on plain arrays: epsilon is added to √v̂ after the correction of the bias. */
import type { Weights } from '../network/weights';
import type { AdamOptions, TrainingState } from './stepper';

/** One tensor that learns, in whatever layout its owner computes with. */
export type Learned = {
  readonly name: string;
  readonly value: Float32Array;
  readonly first: Float32Array;
  readonly second: Float32Array;
};

/** Copies; moments that are missing are zeros. */
export function learn(
  name: string,
  { weights, moments }: TrainingState,
  lay: (data: Float32Array) => Float32Array = (data) => data.slice(),
): Learned {
  const value = lay(weights.get(name)!.data);
  const moment = (of: Weights): Float32Array => {
    const data = of.get(name)?.data;
    return data === undefined ? new Float32Array(value.length) : lay(data);
  };
  return { name, value, first: moment(moments.first), second: moment(moments.second) };
}

/** `step` from 1. */
export function moveByAdam(
  { value, first, second }: Learned,
  gradient: ArrayLike<number>,
  { beta1, beta2, epsilon }: AdamOptions,
  learningRate: number,
  step: number,
): void {
  const stride = learningRate / (1 - beta1 ** step);
  const correction = Math.sqrt(1 - beta2 ** step);
  for (let i = 0; i < value.length; i++) {
    const slope = gradient[i]!;
    first[i] = beta1 * first[i]! + (1 - beta1) * slope;
    second[i] = beta2 * second[i]! + (1 - beta2) * slope * slope;
    value[i]! -= (stride * first[i]!) / (Math.sqrt(second[i]!) / correction + epsilon);
  }
}
