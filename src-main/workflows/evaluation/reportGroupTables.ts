/** The tables of a report that compare groups: views, rules, subgroups, and what a fact alone would tell. */
import type { EvaluationReport, SubgroupFinding } from '#main/contract/evaluation';
import { printedProbability } from '#main/contract/priority';
import { html, htmlTable, type Html, type HtmlColumn } from './html';
import { figure, tableByFinding } from './reportCells';

type View = EvaluationReport['views'][number];

/** A row a finding: what each view is judged by, and what that does. */
export function viewTable(report: EvaluationReport): Html {
  const columns = report.views.flatMap(({ view, findings: rows }): HtmlColumn<string>[] => [
    { heading: `${view}: n+`, number: true, cell: (finding) => rows[finding]?.positives ?? '–' },
    { heading: 'n', number: true, cell: (finding) => rows[finding]?.n ?? '–' },
    { heading: 'Cut-off', number: true, cell: (finding) => viewCutoff(rows[finding]) },
    ...(['sensitivity', 'specificity'] as const).map((name): HtmlColumn<string> => ({
      heading: { sensitivity: 'Sensitivity', specificity: 'Specificity' }[name],
      number: true,
      cell: (finding) => (rows[finding] === undefined ? '–' : figure(name, rows[finding])),
    })),
  ]);
  return tableByFinding(report, columns);
}

function viewCutoff(row: View['findings'][string] | undefined): Html | string {
  if (row === undefined || row.cutoff === null) return 'none';
  return html`${printedProbability(row.cutoff)}<small>${row.own ? 'its own' : 'common'}</small>`;
}

const VIEWS: readonly HtmlColumn<View>[] = [
  { heading: 'View', cell: ({ view }) => view },
  { heading: 'Films', number: true, cell: ({ n }) => n },
  { heading: 'Patients', number: true, cell: ({ patients }) => patients },
  { heading: 'Normal films', number: true, cell: ({ normals }) => normals },
  { heading: 'Normal films flagged', number: true, cell: (row) => figure('normalsFlagged', row) },
  { heading: 'Films that chose', number: true, cell: ({ chosenOn }) => chosenOn?.n ?? '–' },
  { heading: 'Normal ones of them', number: true, cell: ({ chosenOn }) => chosenOn?.normals ?? '–' },
  { heading: 'Cut-offs', cell: ({ reason }) => (reason === null ? 'of its own' : `common: ${reason}`) },
];

export function viewsTable({ views }: EvaluationReport): Html {
  return htmlTable(VIEWS, views);
}

export function splitTable(report: EvaluationReport): Html {
  const columns = report.rules.map(({ rule, split }): HtmlColumn<string> => ({
    heading: rule,
    number: true,
    cell: (finding) => (split[finding] === undefined ? '–' : figure('share', split[finding])),
  }));
  return tableByFinding(report, columns);
}

type Subgroup = EvaluationReport['subgroups'][number];

export function subgroupTable(report: EvaluationReport): Html {
  const table = tableOfGroups(report, (row) =>
    row.undefinedReason === null
      ? html`${figure('auroc', row)}<small>n+ ${row.positives}</small>`
      : html`–<small>${row.undefinedReason}</small>`,
  );
  const means = report.subgroups.map((group): readonly [Subgroup, Html] => [group, figure('meanAuroc', group)]);
  const meanTable = htmlTable(
    [
      { heading: 'Group', cell: ([{ by, group }]) => `${by} ${group}` },
      { heading: 'n', number: true, cell: ([{ n }]) => n },
      { heading: 'Patients', number: true, cell: ([{ patients }]) => patients },
      { heading: 'Mean AUROC', number: true, cell: ([, mean]) => mean },
    ],
    means,
  );
  return html`${meanTable}${table}`;
}

export function subgroupRatesTable(report: EvaluationReport): Html {
  return tableOfGroups(report, (row) =>
    row.sensitivity === null && row.specificity === null
      ? '–'
      : html`${figure('sensitivity', row)} / ${figure('specificity', row)}<small
            >n+ ${row.cutoffPositives} of ${row.cutoffN}</small
          >`,
  );
}

function tableOfGroups(report: EvaluationReport, cellOf: (row: SubgroupFinding) => Html | string): Html {
  const columns = report.subgroups.map(({ by, group, n, findings: rows }): HtmlColumn<string> => ({
    heading: `${by} ${group}, n\u00a0${n}`,
    number: true,
    cell: (finding) => (rows[finding] === undefined ? '–' : cellOf(rows[finding])),
  }));
  return tableByFinding(report, columns);
}

type FactRow = EvaluationReport['confounders'][number];

/** A row a finding: each fact's own AUROC, and beside it the model's on the same films. */
export function confounderTable(report: EvaluationReport): Html {
  const { confounders } = report;
  const facts = [...new Set(confounders.map(({ fact }) => fact))];
  const rowOf = (finding: string, fact: FactRow['fact']): FactRow | undefined =>
    confounders.find((row) => row.finding === finding && row.fact === fact);
  const columns = facts.flatMap((fact): HtmlColumn<string>[] => [
    {
      heading: `${fact} alone`,
      number: true,
      cell: (finding) => {
        const row = rowOf(finding, fact);
        return row === undefined ? '–' : html`${figure('auroc', row)}<small>n+ ${row.positives} of ${row.n}</small>`;
      },
    },
    {
      heading: 'model there',
      number: true,
      cell: (finding) => {
        const row = rowOf(finding, fact);
        return row === undefined ? '–' : figure('modelAuroc', row);
      },
    },
  ]);
  return tableByFinding(report, columns);
}
