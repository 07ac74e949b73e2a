/**
 * What view, age and sex alone would score. Where such a fact comes near the model, the model may have learnt the
 * fact: in ChestX-ray14 the flag "AP" alone has an AUROC of 0.745 for Edema.
 */
import type { ConfounderEvaluation } from '#main/contract/evaluation';
import { estimateAuroc } from './delong';
import { sampleOf, type ScoredFilm, type ScoredFilms } from './scoredFilms';

const FACTS: readonly (readonly [ConfounderEvaluation['fact'], (film: ScoredFilm) => number | null])[] = [
  ['view AP', ({ view }) => (view === 'AP' ? 1 : view === 'PA' ? 0 : null)],
  ['age', ({ ageYears }) => ageYears],
  ['male sex', ({ sex }) => (sex === null ? null : sex === 'M' ? 1 : 0)],
];

/** A row per fact; films that do not tell it are left out. */
export function confounders(set: ScoredFilms, finding: number): ConfounderEvaluation[] {
  const labels = set.labels[finding]!;
  const probabilities = set.probabilities[finding]!;
  return FACTS.map(([fact, valueOf]) => {
    const values = set.films.map(valueOf);
    const films = Int32Array.from(values.keys()).filter(
      (film) => values[film] !== null && labels[film] !== -1 && !Number.isNaN(probabilities[film]),
    );
    const shared = {
      labels: Uint8Array.from(films, (film) => labels[film]!),
      patients: films.map((film) => set.patients[film]!),
      patientCount: set.patientCount,
      films,
    };
    const sample = sampleOf({ ...shared, scores: Float64Array.from(films, (film) => values[film]!) });
    const model = sampleOf({ ...shared, scores: Float64Array.from(films, (film) => probabilities[film]!) });
    const estimate = estimateAuroc(sample, 'patient');
    return {
      finding: set.findings[finding]!,
      fact,
      n: films.length,
      positives: sample.positives,
      auroc: estimate?.auroc ?? null,
      aurocLow: estimate?.interval?.low ?? null,
      aurocHigh: estimate?.interval?.high ?? null,
      modelAuroc: estimateAuroc(model, 'patient')?.auroc ?? null,
    };
  });
}
