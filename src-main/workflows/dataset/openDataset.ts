/**
 * A folder of films and a table of labels → what a training or a measurement works with: a row a film, its place in the
 * cache, and all that was left out, by reason. Films that the table does not name are never decoded where the table
 * goes by file names.
 */
import { createHash } from 'node:crypto';
import { createRowFinder, filmKey, joinLabels, type FilmNames } from '#main/chexnet/dataset/joinLabels';
import type { LabelRow, LabelTable, TableWarning } from '#main/chexnet/dataset/labelTable';
import { findNearIdentical, type NearPair } from '#main/chexnet/dataset/nearIdentical';
import { canonicalPatient } from '#main/chexnet/dataset/patientList';
import { findTwoSexes } from '#main/chexnet/dataset/twoSexes';
import { AppError } from '#main/contract/errors';
import { workInSlices } from '../evaluation/workInSlices';
import {
  cacheFilms,
  NAMELESS,
  type CachedFilm,
  type CachedFilms,
  type CacheFilmsOptions,
  type LeftOutFile,
} from './cacheFilms';
import { refuseByTable } from './refuseByTable';

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
  /** Files that the table does not name, films or not. */
  readonly filesWithoutRow: readonly string[];
  readonly linesWithoutFilm: readonly number[];
  /** A patient with films of both sexes, as the headers say them. */
  readonly twoSexes: TableWarning | null;
  /** SHA-256 over contents and labels in the order of contents: the same data has the same, wherever it lies. */
  readonly contentSha256: string;
};

/** Throws what `cacheFilms` and `joinLabels` throw, and `label/no-match` where no film is left. */
export async function openDataset({ table, ...options }: DatasetOptions): Promise<Dataset> {
  const cached = withoutCopies(await cacheFilms({ ...options, wants: namedBy(table) }), table);
  if (cached.films.length === 0 && cached.leftOut.length > 0) throw nothingLeft(cached.leftOut);
  // Of no file that the table names there is any: the first of the others shows how they differ.
  if (cached.films.length === 0)
    joinLabels(
      table,
      cached.unwanted.map((file) => ({ ...NAMELESS, file })),
    );
  const joined = joinLabels(table, cached.films);
  const { rows, films, leftOut } = describeFilms(joined.rows, cached, options.ageRangeYears);
  if (rows.length === 0) throw nothingLeft(leftOut);
  const headers = films.map(({ sex }, place) => ({ ...rows[place]!, sex: sexOf(sex) }));
  return {
    ...{ findings: table.findings, rows, films, leftOut },
    pixelsFile: cached.pixelsFile,
    nearPairs: await workInSlices(
      findNearIdentical(films.map(({ fingerprint }) => fingerprint)),
      options.reporter.signal,
    ),
    filesWithoutRow: [...joined.filmsWithoutRow.map((index) => cached.films[index]!.file), ...cached.unwanted],
    linesWithoutFilm: linesWithoutFilm(table, joined.linesWithoutFilm, leftOut),
    twoSexes: findTwoSexes([...rows, ...headers], table.rows),
    contentSha256: hashContent(rows, films),
  };
}

/** The same bytes for the same row are one film, wherever they lie. */
function withoutCopies(cached: CachedFilms, { rows, joinBy }: LabelTable): CachedFilms {
  const find = createRowFinder(rows, joinBy);
  const firsts = new Map<string, CachedFilm>();
  const films: CachedFilm[] = [];
  const leftOut = [...cached.leftOut];
  for (const film of cached.films) {
    const row = find(filmKey(film, joinBy));
    const key = `${row?.line ?? film.file} ${film.contentSha256}`;
    const first = firsts.get(key);
    if (first === undefined) {
      firsts.set(key, film);
      films.push(film);
      continue;
    }
    leftOut.push({ ...namesOf(film), code: 'film/duplicate', reason: `It holds the same bytes as ${first.file}.` });
  }
  return { ...cached, films, leftOut };
}

function namesOf({ file, instanceUid, studyUid, accessionNumber }: CachedFilm): FilmNames {
  return { file, instanceUid, studyUid, accessionNumber };
}

/** The films that have a row and may be judged, and why the others are left out. */
function describeFilms(
  joined: readonly (LabelRow | null)[],
  cached: CachedFilms,
  ageRangeYears: readonly [number, number],
): Pick<Dataset, 'films' | 'leftOut'> & { readonly rows: LabelRow[] } {
  const rows: LabelRow[] = [];
  const films: CachedFilm[] = [];
  const patients = new Map<string, string>();
  const leftOut = [...cached.leftOut];
  for (const [index, film] of cached.films.entries()) {
    const found = joined[index];
    if (found === null || found === undefined) continue;
    const row = describeRow(found, film, patients);
    const refusal = refuseByTable(row, ageRangeYears);
    if (refusal !== null) {
      leftOut.push({ ...namesOf(film), ...refusal });
      continue;
    }
    rows.push(row);
    films.push(film);
  }
  return { rows, films, leftOut };
}

/** A film that is left out is there. */
function linesWithoutFilm(
  { rows, joinBy }: LabelTable,
  lines: readonly number[],
  leftOut: readonly LeftOutFile[],
): readonly number[] {
  const find = createRowFinder(rows, joinBy);
  const there = new Set(leftOut.map((film) => find(filmKey(film, joinBy))?.line));
  return lines.filter((line) => !there.has(line));
}

/** What a file is called does not say which study it is of: then every film has to be looked at. */
function namedBy({ rows, joinBy }: LabelTable): (file: string) => boolean {
  if (joinBy !== 'file' && joinBy !== 'folder') return () => true;
  const find = createRowFinder(rows, joinBy);
  return (file) => find(joinBy === 'file' ? file : file.replace(/[\\/][^\\/]*$/, '')) !== null;
}

function sexOf(sex: string): LabelRow['sex'] {
  return sex === 'M' || sex === 'F' ? sex : null;
}

/** `patients` are those so far: where table and header write a number in two ways it is written in the first of them. */
function describeRow(row: LabelRow, film: CachedFilm, patients: Map<string, string>): LabelRow {
  const written = row.patientId ?? film.patientId;
  const patient = canonicalPatient(written);
  if (!patients.has(patient)) patients.set(patient, written);
  return {
    ...row,
    key: film.file,
    patientId: written === '' ? null : patients.get(patient)!,
    sex: row.sex ?? sexOf(film.sex),
    ageYears: row.ageYears ?? film.ageYears,
    view: row.view ?? (film.view === '' ? null : film.view),
  };
}

function nothingLeft(leftOut: readonly LeftOutFile[]): AppError {
  const [first] = leftOut;
  if (first?.code === 'file/not-found')
    return new AppError(first.code, `There is no file or folder ${first.file}.`, { file: first.file });
  const reason = first === undefined ? '' : ` The first: ${first.file}: ${first.reason}`;
  return new AppError('label/no-match', `No film with labels is left; ${leftOut.length} were left out.${reason}`);
}

function hashContent(rows: readonly LabelRow[], films: readonly CachedFilm[]): string {
  const lines = films.map(({ contentSha256 }, index) => `${contentSha256} ${rows[index]!.labels.join(',')}\n`);
  const hash = createHash('sha256');
  for (const line of lines.sort()) hash.update(line);
  return hash.digest('hex');
}

/** Films that were left out, by code, in the order in which the codes come. */
export function groupLeftOut(leftOut: readonly LeftOutFile[]): Map<LeftOutFile['code'], LeftOutFile[]> {
  const byCode = new Map<LeftOutFile['code'], LeftOutFile[]>();
  for (const film of leftOut) {
    const known = byCode.get(film.code);
    if (known === undefined) byCode.set(film.code, [film]);
    else known.push(film);
  }
  return byCode;
}
