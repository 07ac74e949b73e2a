/** The report as a table: a row per finding and group of films, every figure with its interval and its n+. */
import type { EvaluationReport } from '#main/contract/evaluation';
import { csvCell } from '../triageTable';

const FIGURES = [
  ...['auroc', 'averagePrecision', 'brier', 'ece', 'f1', 'sensitivity', 'specificity', 'ppv', 'npv'],
  ...['ppvAtPrevalence', 'npvAtPrevalence', 'flagsPer100Normals'],
  ...['medianBeforeInTimeOrder', 'medianBeforeInPriorityOrder'],
];

const COLUMNS: readonly string[] = [
  ...[
    'finding',
    'group',
    'n',
    'positives',
    'patients',
    'undefined_reason',
    'cutoff',
    'cutoff_rule',
    'cutoff_n',
    'cutoff_positives',
    'cutoff_normals',
    'prevalence',
    'dated_films',
    'dated_positives',
  ],
  ...FIGURES.map(columnOf).flatMap((figure) => [figure, `${figure}_low`, `${figure}_high`]),
  ...['wang2017', 'yao2017', 'chexnet2017', 'model', 'weights_sha256', 'notice'],
];

/** Every table of ours begins with it: only those are written over. */
export const TABLE_START = COLUMNS.join(',');

type Cells = Readonly<Record<string, string | number | null>>;

/** RFC 4180, lines end with LF; numbers as they are, empty where not defined. */
export function reportCsv(report: EvaluationReport): string {
  const about: Cells = {
    model: report.source.model?.id ?? null,
    weights_sha256: report.source.model?.weightsSha256 ?? null,
    notice: report.notice,
  };
  const rows = [...findingRows(report), meanRow(report), ...subgroupRows(report)];
  const lines = rows.map((row) => COLUMNS.map((column) => csvCell({ ...row, ...about }[column] ?? '')).join(','));
  return [TABLE_START, ...lines, ''].join('\n');
}

function findingRows({ findings, cutoffs }: EvaluationReport): Cells[] {
  return Object.entries(findings).map(([finding, row]) => {
    const { n, positives, patients, undefinedReason, atPrevalence: at, waiting } = row;
    return {
      ...{ finding, group: 'all', n, positives, patients, undefined_reason: undefinedReason },
      ...{ cutoff: row.cutoff, cutoff_rule: cutoffs.rule },
      ...{ cutoff_n: row.cutoffN, cutoff_positives: row.cutoffPositives, cutoff_normals: row.cutoffNormals },
      ...{ prevalence: at?.prevalence ?? null },
      ...{ dated_films: waiting?.films ?? null, dated_positives: waiting?.positives ?? null },
      ...figureCells({ ...row, ...waiting, ...(at === null ? {} : renamed(at)) }),
      ...row.published,
    };
  });
}

/** `ppvLow` at a prevalence → `ppvAtPrevalenceLow`. */
function renamed(at: object): object {
  return Object.fromEntries(
    Object.entries(at).map(([name, value]) => [
      name.replace(/^[np]pv/, (figure) => `${figure}AtPrevalence`),
      value as number,
    ]),
  );
}

function meanRow({ mean, n }: EvaluationReport): Cells {
  return { finding: `mean of ${mean.findings}`, group: 'all', n, ...figureCells(mean) };
}

/** A view's films are judged by one cut-off; those of the other groups may be by several. */
function subgroupRows({ subgroups, views, cutoffs }: EvaluationReport): Cells[] {
  return subgroups.flatMap(({ by, group, findings }) =>
    Object.entries(findings).map(([finding, row]) => ({
      ...{
        finding,
        group: `${by} ${group}`,
        n: row.n,
        positives: row.positives,
        undefined_reason: row.undefinedReason,
        cutoff_n: row.cutoffN,
        cutoff_positives: row.cutoffPositives,
      },
      ...cutoffCells(
        by === 'view' ? views.find(({ view }) => view === group)?.findings[finding] : undefined,
        cutoffs.rule,
      ),
      ...figureCells(row),
    })),
  );
}

function cutoffCells(row: EvaluationReport['views'][number]['findings'][string] | undefined, rule: string): Cells {
  if (row === undefined || row.cutoff === null) return {};
  return { cutoff: row.cutoff, cutoff_rule: row.own ? `${rule}; own of this view` : `${rule}; common to all views` };
}

function figureCells(row: object): Cells {
  const values = row as Readonly<Record<string, number | null | undefined>>;
  const cells = FIGURES.flatMap((figure) => [
    [columnOf(figure), values[figure] ?? null],
    [`${columnOf(figure)}_low`, values[`${figure}Low`] ?? null],
    [`${columnOf(figure)}_high`, values[`${figure}High`] ?? null],
  ]);
  return Object.fromEntries(cells) as Cells;
}

/** `flagsPer100Normals` → `flags_per100_normals`; those of before keep the name that scripts know. */
function columnOf(figure: string): string {
  return figure === 'averagePrecision' ? figure : figure.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
