/**
 * A folder of films and a table of labels → what a training or a measurement works with: a row a film, its place in the
 * cache, and all that was left out, by reason. Films that the table does not name are never decoded where the table
 * goes by file names.
 */
import { createHash } from 'node:crypto';
import { createRowFinder, joinLabels } from '#main/chexnet/dataset/joinLabels';
import type { LabelRow, LabelTable } from '#main/chexnet/dataset/labelTable';
import { findNearIdentical, type NearPair } from '#main/chexnet/dataset/nearIdentical';
import { AppError } from '#main/contract/errors';
import { viewOf } from '#main/imaging/kind/headerTerms';
import { workInSlices } from '../evaluation/workInSlices';
import { cacheFilms, type CachedFilm, type CacheFilmsOptions, type LeftOutFile } from './cacheFilms';

export type DatasetOptions = Omit<CacheFilmsOptions, 'wants'> & { readonly table: LabelTable };

export type Dataset = {
  readonly findings: readonly string[];
  /**
   * A row a film, in the order of file names. Its key is the film's file, its line that of the table; patient, sex, age
   * and view are the header's where the table is silent.
   */
  readonly rows: readonly LabelRow[];
  /** Of each row: its place in the cache and the rest. */
  readonly films: readonly CachedFilm[];
  /** See `CachedFilms`. */
  readonly pixelsFile: string;
  /** Places in `rows`. */
  readonly nearPairs: readonly NearPair[];
  /** Unreadable, or refused by the header or by the table. */
  readonly leftOut: readonly LeftOutFile[];
  readonly filmsWithoutRow: readonly string[];
  readonly linesWithoutFilm: readonly number[];
  /** SHA-256 over contents and labels in the order of contents: the same data has the same, wherever it lies. */
  readonly contentSha256: string;
};

/** Throws what `cacheFilms` and `joinLabels` throw, and `label/no-match` where no film is left. */
export async function openDataset({ table, ...options }: DatasetOptions): Promise<Dataset> {
  const cached = await cacheFilms({ ...options, wants: namedBy(table) });
  if (cached.films.length === 0) throw nothingLeft(cached.leftOut);
  const joined = joinLabels(table, cached.films);
  const rows: LabelRow[] = [];
  const films: CachedFilm[] = [];
  const leftOut = [...cached.leftOut];
  for (const [index, film] of cached.films.entries()) {
    const found = joined.rows[index];
    if (found === null || found === undefined) continue;
    const row = describeRow(found, film);
    const refusal = refuseByTable(row, options.ageRangeYears);
    if (refusal !== null) {
      leftOut.push({ file: film.file, ...refusal });
      continue;
    }
    rows.push(row);
    films.push(film);
  }
  if (rows.length === 0) throw nothingLeft(leftOut);
  return {
    ...{ findings: table.findings, rows, films, leftOut },
    pixelsFile: cached.pixelsFile,
    nearPairs: await workInSlices(
      findNearIdentical(films.map(({ fingerprint }) => fingerprint)),
      options.reporter.signal,
    ),
    filmsWithoutRow: joined.filmsWithoutRow.map((index) => cached.films[index]!.file),
    linesWithoutFilm: joined.linesWithoutFilm,
    contentSha256: hashContent(rows, films),
  };
}

/** What a file is called does not say which study it is of: then every film has to be looked at. */
function namedBy({ rows, joinBy }: LabelTable): (file: string) => boolean {
  if (joinBy !== 'file' && joinBy !== 'folder') return () => true;
  const find = createRowFinder(rows, joinBy);
  return (file) => find(joinBy === 'file' ? file : file.replace(/[\\/][^\\/]*$/, '')) !== null;
}

function describeRow(row: LabelRow, film: CachedFilm): LabelRow {
  const sex = film.sex === 'M' || film.sex === 'F' ? film.sex : null;
  return {
    ...row,
    key: film.file,
    patientId: row.patientId ?? (film.patientId === '' ? null : film.patientId),
    sex: row.sex ?? sex,
    ageYears: row.ageYears ?? film.ageYears,
    view: row.view ?? (film.view === '' ? null : film.view),
  };
}

/** As reading refuses by the header: pictures have none, and their table knows. */
function refuseByTable(
  { view, ageYears }: LabelRow,
  [youngest, oldest]: readonly [number, number],
): Omit<LeftOutFile, 'file'> | null {
  const { kind } = viewOf({ view: view ?? '', patientOrientation: '', imageType: '' }, []);
  if (kind === 'lateral') return { code: 'film/lateral', reason: `The table says that the view is ${view}.` };
  if (kind === 'unsupported') {
    return { code: 'film/view-unsupported', reason: `The table says that the view is ${view}.` };
  }
  if (ageYears === null || (ageYears >= youngest && ageYears <= oldest)) return null;
  return {
    code: 'film/age-out-of-range',
    reason: `The table says that the patient is ${Math.floor(ageYears)} years old; the model is for ${youngest} to ${oldest}.`,
  };
}

function nothingLeft(leftOut: readonly LeftOutFile[]): AppError {
  const [first] = leftOut;
  const reason = first === undefined ? '' : ` The first: ${first.file}: ${first.reason}`;
  return new AppError('label/no-match', `No film with labels is left; ${leftOut.length} were left out.${reason}`);
}

function hashContent(rows: readonly LabelRow[], films: readonly CachedFilm[]): string {
  const lines = films.map(({ contentSha256 }, index) => `${contentSha256} ${rows[index]!.labels.join(',')}\n`);
  const hash = createHash('sha256');
  for (const line of lines.sort()) hash.update(line);
  return hash.digest('hex');
}

/** How many films were left out, by code. */
export function countLeftOut(leftOut: readonly LeftOutFile[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { code } of leftOut) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}
