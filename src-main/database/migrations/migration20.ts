/**
 * Films by parts of their fingerprint. Two of 64 bits that differ in at most 4 agree in one of any 5 parts, so films
 * that look alike are found by 5 exact look-ups.
 */
import type { Migration } from './migrate';

/** First digit, from 1, and length of each part in the 16 hex digits. */
const PARTS = [
  [1, 3],
  [4, 3],
  [7, 3],
  [10, 3],
  [13, 4],
] as const;

export const migration20: Migration = {
  version: 20,
  up: (db) => {
    for (const [from, length] of PARTS) {
      db.exec(`CREATE INDEX films_by_fingerprint_${from} ON films (substr(fingerprint, ${from}, ${length}))`);
    }
  },
};
