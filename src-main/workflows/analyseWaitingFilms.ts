/**
 * Judges films whose rows exist: those that waited when the work was cut off, and the one that a person asks for
 * again. The film is decoded from its original, as at its import.
 */
import { AppError, toErrorBody } from '#main/contract/errors';
import type { FilmId } from '#main/contract/ids';
import type { NetworkFilm } from '#main/contract/networkFilm';
import type { StoredFilm } from '#main/database/databaseApi';
import { analyseFilm, answeredFor, type FilmReader, type Override } from './analyseFilm';
import { refusalStatus } from './filmReport';
import { mapConcurrently } from './mapConcurrently';
import { originalPresent, vanished } from './originalPresent';
import type { Workplace } from './openWorkplace';
import { decodeRequest, isOfTheFilm } from './readFilm';
import { storeJudgement } from './storeReading';
import type { TaskCounts, TaskReporter } from './taskList';

/** Films asked of the database at a time. */
const PAGE = 100;

export async function analyseWaitingFilms(
  workplace: Workplace,
  reader: FilmReader,
  reporter: TaskReporter,
): Promise<void> {
  reporter.phase('Analysing films');
  const seen = new Set<FilmId>();
  for (;;) {
    const page = await workplace.database.listWaitingFilms({ limit: PAGE });
    // A film that still waits after its turn (another process holds it) is not taken twice.
    const films = page.filter(({ filmId }) => !seen.has(filmId));
    if (films.length === 0) return;
    for (const { filmId } of films) seen.add(filmId);
    reporter.total(seen.size);
    const ends = mapConcurrently(films, workplace.jobs * 2, (film) =>
      analyseStoredFilm(workplace, reader, film, null, reporter.signal),
    );
    for await (const end of ends) reporter.finished(end);
  }
}

/** Decodes the original again and judges it. With an override, a refusal of that code does not count. */
export async function analyseStoredFilm(
  workplace: Workplace,
  reader: FilmReader,
  stored: StoredFilm,
  override: Override | null,
  signal?: AbortSignal,
): Promise<keyof TaskCounts> {
  const { database, decoder } = workplace;
  const { filmId, origin } = stored;
  if (!(await originalPresent(origin))) {
    await database.setOriginalPresent({ filmId, present: false });
    if (override !== null) throw vanished(origin);
    return fail(workplace, filmId, vanished(origin));
  }
  const request = decodeRequest(reader, { path: origin.path, entry: origin.entry });
  try {
    const { film, input } = await decoder.decode({ ...request, override: override?.code ?? null }, signal);
    // The decode process makes no input of a film that may not be judged, unless this very refusal is overridden.
    if (input === null) {
      if (override !== null) throw new AppError('usage/invalid', 'The film is refused for another reason.');
      const status = film.refusal === null ? 'failed' : refusalStatus(film.refusal);
      await database.setFilmStatus({ filmId, status, problem: film.refusal });
      return 'refused';
    }
    const answered = film.refusal === null || override === null ? override : answeredFor(film.refusal, override);
    return await judgeImported(workplace, reader, { filmId, input, view: film.facts.view }, signal, answered);
  } catch (error) {
    if (endsTheWork(error) || override !== null) throw error;
    return fail(workplace, filmId, error);
  }
}

/** Judges a film whose row exists, and keeps the prediction. */
export async function judgeImported(
  workplace: Workplace,
  reader: FilmReader,
  { filmId, input, view }: { readonly filmId: FilmId; readonly input: NetworkFilm; readonly view: string },
  signal?: AbortSignal,
  override: Override | null = null,
): Promise<'ok' | 'failed'> {
  try {
    const judged = await analyseFilm(reader, input, { maps: true, view, signal });
    await storeJudgement(workplace.database, reader, filmId, judged, override);
    return 'ok';
  } catch (error) {
    if (!isOfTheFilm(error)) throw error;
    return fail(workplace, filmId, error);
  }
}

async function fail(workplace: Workplace, filmId: FilmId, error: unknown): Promise<'failed'> {
  await workplace.database.setFilmStatus({ filmId, status: 'failed', problem: toErrorBody(error) });
  return 'failed';
}

/** The kinds of error that are not of one film, by the first half of their code. */
const WITHOUT_ENGINE = new Set(['engine', 'model']);
const WITHOUT_WORKPLACE = new Set(['database', 'disk', 'task']);

/** No engine or no model: films can be kept, and wait. */
export function isWithoutEngine(error: unknown): boolean {
  return !isOfTheFilm(error) && WITHOUT_ENGINE.has(kindOf(error));
}

/** Cancelled, no database, no room on the disk, no engine: the next film would fare no better. */
export function endsTheWork(error: unknown): boolean {
  return isWithoutEngine(error) || WITHOUT_WORKPLACE.has(kindOf(error));
}

function kindOf(error: unknown): string {
  return toErrorBody(error).code.split('/')[0] ?? '';
}
