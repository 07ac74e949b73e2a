/** The rows of the benchmark as a table: plain text for a terminal, Markdown for the README. */
import { summarise } from './interleave';

export type Figure = {
  /** Milliseconds; per film where the row is about films. */
  readonly samplesMs: readonly number[];
  /** Resident memory of all processes that took part, at its highest; null = not measured. */
  readonly residentBytes: number | null;
};

export type Row = {
  readonly name: string;
  readonly unit: 'ms' | 'films/s';
  readonly hilum: Figure;
  /** null where the peer has nothing of the kind. */
  readonly peer: Figure | null;
  /** Who the peer is, where it is not onnxruntime. */
  readonly peerName?: string;
};

const HEADER = ['', 'Hilum', '(best)', 'peer', '(best)', 'ratio', 'memory', 'of the peer', 'rounds'];
const NOTHING = '–';

export function formatTable(rows: readonly Row[], markdown: boolean): string {
  return layOut([HEADER, ...rows.map(formatRow)], markdown);
}

/** `cells` begin with the header; the first column is text, the others are numbers. */
export function layOut(cells: readonly (readonly string[])[], markdown: boolean): string {
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const lines = cells.map((row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))),
  );
  if (!markdown) return lines.map((line) => line.join('  ')).join('\n');
  const rule = widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [lines[0] ?? [], rule, ...lines.slice(1)].map((line) => `| ${line.join(' | ')} |`).join('\n');
}

function formatRow({ name, unit, hilum, peer, peerName }: Row): string[] {
  const own = summarise(hilum.samplesMs);
  const other = peer === null ? null : summarise(peer.samplesMs);
  return [
    peerName === undefined ? name : `${name}; beside ${peerName}`,
    formatTime(own.firstQuartile, unit),
    formatTime(own.min, unit),
    other === null ? NOTHING : formatTime(other.firstQuartile, unit),
    other === null ? NOTHING : formatTime(other.min, unit),
    other === null ? NOTHING : (own.firstQuartile / other.firstQuartile).toFixed(2),
    formatBytes(hilum.residentBytes),
    formatBytes(peer?.residentBytes ?? null),
    String(hilum.samplesMs.length),
  ];
}

function formatTime(milliseconds: number, unit: Row['unit']): string {
  if (unit === 'films/s') return `${(1000 / milliseconds).toFixed(1)} films/s`;
  return `${milliseconds.toFixed(milliseconds < 100 ? 1 : 0)} ms`;
}

function formatBytes(bytes: number | null): string {
  return bytes === null ? NOTHING : `${Math.round(bytes / 1e6)} MB`;
}
