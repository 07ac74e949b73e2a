/**
 * Probabilities that some model gave: a column that names the film and one a finding, `Atelectasis` or
 * `prob_Atelectasis` (as J. Zech's reproduce-chexnet writes them). `hilum triage`'s table is one of these.
 */
import { AppError } from '#main/contract/errors';
import { NIH_FINDINGS } from '#main/contract/findings';
import { findingName, knownFinding } from './findingNames';
import { chooseKey } from './formats/plainTable';
import { labelError, type JoinBy } from './labelTable';
import { createCellReader } from './readCell';
import { readCsv, type CsvTable } from './readCsv';

export type PredictionRow = {
  readonly line: number;
  readonly key: string;
  /** Per finding of the table, 0 … 1; NaN where the model gave none. */
  readonly probabilities: Float64Array;
};

export type PredictionTable = {
  readonly joinBy: JoinBy;
  readonly findings: readonly string[];
  readonly rows: readonly PredictionRow[];
  /** Lines without any number: films that were refused or failed. */
  readonly unscoredLines: readonly number[];
};

const PREFIX = /^(?:prob|pred|p)_/i;

/**
 * Throws `label/malformed` (not 0 … 1, a film twice, no rows), `label/unknown-format`, with lines. Without `vocabulary`
 * only NIH's findings are taken for findings where no column has the prefix `prob_`.
 */
export function readPredictionTable(
  text: string,
  options: { readonly joinBy?: JoinBy; readonly vocabulary?: readonly string[] } = {},
): PredictionTable {
  const table = readCsv(text);
  const { joinBy, names } = chooseKey(table, options.joinBy);
  const columns = probabilityColumns(table, options.vocabulary ?? NIH_FINDINGS);
  const key = createCellReader(table, ...names);
  const wrong: number[] = [];
  const all = table.rows.map((row): PredictionRow => {
    const probabilities = Float64Array.from(columns, ({ index }) => readProbability(row.cells[index]!));
    if (probabilities.some((value) => value < 0 || value > 1)) wrong.push(row.line);
    return { line: row.line, key: key(row).trim(), probabilities };
  });
  if (wrong.length > 0) throw labelError('label/malformed', 'Probabilities are not numbers between 0 and 1', wrong);
  refuseTwice(all);
  const rows = all.filter(({ probabilities }) => probabilities.some((value) => !Number.isNaN(value)));
  const scored = new Set(rows);
  const unscoredLines = all.filter((row) => !scored.has(row)).map(({ line }) => line);
  if (rows.length === 0) throw new AppError('label/malformed', 'The table has no row with probabilities.');
  return { joinBy, findings: columns.map(({ name }) => name), rows, unscoredLines };
}

function probabilityColumns(table: CsvTable, vocabulary: readonly string[]): { name: string; index: number }[] {
  const titles = table.header.map((title, index) => ({ title, index }));
  const prefixed = titles.filter(({ title }) => PREFIX.test(title));
  const columns =
    prefixed.length > 0
      ? prefixed.map(({ title, index }) => ({ name: findingName(title.replace(PREFIX, '')), index }))
      : titles.flatMap(({ title, index }) => {
          const name = knownFinding(title, vocabulary);
          return name === null ? [] : [{ name, index }];
        });
  if (columns.length > 0) return columns;
  throw new AppError(
    'label/unknown-format',
    'No column of the table is named like a finding (or prob_ and a finding).',
  );
}

/** Blank is NaN; what is no number is -1, which no probability is. */
function readProbability(cell: string): number {
  const text = cell.trim();
  if (text === '' || text.toLowerCase() === 'nan') return NaN;
  const value = Number(text);
  return Number.isNaN(value) ? -1 : value;
}

function refuseTwice(rows: readonly PredictionRow[]): void {
  const seen = new Set<string>();
  const lines = rows.filter(({ key }) => key === '' || seen.has(key) || !seen.add(key)).map(({ line }) => line);
  if (lines.length > 0) throw labelError('label/malformed', 'Rows name no film, or one that stands above', lines);
}
