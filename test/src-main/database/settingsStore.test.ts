import { expect, test } from 'vitest';
import { DEFAULT_SETTINGS } from '#main/contract/settings';
import { getFact, getSettings, setFact, updateSettings } from '#main/database/settingsStore';
import { openTestDatabase } from './openTestDatabase';

test('settings are the defaults until they are changed, one by one', () => {
  const db = openTestDatabase();
  expect(getSettings(db)).toEqual(DEFAULT_SETTINGS);
  expect(updateSettings(db, { changes: { showGrid: true } })).toEqual({ ...DEFAULT_SETTINGS, showGrid: true });
  updateSettings(db, { changes: { overlayOpacity: 0.25 } });
  expect(getSettings(db)).toEqual({ ...DEFAULT_SETTINGS, showGrid: true, overlayOpacity: 0.25 });
});

test('a value that is not allowed is refused, one that no longer is takes its default', () => {
  const db = openTestDatabase();
  expect(() => updateSettings(db, { changes: { overlayOpacity: 7 } })).toThrow(
    expect.objectContaining({ code: 'contract/invalid-argument' }),
  );
  db.run(`INSERT INTO settings VALUES ('overlayOpacity', '7'), ('showGrid', 'true'), ('of another version', '1')`);
  expect(getSettings(db)).toEqual({ ...DEFAULT_SETTINGS, showGrid: true });
});

test('facts are there once they were set', () => {
  const db = openTestDatabase();
  expect(getFact(db, { name: 'intended-use-accepted' })).toBeNull();
  setFact(db, { name: 'intended-use-accepted', value: '1' });
  setFact(db, { name: 'intended-use-accepted', value: '2' });
  expect(getFact(db, { name: 'intended-use-accepted' })).toBe('2');
});
