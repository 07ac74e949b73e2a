/** Calibration before and after, fitted on some films and reported on others. */
import type { CalibrationFigures, CalibrationOutcome } from '#main/contract/evaluation';
import { createResampler, percentileInterval, type Resampling } from './bootstrap';
import { calibrate, filmLoss, fitCalibration, type CalibrationMethod } from './calibrate';
import { binOf } from './calibrationBins';
import { rankScores, whyUndefined, type RankedSample } from './rankedFilms';

/** Films with one finding's probabilities, to fit on and to report on; no patient is in both. */
export type CalibrationFilms = { readonly fitted: RankedSample; readonly reported: RankedSample };

/** A row per method; [] where films of either kind have no positive or no negative one. Yields after each draw. */
export function* calibrationOutcomes(
  finding: string,
  { fitted, reported }: CalibrationFilms,
  methods: readonly CalibrationMethod[],
  resampling: Resampling,
): Generator<unknown, CalibrationOutcome[]> {
  if (whyUndefined(reported) !== null) return [];
  const calibrated = methods.flatMap((method) => {
    const calibration = fitCalibration(fitted, method);
    if (calibration === null) return [];
    const scores = reported.scores.map((score) => calibrate(calibration, score));
    return [{ method, sample: rankScores({ ...reported, scores }) }];
  });
  if (calibrated.length === 0) return [];
  const samples = [reported, ...calibrated.map(({ sample }) => sample)];
  const [before, ...after] = yield* calibrationFigures(samples, resampling);
  return calibrated.map(({ method }, index) => ({
    ...{ finding, method },
    fittedOn: { n: fitted.labels.length, positives: fitted.positives },
    reportedOn: { n: reported.labels.length, positives: reported.positives },
    before: before!,
    after: after[index]!,
  }));
}

const FIGURES = ['brier', 'ece', 'logLoss'] as const;

/** What each film adds, in the ranking's order, so that a draw is one pass: `bins` never rise. */
type Addends = Readonly<Record<'squares' | 'excess' | 'losses', Float64Array>> & {
  readonly bins: Uint8Array;
  readonly patients: Int32Array;
};

function addendsOf({ scores, labels, patients }: RankedSample): Addends {
  return {
    squares: scores.map((score, place) => (score - labels[place]!) ** 2),
    excess: scores.map((score, place) => score - labels[place]!),
    losses: scores.map((score, place) => filmLoss(score, labels[place]!)),
    bins: Uint8Array.from(scores, binOf),
    patients,
  };
}

/** In the order of `FIGURES`; as `measure` has them, without the ranking. */
function figuresOf({ squares, excess, losses, bins, patients }: Addends, weights: Float64Array): number[] {
  let [films, brier, loss, distance, inBin, bin] = [0, 0, 0, 0, 0, -1];
  for (let place = 0; place < bins.length; place++) {
    const weight = weights[patients[place]!]!;
    if (weight === 0) continue;
    if (bins[place] !== bin) {
      distance += Math.abs(inBin);
      [inBin, bin] = [0, bins[place]!];
    }
    films += weight;
    brier += weight * squares[place]!;
    inBin += weight * excess[place]!;
    loss += weight * losses[place]!;
  }
  return [brier / films, (distance + Math.abs(inBin)) / films, loss / films];
}

/** Samples of the same films: one draw serves them all. */
function* calibrationFigures(
  samples: readonly RankedSample[],
  { count, seed }: Resampling,
): Generator<unknown, CalibrationFigures[]> {
  const resample = createResampler(samples[0]!.patientCount, seed);
  const addends = samples.map(addendsOf);
  const draws = samples.map(() => FIGURES.map(() => new Float64Array(count)));
  for (let draw = 0; draw < count; draw++) {
    const weights = resample();
    addends.forEach((each, index) => {
      figuresOf(each, weights).forEach((value, figure) => (draws[index]![figure]![draw] = value));
    });
    yield;
  }
  const once = new Float64Array(samples[0]!.patientCount).fill(1);
  return addends.map((each, index) => {
    const values = figuresOf(each, once);
    const entries = FIGURES.flatMap((figure, place) => {
      const interval = percentileInterval(draws[index]![place]!);
      return [
        [figure, values[place]!],
        [`${figure}Low`, interval?.low ?? null],
        [`${figure}High`, interval?.high ?? null],
      ];
    });
    return Object.fromEntries(entries) as CalibrationFigures;
  });
}
