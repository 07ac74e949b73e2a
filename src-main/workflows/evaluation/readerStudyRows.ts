/** A reader study as rows of a table, the same for the page and the terminal. */
import type { RaterF1, ReaderComparison, ReaderStudyFinding, ReaderTruth } from '#main/contract/readerStudy';
import { decimals, withInterval } from './reportWords';

export type StudyRow = { readonly rater: string; readonly answers: string; readonly figures: readonly string[] };

export const TRUTHS: readonly (readonly [ReaderTruth, heading: string])[] = [
  ['eachReader', 'F1, each other reader'],
  ['eachLabel', 'F1, each other label'],
  ['majority', 'F1, majority of the others'],
];

/** The readers, their mean, the model, and the difference; `figures` parallel to `TRUTHS`. */
export function studyRows({ truths }: ReaderStudyFinding): StudyRow[] {
  const compared = TRUTHS.map(([truth]) => truths[truth]);
  const [{ readers, model }] = compared as [ReaderComparison];
  const row = (rater: string, cell: (comparison: ReaderComparison) => string, answers = ''): StudyRow => ({
    ...{ rater, answers, figures: compared.map(cell) },
  });
  return [
    ...readers.map((reader, place) =>
      row(reader.rater, (comparison) => withInterval('f1', comparison.readers[place]!), answersOf(reader)),
    ),
    row('mean of the readers', ({ mean }) => withInterval('f1', mean)),
    row('the model', (comparison) => withInterval('f1', comparison.model), answersOf(model)),
    row('model − mean', ({ difference }) => withInterval('difference', difference)),
  ];
}

export type PairRow = { readonly rater: string; readonly truth: string; readonly answers: string; readonly f1: string };

/** Each reader against each other one, and the model against each of them. */
export function pairRows({ truths: { eachReader } }: ReaderStudyFinding): PairRow[] {
  const { readers, model } = eachReader;
  return [...readers, model].flatMap(({ rater, against }) =>
    against.map(({ truth, n, positives, ...f1 }) => {
      return { rater, truth, answers: `${positives}/${n}`, f1: withInterval('f1', f1) };
    }),
  );
}

/** `61 of 420 … 73 of 418`: positive films of each truth. */
function answersOf({ against }: RaterF1): string {
  return against.map(({ positives, n }) => `${positives}/${n}`).join(', ');
}

/** `0.383 (0.309–0.453)` */
export function exampleFigure({ value, low, high }: Readonly<Record<'value' | 'low' | 'high', number>>): string {
  return `${decimals(value)} (${decimals(low)}–${decimals(high)})`;
}

/** `Majorities are split on 3, 0, 1 films.` */
export function tiedSentence({ truths }: ReaderStudyFinding): string {
  return `Films that the majority without each reader is split on: ${truths.majority.tied.join(', ')}.`;
}
