/** Calibration before and after, fitted on one half of the patients and reported on the other. */
import type { CalibrationFigures, CalibrationOutcome } from '#main/contract/evaluation';
import { calibrate, CALIBRATION_METHODS, fitCalibration, logLoss } from './calibrate';
import type { Halves } from './halves';
import { measure, rankSample } from './rankedSample';
import { findingSample, type FindingSample } from './scoredFilms';

/** Of one finding, a row per method; [] where one half has no positive or no negative film. */
export function calibrationOutcomes({ chosenOn, reportedOn }: Halves, finding: number): CalibrationOutcome[] {
  const fitted = findingSample(chosenOn, finding);
  const reported = findingSample(reportedOn, finding);
  if (reported.positives === 0 || reported.positives === reported.labels.length) return [];
  const before = calibrationFigures(reported);
  return CALIBRATION_METHODS.flatMap((method) => {
    const calibration = fitCalibration(fitted, method);
    if (calibration === null) return [];
    const scores = reported.scores.map((score) => calibrate(calibration, score));
    return [
      {
        finding: chosenOn.findings[finding]!,
        method,
        fittedOn: { n: fitted.labels.length, positives: fitted.positives },
        reportedOn: { n: reported.labels.length, positives: reported.positives },
        before,
        after: calibrationFigures({ ...reported, scores }),
      },
    ];
  });
}

function calibrationFigures(sample: FindingSample): CalibrationFigures {
  const { brier, calibrationError } = measure(rankSample(sample), null, null);
  return { brier, ece: calibrationError, logLoss: logLoss(sample.scores, sample.labels) };
}
