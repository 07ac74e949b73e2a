import { chmodSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { homeFolder } from '#main/database/homeFolder';
import { makeFolder } from './openTestDatabase';

test('HILUM_HOME comes first, made absolute', () => {
  const folder = makeFolder();
  expect(homeFolder({ HILUM_HOME: join(folder, 'a/b/../c') })).toBe(join(folder, 'a/c'));
  expect(homeFolder({ HILUM_HOME: '.', XDG_DATA_HOME: folder }, 'linux')).toBe(resolve('.'));
});

test('else it is the application-data folder of the platform', () => {
  const folder = makeFolder();
  expect(homeFolder({ XDG_DATA_HOME: folder }, 'linux')).toBe(join(folder, 'hilum'));
  expect(homeFolder({ HILUM_HOME: '', XDG_DATA_HOME: folder }, 'linux')).toBe(join(folder, 'hilum'));
  expect(homeFolder({ APPDATA: folder }, 'win32')).toBe(join(folder, 'Hilum'));
});

test.skipIf(process.platform === 'win32')(
  'a new one is its owner’s alone, an existing one keeps its permissions',
  () => {
    const folder = makeFolder();
    const made = homeFolder({ HILUM_HOME: join(folder, 'new') });
    expect(statSync(made).mode & 0o777).toBe(0o700);
    chmodSync(made, 0o750);
    expect(statSync(homeFolder({ HILUM_HOME: made })).mode & 0o777).toBe(0o750);
  },
);

test('it is never the home folder itself', () => {
  const folder = makeFolder();
  for (const platform of ['linux', 'win32'] as const) {
    expect(homeFolder({ XDG_DATA_HOME: folder, APPDATA: folder }, platform)).not.toBe(homedir());
  }
});
