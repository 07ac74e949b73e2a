/**
 * From a network's probability to the share of films that are positive at it. Each method keeps the order of the
 * films (isotonic regression can tie some), so that AUROCs stay and cut-offs have to be chosen again. Temperature: Guo et al., ICML 2017; Platt 1999, not
 * regularised; isotonic: Zadrozny and Elkan 2002.
 */
import type { Calibration } from '#main/contract/card';
import type { RankedSample } from './rankedFilms';

type LogisticCalibration = Exclude<Calibration, { readonly method: 'isotonic' }>;
type IsotonicCalibration = Extract<Calibration, { readonly method: 'isotonic' }>;

export type CalibrationMethod = Calibration['method'];

export const CALIBRATION_METHODS: readonly CalibrationMethod[] = ['temperature', 'platt', 'isotonic'];

/** Beyond this a probability of float32's sigmoid says no more. */
const SMALLEST = 1e-7;

function logit(probability: number): number {
  const clipped = Math.min(1 - SMALLEST, Math.max(SMALLEST, probability));
  return Math.log(clipped / (1 - clipped));
}

function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}

/** Null where a class is missing: nothing can be fitted. */
export function fitCalibration(sample: RankedSample, method: CalibrationMethod): Calibration | null {
  if (sample.positives === 0 || sample.positives === sample.labels.length) return null;
  return method === 'isotonic' ? fitIsotonic(sample) : fitLogistic(sample, method);
}

const MOST_STEPS = 100;
const CONVERGED = 1e-9;
const FLAT = 1e-9;

/** Maximum likelihood, not regularised, by Newton's method; the likelihood is concave. Null where it has no maximum. */
function fitLogistic({ scores, labels }: RankedSample, method: 'temperature' | 'platt'): LogisticCalibration | null {
  const logits = scores.map(logit);
  let slope = 1;
  let intercept = 0;
  for (let step = 0; step < MOST_STEPS; step++) {
    const { gradient, hessian } = derivatives(logits, labels, slope, intercept);
    // Where a line parts the classes, steeper is always better, until rounding hides it.
    if (hessian[2] < FLAT * logits.length) return null;
    const [slopeStep, interceptStep] = method === 'platt' ? solve(hessian, gradient) : [gradient[0] / hessian[0], 0];
    // A long first step of a poor start overshoots; Newton's own steps get small by themselves.
    const scale = Math.min(1, 4 / Math.max(Math.abs(slopeStep), Math.abs(interceptStep), 4));
    slope += scale * slopeStep;
    intercept += scale * interceptStep;
    if (!Number.isFinite(slope) || !Number.isFinite(intercept)) return null;
    if (Math.abs(slopeStep) + Math.abs(interceptStep) < CONVERGED) {
      return slope > 0 ? { method, slope, intercept } : null;
    }
  }
  return null;
}

/** Of the log-likelihood: gradient [slope, intercept] and minus the second derivatives [ss, si, ii]. */
function derivatives(logits: Float64Array, labels: Uint8Array, slope: number, intercept: number) {
  const gradient: [number, number] = [0, 0];
  const hessian: [number, number, number] = [0, 0, 0];
  for (let film = 0; film < logits.length; film++) {
    const value = logits[film]!;
    const probability = sigmoid(slope * value + intercept);
    const error = labels[film]! - probability;
    const weight = probability * (1 - probability);
    gradient[0] += error * value;
    gradient[1] += error;
    hessian[0] += weight * value * value;
    hessian[1] += weight * value;
    hessian[2] += weight;
  }
  return { gradient, hessian };
}

function solve([a, b, c]: [number, number, number], [x, y]: [number, number]): [number, number] {
  const determinant = a * c - b * b;
  return [(c * x - b * y) / determinant, (a * y - b * x) / determinant];
}

/** Pool adjacent violators (as scikit-learn's IsotonicRegression): equal scores are one point from the start. */
function fitIsotonic({ scores, labels, groupEnds }: RankedSample): IsotonicCalibration {
  type Block = { readonly first: number; readonly last: number; readonly sum: number; readonly count: number };
  const blocks: Block[] = [];
  let sum = 0;
  let count = 0;
  // From the least likely up: a group begins, that way, where it ends in the ranking.
  for (let place = scores.length - 1; place >= 0; place--) {
    sum += labels[place]!;
    count++;
    if (place > 0 && groupEnds[place - 1] === 0) continue;
    let block: Block = { first: scores[place]!, last: scores[place]!, sum, count };
    for (let lower = blocks.at(-1); lower !== undefined; lower = blocks.at(-1)) {
      if (lower.sum * block.count < block.sum * lower.count) break;
      block = { ...block, first: lower.first, sum: block.sum + lower.sum, count: block.count + lower.count };
      blocks.pop();
    }
    blocks.push(block);
    [sum, count] = [0, 0];
  }
  const points = blocks.flatMap((block) => {
    const level = block.sum / block.count;
    return [...new Set([block.first, block.last])].map((from) => [from, level] as const);
  });
  return { method: 'isotonic', from: points.map(([from]) => from), to: points.map(([, to]) => to) };
}

/** One probability of the network → the calibrated one. */
export function calibrate(calibration: Calibration, probability: number): number {
  if (Number.isNaN(probability)) return probability;
  if (calibration.method !== 'isotonic') {
    return sigmoid(calibration.slope * logit(probability) + calibration.intercept);
  }
  const { from, to } = calibration;
  const above = upperBound(from, probability);
  if (above === 0) return to[0]!;
  if (above === from.length) return to.at(-1)!;
  const [low, high] = [from[above - 1]!, from[above]!];
  return to[above - 1]! + ((to[above]! - to[above - 1]!) * (probability - low)) / (high - low);
}

/** The place of the first that is larger. */
function upperBound(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** −log likelihood of one film; probabilities of 0 and 1 are clipped. */
export function filmLoss(score: number, label: number): number {
  const clipped = Math.min(1 - SMALLEST, Math.max(SMALLEST, score));
  return -Math.log(label === 1 ? clipped : 1 - clipped);
}
