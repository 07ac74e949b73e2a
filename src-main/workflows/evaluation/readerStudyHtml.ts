/** The part of the page that tells of a reader study. */
import { cutoffWords } from '#main/contract/cutoffs';
import { printedProbability } from '#main/contract/priority';
import { findingLabel } from '#main/contract/findings';
import type { PublishedRater, ReaderStudy } from '#main/contract/readerStudy';
import { html, htmlTable, type Html, type HtmlColumn } from './html';
import {
  exampleFigure,
  pairRows,
  studyRows,
  tiedSentence,
  TRUTHS,
  type PairRow,
  type StudyRow,
} from './readerStudyRows';

export function readerStudyPart(study: ReaderStudy): Html {
  const { source, readers, n, patients, unmatched, bootstrap, findings, definitions, example } = study;
  return html`<h2>Beside readers</h2>
    <p>
      ${readers.length} readers (${readers.join(', ')}; ${source}), ${n} films of ${patients} patients; ${unmatched}
      rows of readers are about other films. Intervals: 95 %, ${bootstrap.count} bootstraps by patient (seed
      ${bootstrap.seed}). Where that of the difference holds 0, nothing is shown.
    </p>
    <ul>
      ${Object.values(definitions).map((definition) => html`<li>${definition}</li>`)}
    </ul>
    ${Object.entries(findings).map(
      ([finding, row]) =>
        html`<h3>
            ${findingLabel(finding)}, cut-off ${cutoffWords(row.cutoff, row.cutoffsByView, printedProbability)}
          </h3>
          ${htmlTable(STUDY_COLUMNS, studyRows(row))}
          <p>${tiedSentence(row)}</p>
          <details>
            <summary>One by one</summary>
            ${htmlTable(PAIR_COLUMNS, pairRows(row))}
          </details>`,
    )}
    <h3>Example of the form, not of this model: ${example.name}</h3>
    <p>
      ${findingLabel(example.finding)}, ${example.films} films, ${example.bootstraps} bootstraps.
      ${example.notComparable}
    </p>
    ${htmlTable(EXAMPLE_COLUMNS, example.raters)}`;
}

const STUDY_COLUMNS: readonly HtmlColumn<StudyRow>[] = [
  { heading: '', cell: ({ rater }) => rater },
  ...TRUTHS.map(([, heading], place): HtmlColumn<StudyRow> => ({ heading, cell: ({ figures }) => figures[place]! })),
  { heading: 'n+/n of each other reader', cell: ({ answers }) => answers },
];

const PAIR_COLUMNS: readonly HtmlColumn<PairRow>[] = [
  { heading: '', cell: ({ rater }) => rater },
  { heading: 'against', cell: ({ truth }) => truth },
  { heading: 'n+/n', cell: ({ answers }) => answers },
  { heading: 'F1', cell: ({ f1 }) => f1 },
];

const EXAMPLE_COLUMNS: readonly HtmlColumn<PublishedRater>[] = [
  { heading: '', cell: ({ rater }) => rater },
  { heading: 'F1', cell: exampleFigure },
];
