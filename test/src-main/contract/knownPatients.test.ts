import { expect, it } from 'vitest';
import { countKnownPatients, describeFilms } from '#main/contract/knownPatients';

it.each([
  [['a', 'b', 'a'], '3 films of 2 patients'],
  [['a'], '1 film of 1 patient'],
  [[null, null], '2 films, patients unknown'],
  [[null, 'a', 'b', 'a'], '4 films: 3 of 2 patients, 1 of unknown ones'],
])('counts the patients that somebody knows, and no film as a patient: %j', (ids, words) => {
  expect(describeFilms(ids.length, countKnownPatients(ids))).toBe(words);
});
