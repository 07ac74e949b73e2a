/** The database thread: stores are synchronous, and it is their wait that nobody else shares. */
import { AppError } from '#main/contract/errors';
import { serve, type Handlers } from '#main/channel/channel';
import { parentPort } from '#main/channel/parentPort';
import type { DatabaseThreadProtocol } from '../databaseApi';
import { openDatabase, type WritableDb } from '../openDatabase';
import { createHandlers } from './handlers';

let db: WritableDb | null = null;

const handlers: Handlers<DatabaseThreadProtocol> = {
  ...createHandlers(() => {
    if (db === null) throw new AppError('database/crashed', 'The database is closed.');
    return db;
  }),
  open: ({ file, actor }) => {
    db = openDatabase(file, actor);
    return null;
  },
  close: () => {
    db?.close();
    db = null;
    return null;
  },
};

serve(parentPort(), handlers);
