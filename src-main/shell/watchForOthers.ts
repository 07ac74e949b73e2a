/** Tells the window when the command line changed the database that both share. */
import type { DatabaseClient } from '#main/database/openDatabaseClient';
import type { PushEvent } from './ipc/pushEvents';
import { logFault } from './logFault';

const EVERY_MS = 2000;

/** Returns the function that stops it. */
export function watchForOthers(database: DatabaseClient, push: PushEvent): () => void {
  let known: number | null = null;
  async function look(): Promise<void> {
    const version = await database.dataVersion({});
    if (known !== null && version !== known) push('studiesChanged', { studyId: null });
    known = version;
  }
  const timer = setInterval(() => {
    look().catch((error: unknown) => {
      clearInterval(timer);
      logFault('watching the database', error);
    });
  }, EVERY_MS);
  return () => clearInterval(timer);
}
