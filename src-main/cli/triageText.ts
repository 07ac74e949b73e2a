/** A triage as a table for people. */
import { findingLabel, type NihFinding } from '#main/contract/findings';
import type { FilmReport } from '#main/workflows/filmReport';
import { textTable, type TextColumn } from './textTable';

/** Terminals narrower than this get the flagged findings in words instead of a column for each. */
const WIDE = 150;

const FIRST: readonly TextColumn<FilmReport>[] = [
  { heading: 'file', cell: ({ file }) => file, widest: 44 },
  { heading: 'status', cell: ({ status }) => status.replace('_', ' ') },
  { heading: 'priority', cell: ({ priority }) => (priority === null ? '' : priority.toFixed(2)), align: 'right' },
  { heading: 'leading finding', cell: leadingCell },
];

const REASON: TextColumn<FilmReport> = {
  heading: 'reason',
  cell: ({ code, reason }) => (code === '' ? '' : `${reason} [${code}]`),
};

export function triageText(reports: readonly FilmReport[], columns: number): string {
  const judged = reports.filter(({ status }) => status === 'ok');
  const others = reports.filter(({ status }) => status !== 'ok' && status !== 'not_scored');
  const last = reports.filter(({ status }) => status === 'not_scored');
  const findings = columns >= WIDE ? findingColumns(judged) : [FLAGGED];
  const withReason = [...FIRST.slice(0, 2), REASON];
  const parts = [
    others.length === 0 ? '' : textTable(withReason, others),
    judged.length === 0 ? '' : textTable([...FIRST, ...findings], judged),
    last.length === 0 ? '' : textTable(withReason, last),
  ];
  const marks = judged.length === 0 ? '' : `\n${MARKS}`;
  return `${parts.filter((part) => part !== '').join('\n')}${marks}`;
}

const MARKS = '* at or above its cut-off; one that is not measured raises no priority. No flag does not mean normal.\n';

function leadingCell({ priority, leadingFinding }: FilmReport): string {
  if (priority === null) return '';
  return leadingFinding === null ? 'no flag' : findingLabel(leadingFinding);
}

const FLAGGED: TextColumn<FilmReport> = {
  heading: 'flagged',
  cell: ({ flagged, probabilities }) =>
    flagged.map((finding) => `${findingLabel(finding)} ${(probabilities?.[finding] ?? 0).toFixed(3)}*`).join(' '),
};

/** The outputs that the model has, in its order. */
function findingColumns(reports: readonly FilmReport[]): TextColumn<FilmReport>[] {
  const findings = Object.keys(reports[0]?.probabilities ?? {});
  return findings.map((finding) => ({
    heading: shortName(finding),
    cell: ({ probabilities, flagged }) => {
      const probability = probabilities?.[finding];
      return probability === undefined ? '' : `${probability.toFixed(3)}${flagged.includes(finding) ? '*' : ' '}`;
    },
    align: 'right',
  }));
}

/** Pneumonia and Pneumothorax begin alike, and must not be mistaken for each other. */
const SHORT: Partial<Record<NihFinding, string>> = {
  Pneumonia: 'Pneumon',
  Pneumothorax: 'Pneumot',
  Pleural_Thickening: 'PlThick',
};

function shortName(finding: string): string {
  return SHORT[finding as NihFinding] ?? finding.slice(0, 7);
}
