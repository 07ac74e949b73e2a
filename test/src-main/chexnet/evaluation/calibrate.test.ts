import { describe, expect, it } from 'vitest';
import { calibrate, filmLoss, fitCalibration } from '#main/chexnet/evaluation/calibrate';
import { measure } from '#main/chexnet/evaluation/measure';
import { rankScores } from '#main/chexnet/evaluation/rankedFilms';
import { comparedFindings } from './readFixture';

describe('calibration', () => {
  it('finds the parameters that scikit-learn and SciPy find, to the tolerance of theirs', () => {
    for (const { first, expected } of comparedFindings()) {
      const { platt, temperature, isotonic } = expected.calibration;
      const ours = fitCalibration(first, 'platt');
      expect(ours).toMatchObject({ method: 'platt' });
      if (ours?.method !== 'platt') return;
      expect(ours.slope).toBeCloseTo(platt.slope, 4);
      expect(ours.intercept).toBeCloseTo(platt.intercept, 3);
      const scaled = fitCalibration(first, 'temperature');
      if (scaled?.method !== 'temperature') throw new Error('No temperature was found.');
      expect(scaled.slope).toBeCloseTo(temperature.slope, 5);
      const steps = fitCalibration(first, 'isotonic')!;
      const becomes = isotonic.at.map((probability) => calibrate(steps, probability));
      becomes.forEach((probability, index) => expect(probability).toBeCloseTo(isotonic.becomes[index]!, 10));
      const losses = first.scores.map((score, place) => filmLoss(score, first.labels[place]!));
      const mean = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
      expect(mean).toBeCloseTo(expected.calibration.logLoss, 10);
    }
  });

  it('makes a network that is too sure of itself honest, and leaves its ranking alone', () => {
    for (const { first } of comparedFindings()) {
      const tooSure = rankScores({ ...first, scores: first.scores.map((score) => score ** 0.5) });
      const platt = fitCalibration(tooSure, 'platt')!;
      const honest = rankScores({ ...tooSure, scores: tooSure.scores.map((score) => calibrate(platt, score)) });
      const [before, after] = [measure(tooSure), measure(honest)];
      expect(after.ece).toBeLessThan(before.ece / 4);
      expect(after.brier).toBeLessThan(before.brier);
      expect(after.auroc).toBeCloseTo(before.auroc, 12);
    }
  });

  it('fits nothing where a class is missing or a line parts the classes', () => {
    const columns = { patients: new Int32Array(4), patientCount: 1 };
    const positive = rankScores({ ...columns, scores: Float64Array.of(0.1, 0.2, 0.3, 0.4), labels: [1, 1, 1, 1] });
    const parted = rankScores({ ...columns, scores: Float64Array.of(0.1, 0.2, 0.8, 0.9), labels: [0, 0, 1, 1] });
    expect(fitCalibration(positive, 'isotonic')).toBeNull();
    expect(fitCalibration(parted, 'platt')).toBeNull();
  });
});
