/**
 * What view, age and sex alone would score. Where such a fact comes near the model, the model may have learnt the
 * fact: in ChestX-ray14 the flag "AP" alone has an AUROC of 0.73 to 0.75 for Edema.
 */
import type { ConfounderEvaluation } from '#main/contract/evaluation';
import { estimateAuroc } from './delong';
import { keepFilms, rankScores, type RankedFilms } from './rankedFilms';
import type { ScoredFilm } from './scoredFilms';

const FACTS: readonly (readonly [ConfounderEvaluation['fact'], (film: ScoredFilm) => number | null])[] = [
  ['view AP', ({ view }) => (view === 'AP' ? 1 : view === 'PA' ? 0 : null)],
  ['age', ({ ageYears }) => ageYears],
  ['male sex', ({ sex }) => (sex === null ? null : sex === 'M' ? 1 : 0)],
];

/** By finding, a row per fact; films that do not tell it are left out. Yields after each finding. */
export function* confounders({ set, samples }: RankedFilms): Generator<unknown, ConfounderEvaluation[]> {
  const { films, patients, patientCount } = set;
  const facts = FACTS.map(([fact, valueOf]) => {
    const values = Float64Array.from(films, (film) => valueOf(film) ?? Number.NaN);
    return { fact, values, isKnown: Uint8Array.from(values, (value) => (Number.isNaN(value) ? 0 : 1)) };
  });
  const rows: ConfounderEvaluation[] = [];
  for (const [index, finding] of set.findings.entries()) {
    const probabilities = set.probabilities[index]!;
    for (const { fact, values, isKnown } of facts) {
      const judged = values.map((value, film) => (Number.isNaN(probabilities[film]) ? Number.NaN : value));
      const sample = rankScores({ scores: judged, labels: set.labels[index]!, patients, patientCount });
      const estimate = estimateAuroc(sample, 'patient');
      const model = estimateAuroc(keepFilms(samples[index]!, isKnown), 'patient');
      rows.push({
        ...{ finding, fact, n: sample.labels.length, positives: sample.positives },
        auroc: estimate?.auroc ?? null,
        aurocLow: estimate?.interval?.low ?? null,
        aurocHigh: estimate?.interval?.high ?? null,
        modelAuroc: model?.auroc ?? null,
        modelAurocLow: model?.interval?.low ?? null,
        modelAurocHigh: model?.interval?.high ?? null,
      });
    }
    yield;
  }
  return rows;
}
