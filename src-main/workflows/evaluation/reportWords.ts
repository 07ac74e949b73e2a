/** Figures as people read them, the same in every form of a report. */
import type { WithInterval } from '#main/contract/interval';

/** `0.818 (0.808–0.829)` */
export function withInterval<Name extends string>(name: Name, row: WithInterval<Name>): string {
  const value: number | null = row[name];
  const low: number | null = row[`${name}Low`];
  const high: number | null = row[`${name}High`];
  if (value === null) return 'not defined';
  const interval = low === null || high === null ? 'no interval' : `${decimals(low)}–${decimals(high)}`;
  return `${decimals(value)} (${interval})`;
}

export function decimals(value: number | null): string {
  return value === null ? '–' : value.toFixed(3);
}

export function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`;
}
