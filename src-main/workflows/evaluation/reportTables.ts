/** The tables of a report that have a row a finding or a rule. Every figure stands with its interval, every row with its n+. */
import type {
  CalibrationFigure,
  EvaluationReport,
  FindingEvaluation,
  ModelComparison,
} from '#main/contract/evaluation';
import { CUTOFF_VIEWS, cutoffWords } from '#main/contract/cutoffs';
import { findingLabel } from '#main/contract/findings';
import { printedProbability } from '#main/contract/priority';
import { html, htmlTable, type Html, type HtmlColumn } from './html';
import { figure, interval } from './reportCells';
import { decimals } from './reportWords';

type FindingRow = readonly [finding: string, evaluation: FindingEvaluation];

const NAME: HtmlColumn<FindingRow> = { heading: 'Finding', cell: ([finding]) => findingLabel(finding) };

export function aurocTable({ published, findings }: EvaluationReport): Html {
  const columns: readonly HtmlColumn<FindingRow>[] = [
    NAME,
    { heading: 'n+', number: true, cell: ([, { positives }]) => positives },
    { heading: 'n', number: true, cell: ([, { n }]) => n },
    { heading: 'AUROC', number: true, cell: ([, row]) => row.undefinedReason ?? figure('auroc', row) },
    { heading: 'DeLong, films independent', number: true, cell: ([, { delong }]) => delongOf(delong) },
    { heading: 'DeLong, by patient', number: true, cell: ([, row]) => delongOf(row.delongByPatient) },
    { heading: 'Average precision', number: true, cell: ([, row]) => figure('averagePrecision', row) },
    { heading: 'Brier score', number: true, cell: ([, row]) => figure('brier', row) },
    { heading: 'Calibration error (ECE)', number: true, cell: ([, row]) => figure('ece', row) },
    ...published.sources.map(({ id, name }): HtmlColumn<FindingRow> => ({
      heading: name,
      number: true,
      cell: ([, row]) => decimals(row.published[id] ?? null),
    })),
  ];
  return htmlTable(columns, Object.entries(findings));
}

function delongOf(estimate: FindingEvaluation['delong']): string {
  return estimate === null ? '–' : interval(estimate.low, estimate.high);
}

export function cutoffTable({ findings }: EvaluationReport): Html {
  const columns: readonly HtmlColumn<FindingRow>[] = [
    NAME,
    { heading: 'n+', number: true, cell: ([, { cutoffPositives }]) => cutoffPositives },
    { heading: 'n', number: true, cell: ([, { cutoffN }]) => cutoffN },
    {
      heading: 'Cut-off',
      number: true,
      cell: ([, row]) => cutoffWords(row.cutoff, row.cutoffsByView, printedProbability),
    },
    ...(['sensitivity', 'specificity', 'ppv', 'npv', 'f1'] as const).map((name): HtmlColumn<FindingRow> => ({
      heading: { sensitivity: 'Sensitivity', specificity: 'Specificity', ppv: 'PPV here', npv: 'NPV here', f1: 'F1' }[
        name
      ],
      number: true,
      cell: ([, row]) => figure(name, row),
    })),
  ];
  return htmlTable(columns, Object.entries(findings));
}

/** PPV and NPV where the share of positives is the stated one: what a reader meets is not what a test set holds. */
export function prevalenceTable({ findings }: EvaluationReport): Html {
  const columns: readonly HtmlColumn<FindingRow>[] = [
    NAME,
    { heading: 'n+', number: true, cell: ([, { cutoffPositives }]) => cutoffPositives },
    {
      heading: 'Prevalence here',
      number: true,
      cell: ([, row]) => decimals(row.cutoffN === 0 ? null : row.cutoffPositives / row.cutoffN),
    },
    { heading: 'PPV here', number: true, cell: ([, row]) => figure('ppv', row) },
    { heading: 'NPV here', number: true, cell: ([, row]) => figure('npv', row) },
    {
      heading: 'PPV re-weighted',
      number: true,
      cell: ([, { atPrevalence: at }]) => (at === null ? '–' : figure('ppv', at)),
    },
    {
      heading: 'NPV re-weighted',
      number: true,
      cell: ([, { atPrevalence: at }]) => (at === null ? '–' : figure('npv', at)),
    },
  ];
  return htmlTable(columns, Object.entries(findings));
}

/** Where films have dates. */
const WAITS: readonly HtmlColumn<FindingRow>[] = [
  { heading: 'Dated positives', number: true, cell: ([, { waiting }]) => waiting?.positives ?? '–' },
  { heading: 'Dated films', number: true, cell: ([, { waiting }]) => waiting?.films ?? '–' },
  {
    heading: 'Median wait in order of time',
    number: true,
    cell: ([, { waiting }]) => (waiting === null ? '–' : figure('medianBeforeInTimeOrder', waiting, 1)),
  },
  {
    heading: 'Median wait in order of priority',
    number: true,
    cell: ([, { waiting }]) => (waiting === null ? '–' : figure('medianBeforeInPriorityOrder', waiting, 1)),
  },
];

export function workTable({ findings }: EvaluationReport): Html {
  const columns: readonly HtmlColumn<FindingRow>[] = [
    NAME,
    { heading: 'n+', number: true, cell: ([, { cutoffPositives }]) => cutoffPositives },
    { heading: 'Films', number: true, cell: ([, { cutoffN }]) => cutoffN },
    { heading: 'Flags', number: true, cell: ([, { flags }]) => flags },
    { heading: 'Normal films', number: true, cell: ([, { cutoffNormals }]) => cutoffNormals },
    { heading: 'Flags per 100 of them', number: true, cell: ([, row]) => figure('flagsPer100Normals', row, 1) },
    ...(Object.values(findings).some(({ waiting }) => waiting !== null) ? WAITS : []),
  ];
  return htmlTable(columns, Object.entries(findings));
}

const RULES: readonly HtmlColumn<EvaluationReport['rules'][number]>[] = [
  { heading: 'Rule', cell: ({ rule }) => rule },
  { heading: 'Films', number: true, cell: ({ n }) => n },
  { heading: 'Normal films', number: true, cell: ({ normals }) => normals },
  { heading: 'Normal films flagged', number: true, cell: (row) => figure('normalsFlagged', row) },
  { heading: 'Per half of the patients', number: true, cell: ({ parts }) => partShares(parts) },
  ...CUTOFF_VIEWS.map((name): HtmlColumn<EvaluationReport['rules'][number]> => ({
    heading: `Normal ${name} films flagged`,
    number: true,
    cell: ({ views }) => {
      const row = views.find(({ view }) => view === name);
      return row === undefined ? '–' : html`${figure('normalsFlagged', row)}<small>of ${row.normals}</small>`;
    },
  })),
  { heading: 'All films flagged', number: true, cell: (row) => figure('filmsFlagged', row) },
  { heading: 'Flags per film', number: true, cell: (row) => figure('flagsPerFilm', row) },
  { heading: 'Abnormal films', number: true, cell: ({ abnormals }) => abnormals },
  { heading: 'With a right flag', number: true, cell: (row) => figure('abnormalWithCorrectFlag', row) },
  { heading: 'Mean sensitivity', number: true, cell: (row) => figure('meanSensitivity', row) },
];

/** The share of normal films that are flagged, with the cut-offs of the other half. */
function partShares(parts: EvaluationReport['rules'][number]['parts']): string {
  return parts.length < 2 ? '–' : parts.map(({ normalsFlagged }) => decimals(normalsFlagged)).join(' / ');
}

export function ruleTable({ rules }: EvaluationReport): Html {
  return htmlTable(RULES, rules);
}

export function comparisonTable({ findings }: ModelComparison): Html {
  const columns: readonly HtmlColumn<readonly [string, ModelComparison['findings'][string]]>[] = [
    { heading: 'Finding', cell: ([finding]) => findingLabel(finding) },
    { heading: 'n+', number: true, cell: ([, { positives }]) => positives },
    { heading: 'n', number: true, cell: ([, { n }]) => n },
    { heading: 'AUROC', number: true, cell: ([, row]) => figure('auroc', row) },
    { heading: 'Other AUROC', number: true, cell: ([, row]) => figure('otherAuroc', row) },
    { heading: 'Difference', number: true, cell: ([, row]) => figure('difference', row) },
    { heading: 'p (DeLong by patient)', number: true, cell: ([, { p }]) => decimals(p) },
  ];
  return htmlTable(columns, Object.entries(findings));
}

const CALIBRATION: readonly HtmlColumn<EvaluationReport['calibration'][number]>[] = [
  { heading: 'Finding', cell: ({ finding }) => findingLabel(finding) },
  { heading: 'Method', cell: ({ method }) => method },
  { heading: 'n+ fitted', number: true, cell: ({ fittedOn }) => fittedOn.positives },
  { heading: 'n+ reported', number: true, cell: ({ reportedOn }) => reportedOn.positives },
  { heading: 'Calibration error', number: true, cell: beforeAfter('ece') },
  { heading: 'Brier score', number: true, cell: beforeAfter('brier') },
  { heading: 'Log loss', number: true, cell: beforeAfter('logLoss') },
];

function beforeAfter(name: CalibrationFigure): (row: EvaluationReport['calibration'][number]) => Html {
  return ({ before, after }) => html`${figure(name, before)} → ${figure(name, after)}`;
}

export function calibrationTable({ calibration }: EvaluationReport): Html {
  return htmlTable(CALIBRATION, calibration);
}
