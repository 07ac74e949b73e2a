/** The calls of worklist and viewer: studies, films, reviews, imports. */
import type { ApiArgument, ApiHandlers, ApiReply } from '#main/contract/api';
import { AppError } from '#main/contract/errors';
import type { FilmId, TaskId } from '#main/contract/ids';
import { analyseStoredFilm } from '#main/workflows/analyseWaitingFilms';
import type { FilmReader } from '#main/workflows/analyseFilm';
import { showFilm } from '#main/workflows/showFilm';
import { choosePaths } from './choosePaths';
import type { HandlerContext } from './handlers';
import { startImport } from './startImport';

type FilmCall =
  | 'listStudies'
  | 'listFailedFiles'
  | 'dismissFailedFile'
  | 'openStudy'
  | 'openFilm'
  | 'getAttentionMaps'
  | 'findFilm'
  | 'analyseFilm'
  | 'reviewFilm'
  | 'markReviewed'
  | 'chooseImport'
  | 'importPaths'
  | 'importSampleFilms';

export function filmHandlers(context: HandlerContext): Pick<ApiHandlers, FilmCall> {
  const { workplace, push, samplesFolder } = context;
  const { database } = workplace;

  async function thenTell<Value>(change: Promise<Value>): Promise<Value> {
    const value = await change;
    push('studiesChanged', { studyId: null });
    return value;
  }

  return {
    listStudies: (query) => database.listStudies(query),
    listFailedFiles: () => database.listFailedFiles({}),
    dismissFailedFile: (argument) => thenTell(database.dismissFailedFile(argument)),
    openStudy: (argument) => database.openStudy(argument),
    openFilm: async ({ filmId }) => {
      await showFilm(workplace, await workplace.reader(), await database.getStoredFilm({ filmId }));
      return database.getFilm({ filmId });
    },
    getAttentionMaps: (argument) => database.getAttentionMaps(argument),
    findFilm: (original) => findFilm(context, original),
    analyseFilm: (argument) => analyseAgain(context, argument.filmId, argument.override),
    reviewFilm: (argument) => thenTell(database.reviewFilm(argument)),
    markReviewed: (argument) => thenTell(database.markReviewed(argument)),
    chooseImport: ({ kind }) => chooseImport(context, kind),
    importPaths: ({ paths }) => Promise.resolve(startImport(context, paths)),
    importSampleFilms: () => Promise.resolve(startImport(context, samplesFolder === null ? [] : [samplesFolder])),
  };
}

async function chooseImport(context: HandlerContext, kind: 'folder' | 'files'): Promise<TaskId | null> {
  const paths = await choosePaths(
    context.currentWindow,
    kind === 'folder'
      ? { title: 'Open a folder of films', properties: ['openDirectory', 'multiSelections'] }
      : { title: 'Open films', properties: ['openFile', 'multiSelections'] },
  );
  return paths.length === 0 ? null : startImport(context, paths);
}

/** Throws `database/not-found` for a film in an archive, `file/vanished` where these bytes are not there any more. */
async function findFilm(
  context: HandlerContext,
  { contentSha256, path, entry }: ApiArgument<'findFilm'>,
): Promise<ApiReply<'findFilm'>> {
  const { database } = context.workplace;
  async function find(): Promise<ApiReply<'findFilm'> | null> {
    const film = await database.findFilmByContent({ contentSha256 });
    return film === null ? null : { studyId: film.studyId, filmId: film.filmId };
  }
  const known = await find();
  if (known !== null) return known;
  if (entry !== null) {
    const message = `${entry} lies in the archive ${path}: import that first.`;
    throw new AppError('database/not-found', message, { path, entry });
  }
  await new Promise<void>((resolve) => startImport(context, [path], resolve));
  const imported = await find();
  if (imported !== null) return imported;
  throw new AppError('file/vanished', `${path} is not there any more, or is another film now.`, { path });
}

async function analyseAgain(
  { workplace, tasks, push }: HandlerContext,
  filmId: FilmId,
  override: { readonly code: string; readonly reason: string } | null,
): Promise<TaskId> {
  const stored = await workplace.database.getStoredFilm({ filmId });
  const task = tasks.run('analyse', 'Analysis of one film', async (reporter) => {
    reporter.total(1);
    try {
      const reader: FilmReader = await workplace.reader();
      reporter.finished(await analyseStoredFilm(workplace, reader, stored, override, reporter.signal));
    } finally {
      push('studiesChanged', { studyId: stored.studyId });
    }
  });
  return task.id;
}
