/** What the tables of a report are made of: figures with their intervals, and rows of findings. */
import type { EvaluationReport } from '#main/contract/evaluation';
import type { WithInterval } from '#main/contract/interval';
import { findingLabel } from '#main/contract/findings';
import { html, htmlTable, type Html, type HtmlColumn } from './html';

/** The value, and its interval below it. */
export function figure<Name extends string>(name: Name, row: WithInterval<Name>, digits = 3): Html {
  const value: number | null = row[name];
  if (value === null) return html`–`;
  return html`${value.toFixed(digits)}<small>${interval(row[`${name}Low`], row[`${name}High`], digits)}</small>`;
}

export function interval(low: number | null, high: number | null, digits = 3): string {
  return low === null || high === null ? 'no interval' : `${low.toFixed(digits)}–${high.toFixed(digits)}`;
}

/** A row a finding, in the order of the report. */
export function tableByFinding(
  { findings }: Pick<EvaluationReport, 'findings'>,
  columns: readonly HtmlColumn<string>[],
): Html {
  return htmlTable([{ heading: 'Finding', cell: findingLabel }, ...columns], Object.keys(findings));
}
