/**
 * Probabilities that some model gave: a column that names the film and one a finding, `Atelectasis` or
 * `prob_Atelectasis` (as J. Zech's reproduce-chexnet writes them). `hilum triage`'s table is one of these.
 */
import { AppError } from '#main/contract/errors';
import { NIH_FINDINGS } from '#main/contract/findings';
import { findingName, knownFinding } from './findingNames';
import { chooseKey } from './formats/plainTable';
import { nameColumns } from './formats/tableReader';
import { labelError, nameSome, type JoinBy } from './labelTable';
import { createCellReader, readKey, readNumber } from './readCell';
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

/** `prob_Mass`, `Mass_prob`, `Mass (%)`. */
const PREFIX = /^(?:prob(?:ability)?|pred(?:iction)?|score|p)[_ .]/i;
const SUFFIX = /[_ .](?:prob(?:ability)?|pred(?:iction)?|score)$|\s*\(%\)$/i;

/**
 * Throws `label/malformed` (not 0 … 1, no rows), `label/conflict` (two rows of a film that differ) and
 * `label/unknown-format`, with lines. Without `vocabulary` only NIH's findings are taken for findings where no column
 * has the prefix `prob_`.
 */
export function readPredictionTable(
  text: string,
  options: { readonly joinBy?: JoinBy; readonly vocabulary?: readonly string[] } = {},
): PredictionTable {
  const table = readCsv(text);
  const { joinBy, names } = chooseKey(table, options.joinBy);
  const columns = probabilityColumns(table, options.vocabulary ?? NIH_FINDINGS);
  const key = createCellReader(table, ...names);
  const wrong = createWrongList();
  const all = table.rows.map((row): PredictionRow => {
    const probabilities = Float64Array.from(columns, ({ title, index }) => {
      const cell = row.cells[index]!;
      const value = readNumber(cell, table);
      if (value === null || value < 0 || value > 1) wrong.note(row.line, title, cell, value);
      return value ?? NaN;
    });
    return { line: row.line, key: readKey(key(row)), probabilities };
  });
  wrong.refuse();
  const scored = all.filter(({ probabilities }) => probabilities.some((value) => !Number.isNaN(value)));
  const known = new Set(scored);
  const unscoredLines = all.filter((row) => !known.has(row)).map(({ line }) => line);
  if (scored.length === 0) throw new AppError('label/malformed', 'The table has no row with probabilities.');
  const rows = dropDuplicates(scored, joinBy);
  return { joinBy, findings: columns.map(({ name }) => name), rows, unscoredLines };
}

type ProbabilityColumn = { readonly name: string; readonly title: string; readonly index: number };

function probabilityColumns(table: CsvTable, vocabulary: readonly string[]): ProbabilityColumn[] {
  const titles = table.header.map((title, index) => ({ title, index }));
  const marked = titles.flatMap(({ title, index }) => {
    const name = title.replace(PREFIX, '').replace(SUFFIX, '');
    return name === title ? [] : [{ name: knownFinding(name, vocabulary) ?? findingName(name), title, index }];
  });
  const columns =
    marked.length > 0
      ? marked
      : titles.flatMap(({ title, index }) => {
          const name = knownFinding(title, vocabulary);
          return name === null ? [] : [{ name, title, index }];
        });
  if (columns.length === 0) {
    const how = 'No column of the table is named like a finding (or prob_ and a finding)';
    throw new AppError('label/unknown-format', `${how}: ${nameColumns(table)}.`);
  }
  const twice = columns.find(({ name }, place) => columns.findIndex((column) => column.name === name) < place);
  if (twice === undefined) return columns;
  throw new AppError(
    'label/unknown-format',
    `Two columns of the table are about ${twice.name}: one is ${twice.title}.`,
  );
}

/** Cells that are no probabilities, and what they look like: numbers above 1 and below 0 are of networks, or percent. */
function createWrongList() {
  const lines: number[] = [];
  const names = new Set<string>();
  let first = '';
  let advice = '';
  return {
    note: (line: number, title: string, cell: string, value: number | null): void => {
      if (lines.at(-1) !== line) lines.push(line);
      if (first === '') first = cell.trim().slice(0, 40);
      names.add(title);
      if (value !== null && value < 0) advice = LOGITS;
      else if (value !== null && value > 1 && advice === '') advice = PERCENT;
    },
    refuse: (): void => {
      if (lines.length === 0) return;
      const what = `Probabilities are numbers between 0 and 1, and ${nameSome([...names])} hold others, as "${first}"`;
      throw labelError('label/malformed', what + advice, lines);
    },
  };
}

const LOGITS = '; what a network gives before its sigmoid becomes one as 1 / (1 + exp(-x))';
const PERCENT = '; percent want a % behind them, or a division by 100';

/** The same row twice is one. Of one study there may be several films. */
function dropDuplicates(rows: readonly PredictionRow[], joinBy: JoinBy): PredictionRow[] {
  const nameless = rows.filter(({ key }) => key === '').map(({ line }) => line);
  if (nameless.length > 0) throw labelError('label/malformed', 'Rows do not say of which film they are', nameless);
  if (joinBy !== 'file' && joinBy !== 'folder' && joinBy !== 'instance') return [...rows];
  const byKey = new Map<string, PredictionRow>();
  const differing: number[] = [];
  for (const row of rows) {
    const first = byKey.get(row.key);
    if (first === undefined) byKey.set(row.key, row);
    else if (!saysTheSame(first, row)) differing.push(first.line, row.line);
  }
  if (differing.length === 0) return [...byKey.values()];
  throw labelError('label/conflict', 'Films have two rows that differ', [...new Set(differing)]);
}

function saysTheSame(one: PredictionRow, other: PredictionRow): boolean {
  return one.probabilities.every((value, index) => Object.is(value, other.probabilities[index]));
}
