/**
 * Films and rows of a table brought together. Paths differ between the computer that a table was made on and this
 * one, so files are joined by as much of the end of their path as tells the table's rows apart: the name alone for
 * NIH (`00000001_000`), `patient00001/study1/view1_frontal` for CheXpert. What a picture was saved as does not count.
 */
import { AppError } from '#main/contract/errors';
import { inLines, type JoinBy } from './labelTable';

/** What a film is called: the names of `FilmFacts`, and its path. '' where it has none. */
export type FilmNames = {
  readonly file: string;
  readonly instanceUid: string;
  readonly studyUid: string;
  readonly accessionNumber: string;
};

type KeyedRow = { readonly line: number; readonly key: string };

/** The row of a film by what `filmKey` gives, or by the key of another table of the same kind; null = none. */
export type RowFinder<Row> = (key: string) => Row | null;

export function filmKey(film: FilmNames, joinBy: JoinBy): string {
  return KEYS[joinBy](film);
}

const KEYS: Readonly<Record<JoinBy, (film: FilmNames) => string>> = {
  file: ({ file }) => file,
  folder: ({ file }) => partsOf(file).slice(0, -1).join('/'),
  instance: ({ instanceUid }) => instanceUid,
  study: ({ studyUid }) => studyUid,
  accession: ({ accessionNumber }) => accessionNumber,
};

export function createRowFinder<Row extends KeyedRow>(rows: readonly Row[], joinBy: JoinBy): RowFinder<Row> {
  if (joinBy !== 'file' && joinBy !== 'folder') {
    const byKey = new Map(rows.map((row) => [row.key, row]));
    return (key) => (key === '' ? null : (byKey.get(key) ?? null));
  }
  const index = indexByEnd(rows);
  if (index === null) throw new AppError('label/conflict', 'Rows of the table name the same film twice.');
  return (key) => index.byEnd.get(index.shorten(key)) ?? null;
}

/** Rows by the shortest end of their paths that no two of them share; small and capital letters count only then. Null where two are one. */
function indexByEnd<Row extends KeyedRow>(
  rows: readonly Row[],
): { shorten: (path: string) => string; byEnd: Map<string, Row> } | null {
  const deepest = rows.reduce((most, { key }) => Math.max(most, partsOf(key).length), 1);
  for (const toName of [(path: string) => withoutEnding(path).toLowerCase(), withoutEnding, (path: string) => path]) {
    for (let depth = 1; depth <= deepest; depth++) {
      // A Mac takes the accents of its file names apart.
      const shorten = (path: string): string => partsOf(toName(path)).slice(-depth).join('/').normalize('NFC');
      const byEnd = new Map(rows.map((row) => [shorten(row.key), row]));
      if (byEnd.size === rows.length) return { shorten, byEnd };
    }
  }
  return null;
}

function partsOf(path: string): string[] {
  return path.split(/[\\/]+/).filter((part) => part !== '' && part !== '.');
}

/** Only endings of pictures: an instance UID has dots too. */
function withoutEnding(path: string): string {
  return path.replace(/\.(?:png|jpe?g|tiff?|dcm|dicom|ima)$/i, '');
}

/** `./films\\a.png` and `films/a.png` are one path. */
export function plainPath(path: string): string {
  return partsOf(path).join('/').normalize('NFC');
}

export type JoinedFilms<Row> = {
  /** For each film its row, or null. */
  readonly rows: readonly (Row | null)[];
  /** Films, by their place in the list, that the table says nothing of. */
  readonly filmsWithoutRow: readonly number[];
  readonly linesWithoutFilm: readonly number[];
};

/**
 * Throws `label/no-match` where no film has a row, and `label/conflict` where two films would get the labels of one
 * row that is about one film.
 */
export function joinLabels<Row extends KeyedRow>(
  table: { readonly joinBy: JoinBy; readonly rows: readonly Row[] },
  films: readonly FilmNames[],
): JoinedFilms<Row> {
  const { joinBy } = table;
  const find = createRowFinder(table.rows, joinBy);
  const rows = films.map((film) => find(filmKey(film, joinBy)));
  if (joinBy === 'file') keepMutual(rows, films);
  const filmsWithoutRow = rows.flatMap((row, index) => (row === null ? [index] : []));
  if (filmsWithoutRow.length === films.length) throw noMatch(table.rows, films, joinBy);
  if (joinBy === 'file' || joinBy === 'instance') refuseShared(rows, films);
  const found = new Set(rows);
  const linesWithoutFilm = table.rows.filter((row) => !found.has(row)).map(({ line }) => line);
  return { rows, filmsWithoutRow, linesWithoutFilm };
}

/**
 * Few rows are told apart by less of their paths than many films are: `view1_frontal` may be all that it takes. Where
 * the films know better which of them a row means, only that one has it.
 */
function keepMutual(rows: (KeyedRow | null)[], films: readonly FilmNames[]): void {
  const index = indexByEnd(films.map(({ file }, line) => ({ key: file, line })));
  if (index === null) return;
  for (const [place, row] of rows.entries()) {
    const meant = row === null ? undefined : index.byEnd.get(index.shorten(row.key));
    if (meant !== undefined && meant.line !== place) rows[place] = null;
  }
}

function noMatch(rows: readonly KeyedRow[], films: readonly FilmNames[], joinBy: JoinBy): AppError {
  const first = films[0];
  const key = first === undefined ? '' : filmKey(first, joinBy);
  const compared =
    first === undefined
      ? 'there are no files'
      : `the table says "${rows[0]?.key ?? ''}" (line ${rows[0]?.line ?? 0}), a film has "${key}"`;
  return new AppError('label/no-match', `No film has a row in the table, joined by ${joinBy}: ${compared}.`, {
    joinBy,
  });
}

function refuseShared(rows: readonly (KeyedRow | null)[], films: readonly FilmNames[]): void {
  const taken = new Map<KeyedRow, number>();
  for (const [index, row] of rows.entries()) {
    if (row === null) continue;
    const first = taken.get(row);
    if (first === undefined) {
      taken.set(row, index);
      continue;
    }
    const both = `${films[first]!.file} and ${films[index]!.file}`;
    throw new AppError('label/conflict', `${both} are two films for the row ${inLines([row.line])}.`, {
      line: row.line,
    });
  }
}
