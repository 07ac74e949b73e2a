/**
 * Comma-separated values as they come from data sets, spreadsheets and hospitals: RFC 4180, and with it a byte order
 * mark, any line end, semicolons or tabs, Excel's `sep=` line. Every row keeps the line that it begins at, because
 * that is how a person finds what is wrong with it.
 */
import { AppError } from '#main/contract/errors';
import { inLines } from './labelTable';

export type CsvRow = {
  /** Of the text, counted from 1. */
  readonly line: number;
  /** As many as the header has. */
  readonly cells: readonly string[];
};

export type CsvTable = {
  /** Names as they stand, trimmed; '' where a column has none. */
  readonly header: readonly string[];
  /** Names as `columnKey` gives them → place in a row. */
  readonly columns: ReadonlyMap<string, number>;
  /** Where cells are not cut by commas, a comma may be a decimal point. */
  readonly delimiter: string;
  readonly rows: readonly CsvRow[];
  /** Lines with fewer cells than the header: the rest is taken for blank, as spreadsheets leave it out. */
  readonly shortLines: readonly number[];
};

const DELIMITERS = [',', ';', '\t'] as const;

/** `Patient ID`, `patient_id` and `PatientID` are one name. */
export function columnKey(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_.-]+/g, '');
}

/** Throws `label/malformed` with the line; blank lines, and lines of separators alone, are passed over. */
export function readCsv(text: string): CsvTable {
  const clean = withLineFeeds(text);
  const { delimiter, from, line } = findDelimiter(clean);
  const records = readRecords(clean, from, line, delimiter);
  const [first, ...rest] = records;
  if (first === undefined) throw new AppError('label/malformed', 'The table is empty: it has no header.');
  const header = withoutBlankEnd(first.cells.map((name) => name.trim()));
  const shortLines: number[] = [];
  const filled = rest.filter(({ cells }) => cells.some((cell) => cell.trim() !== ''));
  const rows = filled.map((record) => fit(record, header.length, shortLines));
  refuseCutEnd(clean, rows, shortLines);
  return { header, columns: indexColumns(header, first.line), rows, shortLines, delimiter };
}

function withLineFeeds(text: string): string {
  const start = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  return start.includes('\r') ? start.replaceAll('\r\n', '\n').replaceAll('\r', '\n') : start;
}

/** A separator behind every line. */
function withoutBlankEnd(header: readonly string[]): string[] {
  return header.slice(0, header.findLastIndex((name) => name !== '') + 1);
}

/** The one that cuts the first line most often; quoted names may contain the others. Blank lines may stand above it. */
function findDelimiter(text: string): { delimiter: string; from: number; line: number } {
  const above = /^(?:[^\S\n]*\n)*/.exec(text)?.[0] ?? '';
  const line = above.split('\n').length;
  const end = lineEnd(text, above.length);
  const first = text.slice(above.length, end);
  // Names of columns may go over several lines.
  const header = /(?:[^"\n]|"[^"]*")*/y;
  header.lastIndex = above.length;
  const told = /^"?sep=(.)"?[,;\t]*$/i.exec(first)?.[1];
  if (told !== undefined) return { delimiter: told, from: end + 1, line: line + 1 };
  const bare = (header.exec(text)?.[0] ?? first).replaceAll(/"[^"]*"/g, '');
  const counts = DELIMITERS.map((delimiter) => bare.split(delimiter).length);
  return { delimiter: DELIMITERS[counts.indexOf(Math.max(...counts))]!, from: above.length, line };
}

function readRecords(text: string, from: number, firstLine: number, delimiter: string): CsvRow[] {
  const records: CsvRow[] = [];
  let at = from;
  let line = firstLine;
  while (at < text.length) {
    const end = lineEnd(text, at);
    const plain = text.slice(at, end);
    if (!plain.includes('"')) {
      if (plain.trim() !== '') records.push({ line, cells: plain.split(delimiter) });
      at = end + 1;
      line++;
      continue;
    }
    const { cells, next, lines } = readQuoted(text, at, line, delimiter);
    records.push({ line, cells });
    at = next;
    line += lines;
  }
  return records;
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

/** A record with quotes, which may go over several lines. */
function readQuoted(
  text: string,
  from: number,
  line: number,
  delimiter: string,
): { cells: string[]; next: number; lines: number } {
  const cells: string[] = [];
  let at = from;
  let lines = 1;
  for (;;) {
    const isQuoted = text[at] === '"';
    const end = isQuoted ? quoteEnd(text, at, line) : cellEnd(text, at, delimiter);
    const cell = isQuoted ? text.slice(at + 1, end - 1).replaceAll('""', '"') : text.slice(at, end);
    if (isQuoted) lines += cell.split('\n').length - 1;
    cells.push(cell);
    if (end >= text.length || text[end] === '\n') return { cells, next: end + 1, lines };
    if (text[end] !== delimiter) {
      throw new AppError('label/malformed', `There is text behind a closing quote ${inLines([line + lines - 1])}.`);
    }
    at = end + 1;
  }
}

/** The place behind the closing quote of the one at `from`. */
function quoteEnd(text: string, from: number, line: number): number {
  let at = from + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) throw new AppError('label/malformed', `A quote is never closed ${inLines([line])}.`);
    if (text[quote + 1] !== '"') return quote + 1;
    at = quote + 2;
  }
}

function cellEnd(text: string, from: number, delimiter: string): number {
  const end = lineEnd(text, from);
  const cut = text.indexOf(delimiter, from);
  return cut < 0 || cut > end ? end : cut;
}

/** As many cells as the header has: blank ones are added or, behind its end, left out. */
function fit({ line, cells }: CsvRow, length: number, shortLines: number[]): CsvRow {
  if (cells.length === length) return { line, cells };
  if (cells.length < length) {
    shortLines.push(line);
    return { line, cells: [...cells, ...new Array<string>(length - cells.length).fill('')] };
  }
  if (cells.slice(length).every((cell) => cell.trim() === '')) return { line, cells: cells.slice(0, length) };
  const counts = `${cells.length} cells where the header has ${length}`;
  throw new AppError('label/malformed', `There are ${counts} ${inLines([line])}.`);
}

/** A short last line without a line end is what a copy that was cut off looks like. */
function refuseCutEnd(text: string, rows: readonly CsvRow[], shortLines: readonly number[]): void {
  const last = rows.at(-1)?.line;
  if (last === undefined || text.endsWith('\n') || shortLines.at(-1) !== last) return;
  throw new AppError('label/malformed', `The table ends in the middle of a row ${inLines([last])}.`);
}

function indexColumns(header: readonly string[], line: number): Map<string, number> {
  const columns = new Map<string, number>();
  for (const [index, name] of header.entries()) {
    if (name === '') continue;
    const same = header.findIndex((other) => other.toLowerCase() === name.toLowerCase());
    if (same < index) throw new AppError('label/malformed', `Two columns are named ${name} ${inLines([line])}.`);
    const key = columnKey(name);
    if (!columns.has(key)) columns.set(key, index);
  }
  return columns;
}
