/** Every request of the database and the store function that answers it, in one transaction each. */
import type { Handlers } from '#main/channel/channel';
import type { DatabaseProtocol } from '../databaseApi';
import { toDatabaseError } from '../databaseError';
import { dismissFailedFile, forgetFailedFile, listFailedFiles, recordFailedFile } from '../failedFileStore';
import {
  findFilmByContent,
  getStoredFilm,
  importFilm,
  listWaitingFilms,
  setFilmStatus,
  setOriginalPresent,
} from '../filmStore';
import { getFilm } from '../filmView';
import { listStudies } from '../listStudies';
import type { ReadableDb, WritableDb } from '../openDatabase';
import { forgetPixels, listPixels, notePixels } from '../pixelStore';
import { getAttentionMaps, storePrediction } from '../predictionStore';
import { listReaders, listReviews, markReviewed, reviewFilm } from '../reviewStore';
import { getFact, getSettings, setFact, updateSettings } from '../settingsStore';
import { openStudy } from '../studyStore';
import { closeAbandonedTasks, listTasks, saveTask } from '../taskStore';
import { reprioritise } from '../urgencyStore';

type Served = Omit<DatabaseProtocol, 'close'>;
type Store<Db, Name extends keyof Served> = (db: Db, argument: Served[Name]['argument']) => Served[Name]['reply'];

function dataVersion(db: ReadableDb): number {
  return Number(db.get('PRAGMA data_version')?.['data_version']);
}

const READS = {
  findFilmByContent,
  getStoredFilm,
  getFilm,
  listStudies,
  listWaitingFilms,
  listFailedFiles,
  getAttentionMaps,
  listReaders,
  listReviews,
  listPixels,
  listTasks,
  getSettings,
  getFact,
  dataVersion,
} satisfies { readonly [Name in keyof Served]?: Store<ReadableDb, Name> };

const WRITES = {
  importFilm,
  openStudy,
  setFilmStatus,
  setOriginalPresent,
  recordFailedFile,
  forgetFailedFile,
  dismissFailedFile,
  storePrediction,
  reprioritise,
  reviewFilm,
  markReviewed,
  notePixels,
  forgetPixels,
  saveTask,
  closeAbandonedTasks,
  updateSettings,
  setFact,
} satisfies { readonly [Name in Exclude<keyof Served, keyof typeof READS>]: Store<WritableDb, Name> };

type AnyStore<Db> = (db: Db, argument: unknown) => unknown;

/** `current` gives the open database, or throws. */
export function createHandlers(current: () => WritableDb): Handlers<Served> {
  function handler(kind: 'read' | 'write', store: AnyStore<WritableDb>): (argument: unknown) => unknown {
    return (argument) => {
      const db = current();
      try {
        return db[kind](() => store(db, argument));
      } catch (error) {
        throw toDatabaseError(error, db.file);
      }
    };
  }
  const reads = Object.entries(READS).map(([name, store]) => [name, handler('read', store as AnyStore<WritableDb>)]);
  const writes = Object.entries(WRITES).map(([name, store]) => [name, handler('write', store as AnyStore<WritableDb>)]);
  // The two tables above are checked name by name; putting them into one loses that.
  return Object.fromEntries([...reads, ...writes]) as Handlers<Served>;
}
