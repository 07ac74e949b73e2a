/** A workbench with its memory: the database of the installation and the cache of pixels. */
import { openDatabaseClient, type DatabaseClient } from '#main/database/openDatabaseClient';
import { homePaths } from '#main/database/homeFolder';
import { createPixelCache, type PixelCache } from '#main/database/pixelCache';
import { openWorkbench, type Workbench, type WorkbenchOptions } from './openWorkbench';

export type WorkplaceOptions = WorkbenchOptions & {
  /** The bundle of the database's thread. */
  readonly databaseWorkerFile: string;
  /** Who stands in the audit rows: `window`, `command line`. */
  readonly actor: string;
};

export type Workplace = Workbench & {
  readonly database: DatabaseClient;
  readonly pixels: PixelCache;
};

/** Throws `database/newer`, `database/corrupt`, `database/busy`, `database/read-only`. */
export async function openWorkplace(options: WorkplaceOptions): Promise<Workplace> {
  const { home, databaseWorkerFile, actor } = options;
  const { databaseFile, cacheFolder } = homePaths(home);
  const database = await openDatabaseClient({ file: databaseFile, actor, workerFile: databaseWorkerFile });
  const pixels = createPixelCache({ folder: cacheFolder, client: database });
  const bench = openWorkbench(options);
  return {
    ...bench,
    database,
    pixels,
    close: async () => {
      await bench.close();
      await database.close({});
    },
  };
}
