/** What a person looks at: ROC, precision against recall, reliability, histograms. */
import type { CurvePoint, ReliabilityBin, ScoreHistogram } from '#main/contract/evaluation';
import { binOf, CALIBRATION_BINS } from './calibrationBins';
import type { RankedSample } from './rankedFilms';

/** A plot of some hundred pixels shows no more. */
const MOST_POINTS = 200;
const HISTOGRAM_BINS = 50;

/** From (0, 0) to (1, 1). */
export function rocPoints(sample: RankedSample): CurvePoint[] {
  const negatives = sample.scores.length - sample.positives;
  const points = operatingPoints(sample).map(({ truePositives, flagged, cutoff }) => ({
    x: (flagged - truePositives) / negatives,
    y: truePositives / sample.positives,
    cutoff,
  }));
  return thin([{ x: 0, y: 0, cutoff: null }, ...points]);
}

/** From few flags to all films flagged. */
export function precisionRecallPoints(sample: RankedSample): CurvePoint[] {
  return thin(
    operatingPoints(sample).map(({ truePositives, flagged, cutoff }) => ({
      x: truePositives / sample.positives,
      y: truePositives / flagged,
      cutoff,
    })),
  );
}

type OperatingPoint = { readonly cutoff: number; readonly flagged: number; readonly truePositives: number };

function operatingPoints({ scores, labels, groupEnds }: RankedSample): OperatingPoint[] {
  const points: OperatingPoint[] = [];
  let truePositives = 0;
  for (let index = 0; index < scores.length; index++) {
    truePositives += labels[index]!;
    if (groupEnds[index] !== 0) points.push({ cutoff: scores[index]!, flagged: index + 1, truePositives });
  }
  return points;
}

/** Keeps the ends, and in between no two points nearer than the eye tells apart. */
function thin(points: readonly CurvePoint[]): CurvePoint[] {
  const step = 1 / MOST_POINTS;
  const kept: CurvePoint[] = [];
  points.forEach((point, index) => {
    const last = kept.at(-1);
    const isFar = last === undefined || Math.abs(point.x - last.x) >= step || Math.abs(point.y - last.y) >= step;
    if (isFar || index === points.length - 1) kept.push(point);
  });
  return kept;
}

export function reliabilityBins({ scores, labels }: RankedSample): ReliabilityBin[] {
  const bins = Array.from({ length: CALIBRATION_BINS }, () => ({ n: 0, probability: 0, positives: 0 }));
  scores.forEach((score, index) => {
    const bin = bins[binOf(score)]!;
    bin.n++;
    bin.probability += score;
    bin.positives += labels[index]!;
  });
  return bins.flatMap(({ n, probability, positives }, index) => {
    if (n === 0) return [];
    const edges = { from: index / CALIBRATION_BINS, to: (index + 1) / CALIBRATION_BINS };
    return [{ ...edges, n, meanProbability: probability / n, positiveShare: positives / n, ...wilson(positives, n) }];
  });
}

/** Wilson's 95 % interval of a share (Wilson 1927): it holds for small counts and for none. */
function wilson(count: number, n: number): { readonly low: number; readonly high: number } {
  const z = 1.959963984540054;
  const share = count / n;
  const middle = share + (z * z) / (2 * n);
  const half = z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  const scale = 1 + (z * z) / n;
  return { low: Math.max(0, (middle - half) / scale), high: Math.min(1, (middle + half) / scale) };
}

export function scoreHistogram({ scores, labels }: RankedSample): ScoreHistogram {
  const positives = new Array<number>(HISTOGRAM_BINS).fill(0);
  const negatives = new Array<number>(HISTOGRAM_BINS).fill(0);
  scores.forEach((score, index) => {
    const bin = Math.min(HISTOGRAM_BINS - 1, Math.floor(score * HISTOGRAM_BINS));
    (labels[index] === 1 ? positives : negatives)[bin]! += 1;
  });
  return { positives, negatives };
}
