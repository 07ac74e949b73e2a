/**
 * Labels of films as Hilum works with them, whatever table they came from: one row a film (or a study), one number a
 * finding, and what is doubtful about the table with the lines where it stands.
 */
import { AppError, type ErrorCode } from '#main/contract/errors';

/** What a row's key names. `folder`: the folder that a film lies in, as studies of MIMIC-CXR do. */
export type JoinBy = 'file' | 'folder' | 'instance' | 'study' | 'accession';

export type LabelRow = {
  /** Of the table, counted from 1. */
  readonly line: number;
  /** File name or path, folder, instance UID, study UID or accession number, as the table's `joinBy` says. */
  readonly key: string;
  readonly patientId: string | null;
  readonly sex: 'M' | 'F' | null;
  readonly ageYears: number | null;
  /** `PA`, `AP`, `LATERAL` …, capital letters; null where the table is silent. */
  readonly view: string | null;
  /** Per finding of the table: 1, 0, -1 = unknown, to be left out of every sum. */
  readonly labels: Int8Array;
  /** Places in `labels` of those that the table calls uncertain: a policy has made them what they are. */
  readonly uncertain: readonly number[];
};

export type TableFormat = 'nih' | 'chexpert' | 'mimic-cxr' | 'padchest' | 'plain';

export type LabelTable = {
  readonly format: TableFormat;
  readonly joinBy: JoinBy;
  /** Our names, with underscores. */
  readonly findings: readonly string[];
  /** No two with the same key, in the order of the table. */
  readonly rows: readonly LabelRow[];
  readonly warnings: readonly TableWarning[];
};

/** What becomes of a label that its table calls uncertain (-1). */
export type UncertainPolicy = 'ignore' | 'positive' | 'negative';

export const UNKNOWN = -1;

export function uncertainLabel(policy: UncertainPolicy): number {
  return policy === 'ignore' ? UNKNOWN : policy === 'positive' ? 1 : 0;
}

const WARNING_SENTENCES = {
  'short-row': 'Rows have fewer cells than the header: the rest is taken for blank.',
  'duplicate-row': 'Films have a second row that says the same: it is left out.',
  'patient-missing': 'Rows do not say whose film it is.',
  'patient-from-name': 'The table has no patients; they are taken from file names, as NIH builds them.',
  'patient-sexes': 'Patients have films of both sexes: check that they are not two people under one number.',
  'age-impossible': 'Ages are above 120 years or below 0: they are taken for unknown.',
  'age-unreadable': 'Ages are no ages: they are taken for unknown.',
  'sex-unreadable': 'The sex is neither M nor F: it is taken for unknown.',
  'term-unmapped': 'Terms stand for none of our findings.',
  'row-excluded': 'Rows say themselves that they are not to be used: their labels are unknown.',
  'column-ignored': 'Columns hold other things than labels.',
  'finding-missing': 'Findings are not in the table: they are unknown for all films.',
  'finding-unused': 'Findings of the table are not asked for.',
  'readers-majority': 'There are no labels but those of the readers: what most of them say is taken for the truth.',
  'views-missing':
    'The table does not tell laterals from frontal films: MIMIC-CXR’s …-metadata.csv in the same folder would.',
  'metadata-missing': 'Studies have no film in the second table.',
} as const;

export type TableWarningCode = keyof typeof WARNING_SENTENCES;

export type TableWarning = {
  readonly code: TableWarningCode;
  /** One sentence for people, with the lines. */
  readonly message: string;
  /** Every line that it is about; [] where it is about the table as a whole. */
  readonly lines: readonly number[];
};

/** `about` names what the lines have in common: columns, terms. */
export function tableWarning(code: TableWarningCode, lines: readonly number[], about = ''): TableWarning {
  const sentence = WARNING_SENTENCES[code].slice(0, -1);
  const names = about === '' ? '' : `: ${about}`;
  const places = lines.length === 0 ? '' : ` (${inLines(lines)})`;
  return { code, message: `${sentence}${names}${places}.`, lines };
}

/** Collects lines by warning while a table is read. */
export type WarningList = {
  note(code: TableWarningCode, line: number): void;
  add(warning: TableWarning): void;
  list(): TableWarning[];
};

export function createWarningList(): WarningList {
  const lines = new Map<TableWarningCode, number[]>();
  const whole: TableWarning[] = [];
  return {
    note: (code, line) => {
      const known = lines.get(code);
      if (known === undefined) lines.set(code, [line]);
      else known.push(line);
    },
    add: (warning) => void whole.push(warning),
    list: () => [...[...lines].map(([code, at]) => tableWarning(code, at)), ...whole],
  };
}

/** More than this nobody goes through one by one. */
export const MOST_NAMED = 10;
const DETAILED = 1000;

/** `7`, `7, 9 and 13`; of more than ten the first, `1, 2, … and 4000 more`. `names` may be the first of `count`. */
export function nameSome(names: readonly (string | number)[], count = names.length): string {
  if (count <= 1) return names.join('');
  const named = names.slice(0, count > MOST_NAMED ? MOST_NAMED : -1).join(', ');
  return `${named} and ${count > MOST_NAMED ? `${count - MOST_NAMED} more` : names.at(-1)}`;
}

/** `in line 7`, `in lines 7, 9 and 13`, `in lines 1, 2, … and 4000 more`. */
export function inLines(lines: readonly number[], count = lines.length): string {
  return `in ${count === 1 ? 'line' : 'lines'} ${nameSome(lines, count)}`;
}

/** An error about rows of a table: it names their lines. */
export function labelError(code: ErrorCode, sentence: string, lines: readonly number[]): AppError {
  return new AppError(code, `${sentence} (${inLines(lines)}).`, {
    lines: lines.slice(0, DETAILED).join(','),
    count: lines.length,
  });
}

/**
 * Patients who must not be where they are: they are named as the user's own table or films name them, because nobody
 * finds them by lines alone. No log holds messages.
 */
export function leakError(sentence: string, patients: readonly string[], lines: readonly number[]): AppError {
  const { message, details } = labelError('label/leak', `${sentence}: ${nameSome(patients)}`, lines);
  return new AppError('label/leak', message, { ...details, patients: patients.slice(0, DETAILED).join(',') });
}
