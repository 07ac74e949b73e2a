/** Settings, a row each, so that window and command line do not undo each other's; and facts of the installation. */
import * as v from 'valibot';
import { AppError } from '#main/contract/errors';
import { DEFAULT_SETTINGS, SettingsChangesSchema, type Settings, type SettingsChanges } from '#main/contract/settings';
import { audit } from './audit';
import type { ReadableDb, WritableDb } from './openDatabase';

/** What is missing, unknown or no longer valid takes its default. */
export function getSettings(db: ReadableDb): Settings {
  const stored = db.all('SELECT name, value FROM settings').map((row) => {
    const name = row['name'] as string;
    const one = v.safeParse(SettingsChangesSchema, { [name]: JSON.parse(row['value'] as string) as unknown });
    return one.success ? one.output : {};
  });
  return Object.assign({ ...DEFAULT_SETTINGS }, ...stored) as Settings;
}

/** Throws contract/invalid-argument. */
export function updateSettings(db: WritableDb, { changes }: { readonly changes: SettingsChanges }): Settings {
  const checked = v.safeParse(SettingsChangesSchema, changes);
  if (!checked.success) throw new AppError('contract/invalid-argument', 'A setting has a value that it can not have.');
  for (const name of Object.keys(changes) as (keyof Settings)[]) {
    const value = checked.output[name];
    if (value === undefined) continue;
    db.run(
      'INSERT INTO settings (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
      { name, value: JSON.stringify(value) },
    );
    audit(db, 'setting.changed', `setting/${name}`, { value });
  }
  return getSettings(db);
}

export function getFact(db: ReadableDb, { name }: { readonly name: string }): string | null {
  return (db.get('SELECT value FROM facts WHERE name = :name', { name })?.['value'] ?? null) as string | null;
}

export function setFact(db: WritableDb, { name, value }: { readonly name: string; readonly value: string }): null {
  db.run(
    'INSERT INTO facts (name, value) VALUES (:name, :value) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    { name, value },
  );
  audit(db, 'fact.set', `fact/${name}`);
  return null;
}
