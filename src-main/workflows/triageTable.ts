/**
 * The table of a triage: its columns, how a cell is written so that no spreadsheet runs it, and its order.
 * Columns and their order are fixed (README, "Command line"): scripts of others read them by name and by place.
 */
import { NIH_FINDINGS } from '#main/contract/findings';
import { printedProbability } from '#main/contract/priority';
import type { FilmReport } from './filmReport';

type Column = { readonly name: string; readonly cell: (report: FilmReport) => string | number };

/** Numbers are written as they are; text is guarded. */
const LEADING: readonly Column[] = [
  { name: 'file', cell: (report) => report.file },
  { name: 'status', cell: (report) => report.status },
  { name: 'code', cell: (report) => report.code },
  { name: 'reason', cell: (report) => report.reason },
  { name: 'patient_id', cell: ({ film }) => film?.patientId ?? '' },
  { name: 'accession_number', cell: ({ film }) => film?.accessionNumber ?? '' },
  { name: 'study_uid', cell: ({ film }) => film?.studyUid ?? '' },
  { name: 'instance_uid', cell: ({ film }) => film?.instanceUid ?? '' },
  { name: 'study_datetime', cell: ({ film }) => film?.studyDateTime ?? '' },
  { name: 'view', cell: ({ film }) => film?.view ?? '' },
  { name: 'age', cell: ({ film }) => ageCell(film?.ageYears ?? null) },
  { name: 'sex', cell: ({ film }) => film?.sex ?? '' },
  { name: 'station', cell: ({ film }) => film?.station ?? '' },
  { name: 'manufacturer_model', cell: ({ film }) => film?.manufacturerModel ?? '' },
  { name: 'priority', cell: ({ priority }) => (priority === null ? '' : priority.toFixed(6)) },
  { name: 'priority_reason', cell: (report) => report.priorityReason },
  { name: 'leading_finding', cell: (report) => report.leadingFinding ?? '' },
  { name: 'warnings', cell: ({ warnings }) => warnings.map(({ code }) => code).join(' ') },
  { name: 'override', cell: (report) => report.override },
];

const FINDINGS: readonly Column[] = NIH_FINDINGS.map((finding) => ({
  name: finding,
  cell: ({ probabilities }) => {
    const probability = probabilities?.[finding];
    return probability === undefined ? '' : printedProbability(probability);
  },
}));

const TRAILING: readonly Column[] = [
  { name: 'model', cell: ({ model }) => model.id },
  { name: 'weights_sha256', cell: ({ model }) => model.weightsSha256 },
  { name: 'cutoff_set', cell: cutoffSetCell },
  { name: 'backend', cell: (report) => report.backend },
  { name: 'file_sha256', cell: (report) => report.fileSha256 },
  { name: 'notice', cell: (report) => report.notice },
];

const COLUMNS: readonly Column[] = [...LEADING, ...FINDINGS, ...TRAILING];

export const TRIAGE_COLUMNS: readonly string[] = COLUMNS.map(({ name }) => name);

/** Whose cut-offs a film was judged by stands behind their name: a column of its own would move the ones after it. */
function cutoffSetCell({ model, cutoffs }: FilmReport): string {
  const view = cutoffs?.view ?? null;
  return view === null ? model.cutoffSet : `${model.cutoffSet}; cut-offs of ${view} films`;
}

/** Whole years as people count them; below two years, where months matter, with decimals. */
function ageCell(years: number | null): string {
  if (years === null) return '';
  return years < 2 ? years.toFixed(2) : String(Math.floor(years));
}

/** The whole table as CSV (RFC 4180, lines end with LF). */
export function triageCsv(reports: readonly FilmReport[]): string {
  const lines = reports.map((report) => COLUMNS.map(({ cell }) => csvCell(cell(report))).join(','));
  return [TRIAGE_COLUMNS.join(','), ...lines, ''].join('\n');
}

/**
 * A text that a spreadsheet would run as a formula gets an apostrophe in front (OWASP, CSV injection; East Asian ones
 * take the wide signs too): file names and patient data come from strangers.
 */
export function csvCell(value: string | number): string {
  const text = typeof value === 'number' || !/^[=+\-@\t\r\n＝＋－＠]/.test(value) ? String(value) : `'${value}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Files that wait for a human come first, films that nobody expects a score for last. */
const GROUP: Record<FilmReport['status'], number> = { refused: 0, failed: 0, ok: 1, not_scored: 2 };

/**
 * Most urgent first: what was refused or failed, then by priority, the longest waiting first among equals (a film
 * without a study time after those with one), then by name, so that the order never depends on who was done first.
 */
export function compareReports(a: FilmReport, b: FilmReport): number {
  return (
    GROUP[a.status] - GROUP[b.status] ||
    (b.priority ?? 0) - (a.priority ?? 0) ||
    compareText(waitingSince(a), waitingSince(b)) ||
    compareText(a.file, b.file)
  );
}

/** Sorts after every date where the film has none. */
function waitingSince({ film }: FilmReport): string {
  return film === null || film.studyDateTime === '' ? '~' : film.studyDateTime;
}

/** By code unit: the same on every machine, whatever its locale. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
