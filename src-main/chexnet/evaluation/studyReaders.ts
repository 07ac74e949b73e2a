/** The readers' answers and the model's flags on the films of an evaluation → a reader study of each finding. */
import { cutoffsByView } from '#main/contract/cutoffs';
import type { ReaderStudy, ReaderStudyFinding } from '#main/contract/readerStudy';
import type { PlannedCutoffs } from './cutoffPlan';
import { PUBLISHED_READERS } from './publishedReaders';
import { readerStudy, type StudyFilms } from './readerStudy';
import type { ScoredFilms } from './scoredFilms';

export type ReaderAnswers = {
  readonly source: string;
  readonly readers: readonly string[];
  /** [readers][findings of the set][films of the set]: 1, 0, −1 = unsure or not answered. */
  readonly answers: readonly (readonly Int8Array[])[];
  readonly unmatched: number;
};

/** As many as in the paper. */
const BOOTSTRAPS = 10_000;

const DEFINITIONS: ReaderStudy['definitions'] = {
  eachReader: 'F1 against each other reader as the truth, averaged (CheXNet, section 3).',
  eachLabel:
    'As that section is worded: F1 against each of the other labels, averaged; for a reader the labels of the model are one of them.',
  majority:
    'F1 against what most of the other readers say (the project page of CheXNet); the model against the majority without each reader in turn, averaged.',
  answers:
    'Unsure and missing answers, and films without a probability, are left out of the pairs that need them. A majority is of those of the others who have answered; films that it is split on are left out. An F1 is not defined where neither of a pair calls any film positive; a mean is over those that are.',
};

/** On the films that the cut-offs are reported on. A finding that fewer than two readers answer is left out. */
export function* studyReaders(
  set: ScoredFilms,
  { reportedOn, cutoffs, choice, flags }: PlannedCutoffs,
  { source, readers, answers, unmatched }: ReaderAnswers,
  seed: number,
): Generator<unknown, ReaderStudy> {
  const films = reportedOn.films.filter(
    (film) =>
      answers.some((columns) => columns.some((column) => column[film]! >= 0)) &&
      set.probabilities.some((column) => !Number.isNaN(column[film]!)),
  );
  const { patients, patientCount } = renumber(films, set.patients);
  const resampling = { count: BOOTSTRAPS, seed };
  const found: (readonly [string, ReaderStudyFinding])[] = [];
  for (const [index, finding] of set.findings.entries()) {
    const cutoff = cutoffs[index] ?? null;
    const columns = answers.map((column) => Int8Array.from(films, (film) => column[index]![film]!));
    const answering = columns.flatMap((column, reader) => (column.some((answer) => answer >= 0) ? [reader] : []));
    if (cutoff === null || answering.length < 2) continue;
    const study: StudyFilms = {
      readers: answering.map((reader) => columns[reader]!),
      model: Int8Array.from(films, (film) =>
        Number.isNaN(set.probabilities[index]![film]!) ? -1 : flags[index]![film]!,
      ),
      ...{ patients, patientCount },
    };
    const names = { readers: answering.map((reader) => readers[reader]!), model: 'the model' };
    const truths = yield* readerStudy(study, names, resampling);
    found.push([finding, { cutoff, cutoffsByView: cutoffsByView(choice, finding), truths }]);
  }
  return {
    ...{ source, readers, n: films.length, patients: patientCount, unmatched },
    bootstrap: { ...resampling, by: 'patient' },
    findings: Object.fromEntries(found),
    definitions: DEFINITIONS,
    example: PUBLISHED_READERS,
  };
}

/** Patients of these films alone: of thousands that no reader has seen, none is drawn. */
function renumber(films: Int32Array, patients: Int32Array): Pick<StudyFilms, 'patients' | 'patientCount'> {
  const numbers = new Map<number, number>();
  const renumbered = films.map((film) => {
    const patient = patients[film]!;
    const number = numbers.get(patient) ?? numbers.size;
    numbers.set(patient, number);
    return number;
  });
  return { patients: renumbered, patientCount: numbers.size };
}
