/** Columns of text under their headings, for people. */
import { plainText } from './terminal';

export type TextColumn<Row> = {
  readonly heading: string;
  readonly cell: (row: Row) => string;
  readonly align?: 'left' | 'right';
  /** Longer cells lose their middle. */
  readonly widest?: number;
};

/** Lines end with LF and carry no trailing spaces. */
export function textTable<Row>(columns: readonly TextColumn<Row>[], rows: readonly Row[]): string {
  const cells = rows.map((row) => columns.map(({ cell, widest }) => shorten(plainText(cell(row)), widest)));
  const lines = [columns.map(({ heading }) => heading), ...cells];
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => line[index]?.length ?? 0)));
  return lines
    .map((line) => {
      const padded = line.map((text, index) => {
        const width = widths[index] ?? 0;
        return columns[index]?.align === 'right' ? text.padStart(width) : text.padEnd(width);
      });
      return `${padded.join('  ').trimEnd()}\n`;
    })
    .join('');
}

/** A figure as tables show it; a dash where it is not defined. */
export function three(value: number | null): string {
  // A difference that rounds to nothing has no sign.
  return value === null ? '–' : value.toFixed(3).replace('-0.000', '0.000');
}

export function interval(low: number | null, high: number | null): string {
  return low === null || high === null ? '–' : `${low.toFixed(3)} … ${high.toFixed(3)}`;
}

/** `a-very-long-file-name.png` → `a-very-l…e-name.png`: beginning and end tell files apart. */
function shorten(text: string, widest = Number.POSITIVE_INFINITY): string {
  if (text.length <= widest) return text;
  const end = Math.ceil((widest - 1) * 0.6);
  return `${text.slice(0, widest - 1 - end)}…${text.slice(-end)}`;
}
