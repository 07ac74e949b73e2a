/**
 * Brings a database up to date. Migrations are numbered in steps of ten, frozen once they were released, and import
 * nothing of ours: what the code of today thinks must not change what a file of then becomes.
 */

/** What a migration may use of the driver. */
type MigrationDb = {
  exec(sql: string): unknown;
  pragma(source: string, options?: { simple?: boolean }): unknown;
};

export type Migration = { readonly version: number; readonly up: (db: MigrationDb) => void };

type Driver = MigrationDb & {
  transaction(work: () => void): { exclusive(): void };
};

function versionOf(db: MigrationDb): number {
  return Number(db.pragma('user_version', { simple: true }));
}

/** All that is missing, in one transaction: a file is of the old version or of the new one, never between. */
export function migrate(driver: Driver, migrations: readonly Migration[]): void {
  const newest = migrations.at(-1)?.version ?? 0;
  if (versionOf(driver) === newest) return;
  driver
    .transaction(() => {
      // Asked again under the lock: another process may have been first.
      const version = versionOf(driver);
      for (const migration of migrations) {
        if (migration.version <= version) continue;
        migration.up(driver);
        driver.pragma(`user_version = ${migration.version}`);
      }
    })
    .exclusive();
}
