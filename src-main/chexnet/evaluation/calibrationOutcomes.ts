/** Calibration before and after, fitted on one half of the patients and reported on the other. */
import type { CalibrationFigures, CalibrationOutcome } from '#main/contract/evaluation';
import { calibrate, CALIBRATION_METHODS, fitCalibration, logLoss } from './calibrate';
import type { Halves } from './halves';
import { measure } from './measure';
import { rankScores, whyUndefined, type RankedSample } from './rankedFilms';

/** Of one finding, a row per method; [] where one half has no positive or no negative film. */
export function calibrationOutcomes({ chosenOn, reportedOn }: Halves, finding: number): CalibrationOutcome[] {
  const fitted = chosenOn.samples[finding]!;
  const reported = reportedOn.samples[finding]!;
  if (whyUndefined(reported) !== null) return [];
  const before = calibrationFigures(reported);
  return CALIBRATION_METHODS.flatMap((method) => {
    const calibration = fitCalibration(fitted, method);
    if (calibration === null) return [];
    const scores = reported.scores.map((score) => calibrate(calibration, score));
    return [
      {
        finding: chosenOn.set.findings[finding]!,
        method,
        fittedOn: { n: fitted.labels.length, positives: fitted.positives },
        reportedOn: { n: reported.labels.length, positives: reported.positives },
        before,
        after: calibrationFigures(rankScores({ ...reported, scores })),
      },
    ];
  });
}

function calibrationFigures(sample: RankedSample): CalibrationFigures {
  const { brier, ece } = measure(sample);
  return { brier, ece, logLoss: logLoss(sample.scores, sample.labels) };
}
