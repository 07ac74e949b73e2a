import { expect, it } from 'vitest';
import { placeOf } from '../../scripts/unpackFallback.mjs';

const MODULES = 'Cypress/resources/app/node_modules';

it.each([
  ['Cypress/Cypress', 'dist/electron'],
  ['Cypress/libffmpeg.so', 'dist/libffmpeg.so'],
  ['Cypress/locales/de.pak', 'dist/locales/de.pak'],
  [
    `${MODULES}/better-sqlite3/build/Release/better_sqlite3.node`,
    'node_modules/better-sqlite3/build/Release/better_sqlite3.node',
  ],
  [`${MODULES}/bindings/bindings.js`, 'node_modules/bindings/bindings.js'],
])('puts %s where the runtime looks for it', (name, place) => {
  expect(placeOf(name)).toBe(place);
});

it.each([
  'Cypress/resources/app/index.js',
  'Cypress/resources/app-update.yml',
  'Cypress/browser_v8_context_snapshot.bin',
  `${MODULES}/lodash/index.js`,
  `${MODULES}/better-sqlite3/node_modules/node-abi/index.js`,
  'README.md',
])('leaves %s out', (name) => {
  expect(placeOf(name)).toBeNull();
});
