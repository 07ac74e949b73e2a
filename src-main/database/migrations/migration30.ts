/**
 * What readers say of films. Nothing is ever changed or removed here: the latest answer of a reader about a film's
 * finding counts, the others are its history.
 */
import type { Migration } from './migrate';

const REVIEWS = `
  CREATE TABLE reviews (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    film INTEGER NOT NULL REFERENCES films (id),
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    reader TEXT NOT NULL,
    finding TEXT NOT NULL,
    -- open: the answer of before was taken back
    answer TEXT NOT NULL CHECK (answer IN ('present', 'absent', 'unsure', 'open')),
    -- the newest prediction then, which the reader may have seen
    prediction INTEGER REFERENCES predictions (id)
  ) STRICT;
  CREATE INDEX reviews_by_film ON reviews (film, reader, finding, id);
  CREATE INDEX reviews_by_prediction ON reviews (prediction);
  CREATE INDEX reviews_by_reader ON reviews (reader, film, finding, id);

  CREATE TABLE study_reviews (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    study INTEGER NOT NULL REFERENCES studies (id),
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    reader TEXT NOT NULL,
    -- 1: the reader is done with it; 0: it is to be read again
    done INTEGER NOT NULL CHECK (done IN (0, 1))
  ) STRICT;
  CREATE INDEX study_reviews_by_study ON study_reviews (study, reader, id);
`;

const APPEND_ONLY = ['reviews', 'study_reviews'].flatMap((table) =>
  ['UPDATE', 'DELETE'].map(
    (change) => `
  CREATE TRIGGER ${table}_no_${change.toLowerCase()} BEFORE ${change} ON ${table}
  BEGIN SELECT RAISE(ABORT, 'reviews are only ever added to'); END;`,
  ),
);

/** Few of 100,000 studies: an index of those alone serves the filter. */
const STUDIES = `
  ALTER TABLE studies ADD COLUMN reviewed_at TEXT;
  CREATE INDEX studies_reviewed ON studies (reviewed_at) WHERE reviewed_at IS NOT NULL;
`;

export const migration30: Migration = {
  version: 30,
  up: (db) => {
    for (const sql of [REVIEWS, ...APPEND_ONLY, STUDIES]) db.exec(sql);
  },
};
