/**
 * Attention maps: where the network looked, for all findings at once.
 *
 * For a linear head the map of a finding is its row of weights times the features (CAM, Zhou et al., CVPR 2016; as in
 * section 5 of the CheXNet paper). For a deeper head the gradient of the logit at the pooled features takes the place
 * of that row: Grad-CAM (Selvaraju et al., ICCV 2017) in closed form, without its final ReLU.
 */
import type { Linear } from './densenet121';
import { parameter, type Weights } from './weights';

/** Σ a[start + i] · b[i], in double. */
function dot(a: Float32Array, start: number, b: Float32Array | Float64Array): number {
  let sum = 0;
  for (let i = 0; i < b.length; i++) sum += a[start + i]! * b[i]!;
  return sum;
}

/** Mean over the places of [places,channels]. */
function average(features: Float32Array, channels: number): Float64Array {
  const mean = new Float64Array(channels);
  const places = features.length / channels;
  for (let i = 0; i < features.length; i++) mean[i % channels]! += features[i]! / places;
  return mean;
}

/** What a hidden layer hands on: ReLU of its sums. */
function activate(weights: Weights, layer: Linear, input: Float64Array): Float64Array {
  const kernel = parameter(weights, `${layer.name}.weight`);
  const bias = parameter(weights, `${layer.name}.bias`);
  return Float64Array.from(bias, (offset, output) => Math.max(0, offset + dot(kernel, output * layer.inputs, input)));
}

/** Rows of d logit / d output of a hidden layer → rows of d logit / d input of it. */
function propagateBack(rows: Float32Array[], kernel: Float32Array, { inputs }: Linear, output: Float64Array) {
  return rows.map((row) => {
    const gradient = new Float32Array(inputs);
    row.forEach((slope, unit) => {
      if (output[unit] === 0) return;
      for (let i = 0; i < inputs; i++) gradient[i]! += slope * kernel[unit * inputs + i]!;
    });
    return gradient;
  });
}

/** One row [channels] for each finding: the gradient of its logit at the pooled features. */
function headGradients(head: readonly Linear[], weights: Weights, features: Float32Array): Float32Array[] {
  const last = head.at(-1)!;
  const hidden = head.slice(0, -1);
  const kernel = parameter(weights, `${last.name}.weight`);
  let rows = Array.from({ length: last.outputs }, (_, i) => kernel.subarray(i * last.inputs, (i + 1) * last.inputs));
  if (hidden.length === 0) return rows;
  const outputs: Float64Array[] = [];
  let input = average(features, hidden[0]!.inputs);
  for (const layer of hidden) outputs.push((input = activate(weights, layer, input)));
  for (const [i, layer] of [...hidden.entries()].reverse()) {
    rows = propagateBack(rows, parameter(weights, `${layer.name}.weight`), layer, outputs[i]!);
  }
  return rows;
}

/**
 * Features of one film [7,7,channels], after ReLU → maps [findings,7,7], neither normalised nor clipped: the mean of a
 * linear head's map plus its bias is the logit.
 */
export function attentionMaps(head: readonly Linear[], weights: Weights, features: Float32Array): Float32Array {
  const rows = headGradients(head, weights, features);
  const channels = head[0]!.inputs;
  const places = features.length / channels;
  const maps = new Float32Array(rows.length * places);
  rows.forEach((row, finding) => {
    for (let place = 0; place < places; place++) maps[finding * places + place] = dot(features, place * channels, row);
  });
  return maps;
}
