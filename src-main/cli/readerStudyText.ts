/** A reader study as tables for people. */
import { cutoffWords } from '#main/contract/cutoffs';
import { printedProbability } from '#main/contract/priority';
import { findingLabel } from '#main/contract/findings';
import type { PublishedRater, ReaderStudy } from '#main/contract/readerStudy';
import {
  exampleFigure,
  studyRows,
  tiedSentence,
  TRUTHS,
  type StudyRow,
} from '#main/workflows/evaluation/readerStudyRows';
import { plainText } from './terminal';
import { textTable, type TextColumn } from './textTable';

export function readerStudyText(study: ReaderStudy): string {
  const { source, readers, n, patients, unmatched, bootstrap, findings, definitions, example } = study;
  return [
    `\nBeside ${readers.length} readers (${plainText(source)}): ${n} films of ${patients} patients; ${unmatched} rows of`,
    ` readers are about other films. Intervals: ${bootstrap.count} bootstraps by patient.\n`,
    ...Object.values(definitions).map((definition) => `- ${definition}\n`),
    ...Object.entries(findings).flatMap(([finding, row]) => [
      `\n${findingLabel(finding)}, cut-off ${cutoffWords(row.cutoff, row.cutoffsByView, printedProbability)}. ${tiedSentence(row)}\n`,
      textTable(STUDY_COLUMNS, studyRows(row)),
    ]),
    `\nExample of the form, not of this model: ${example.name}, ${example.finding}, ${example.films} films\n`,
    textTable(EXAMPLE_COLUMNS, example.raters),
    `${example.notComparable}\n`,
  ].join('');
}

const STUDY_COLUMNS: readonly TextColumn<StudyRow>[] = [
  { heading: 'reader', cell: ({ rater }) => rater },
  ...TRUTHS.map(([, heading], place): TextColumn<StudyRow> => ({ heading, cell: ({ figures }) => figures[place]! })),
  { heading: 'n+/n of each other reader', cell: ({ answers }) => answers },
];

const EXAMPLE_COLUMNS: readonly TextColumn<PublishedRater>[] = [
  { heading: 'reader', cell: ({ rater }) => rater },
  { heading: 'F1', cell: exampleFigure },
];
