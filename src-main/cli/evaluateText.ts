/** The report of an evaluation as a table for people; `--json` and `--html` have all of it. */
import { CUTOFF_VIEWS, cutoffWords } from '#main/contract/cutoffs';
import { findingLabel } from '#main/contract/findings';
import {
  isByHalves,
  type EvaluationReport,
  type FindingEvaluation,
  type RuleOutcome,
  type ViewFinding,
} from '#main/contract/evaluation';
import { decimals, withInterval } from '#main/workflows/evaluation/reportWords';
import { readerStudyText } from './readerStudyText';
import { textTable, type TextColumn } from './textTable';

type FindingRow = readonly [finding: string, evaluation: FindingEvaluation];

export function evaluateText(report: EvaluationReport): string {
  const { sources } = report.published;
  const columns: readonly TextColumn<FindingRow>[] = [
    { heading: 'finding', cell: ([finding]) => findingLabel(finding) },
    { heading: 'n+', align: 'right', cell: ([, { positives }]) => String(positives) },
    { heading: 'n', align: 'right', cell: ([, { n }]) => String(n) },
    { heading: 'AUROC (95 % interval)', cell: ([, row]) => row.undefinedReason ?? withInterval('auroc', row) },
    { heading: 'cut-off', align: 'right', cell: ([, row]) => cutoffCell(row) },
    { heading: 'F1 (95 % interval)', cell: ([, row]) => withInterval('f1', row) },
    { heading: 'sens.', align: 'right', cell: ([, { sensitivity }]) => decimals(sensitivity) },
    { heading: 'spec.', align: 'right', cell: ([, { specificity }]) => decimals(specificity) },
    { heading: 'Brier', align: 'right', cell: ([, { brier }]) => decimals(brier) },
    { heading: 'ECE', align: 'right', cell: ([, { ece }]) => decimals(ece) },
    ...sources.map(({ id, name }): TextColumn<FindingRow> => ({
      heading: name.replace(/ et al\.| \(.*\)/g, ''),
      align: 'right',
      cell: ([, { published }]) => decimals(published[id] ?? null),
    })),
  ];
  const { mean, cutoffs, bootstrap } = report;
  return [
    `${report.n} films of ${report.patients} patients. Intervals: ${bootstrap.count} bootstraps by patient.\n\n`,
    textTable(columns, Object.entries(report.findings)),
    `\nMean of ${mean.findings} findings: AUROC ${withInterval('auroc', mean)}, F1 ${withInterval('f1', mean)}\n`,
    `Cut-offs: ${cutoffs.rule}. ${cutoffs.origin} F1, sensitivity and specificity are of ${cutoffs.reportedOn.n} films.\n`,
    viewsText(report),
    `\nWhat rules for cut-offs do, ${isByHalves(report) ? 'each half of the patients with the cut-offs of the other half' : 'chosen on the same films as those in use'}\n\n`,
    textTable(ruleColumns(report), report.rules),
    `\n${report.published.notComparable}\n`,
    report.readers === null ? '' : readerStudyText(report.readers),
  ].join('');
}

function cutoffCell({ cutoff, cutoffsByView }: FindingEvaluation): string {
  return cutoff === null ? decimals(null) : cutoffWords(cutoff, cutoffsByView, decimals);
}

type ViewRow = ViewFinding & { readonly finding: string; readonly view: string };

const VIEW_COLUMNS: readonly TextColumn<ViewRow>[] = [
  { heading: 'finding', cell: ({ finding }) => findingLabel(finding) },
  { heading: 'view', cell: ({ view }) => view },
  { heading: 'cut-off', align: 'right', cell: ({ cutoff }) => decimals(cutoff) },
  { heading: '', cell: ({ cutoff, own }) => (cutoff === null ? '' : own ? 'its own' : 'common') },
  { heading: 'n+', align: 'right', cell: ({ positives }) => String(positives) },
  { heading: 'n', align: 'right', cell: ({ n }) => String(n) },
  { heading: 'sens. (95 % interval)', cell: (row) => withInterval('sensitivity', row) },
  { heading: 'spec. (95 % interval)', cell: (row) => withInterval('specificity', row) },
];

function viewsText({ views }: EvaluationReport): string {
  const lines = views.map((row) => {
    const { view, n, normals, reason } = row;
    const cutoffs = reason === null ? 'cut-offs of its own' : `the common cut-offs (${reason})`;
    const flagged = `${withInterval('normalsFlagged', row)} of ${normals} normal ones flagged`;
    return `${view}: ${n} films, ${flagged}, with ${cutoffs}.\n`;
  });
  if (views.every(({ reason }) => reason !== null)) return lines.join('');
  const rows = Object.keys(views[0]?.findings ?? {}).flatMap((finding) =>
    views.map(({ view, findings }) => ({ finding, view, ...findings[finding]! })),
  );
  return `${lines.join('')}\n${textTable(VIEW_COLUMNS, rows)}`;
}

const IN_HALVES: TextColumn<RuleOutcome> = {
  heading: 'in each half',
  cell: ({ parts }) => (parts.length < 2 ? '' : parts.map((part) => decimals(part.normalsFlagged)).join(', ')),
};

const ruleColumns = (report: EvaluationReport): readonly TextColumn<RuleOutcome>[] => [
  { heading: 'rule', cell: ({ rule }) => rule },
  { heading: 'normal films flagged', cell: (row) => withInterval('normalsFlagged', row) },
  ...(isByHalves(report) ? [IN_HALVES] : []),
  ...CUTOFF_VIEWS.map((name): TextColumn<RuleOutcome> => ({
    heading: `of ${name}`,
    cell: ({ views }) => decimals(views.find(({ view }) => view === name)?.normalsFlagged ?? null),
  })),
  { heading: 'flags per film', cell: (row) => withInterval('flagsPerFilm', row) },
  { heading: 'abnormal with a right flag', cell: (row) => withInterval('abnormalWithCorrectFlag', row) },
  { heading: 'mean sens.', cell: (row) => withInterval('meanSensitivity', row) },
];
