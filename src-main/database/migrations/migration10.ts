/**
 * The first shape of the database. What is searched or sorted has a column; what is only shown is JSON; numbers in
 * bulk are blobs, little-endian. Times are ISO 8601 in UTC, but for those of a film, which are as the file says.
 */
import type { Migration } from './migrate';

const PATIENTS = `
  CREATE TABLE patients (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    issuer TEXT NOT NULL,
    -- '' where the file is silent: such a patient is that of one study alone
    patient_id TEXT NOT NULL,
    name TEXT NOT NULL,
    birth_date TEXT NOT NULL,
    sex TEXT NOT NULL,
    -- 1: the same issuer and id came with another name, birth date or sex, kept in a row of its own
    conflict INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX patients_by_patient_id ON patients (patient_id, issuer) WHERE patient_id <> '';
`;

/** From `film_count` on: what its films say together, kept up by the program. */
const STUDIES = `
  CREATE TABLE studies (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    patient INTEGER NOT NULL REFERENCES patients (id),
    study_uid TEXT NOT NULL,
    accession_number TEXT NOT NULL,
    description TEXT NOT NULL,
    study_date_time TEXT NOT NULL,
    age_years REAL,
    imported_at TEXT NOT NULL,
    opened_at TEXT,
    -- time of the study, else of its import
    waiting_since TEXT NOT NULL,
    -- without case and accents: what a search looks through, and what the patient column sorts by
    search_text TEXT NOT NULL,
    patient_sort TEXT NOT NULL,
    film_count INTEGER NOT NULL DEFAULT 0,
    first_film INTEGER,
    views TEXT NOT NULL DEFAULT '',
    status TEXT NOT NULL DEFAULT 'waiting',
    status_reason TEXT NOT NULL DEFAULT '',
    -- 0: refused or failed, needs a human; 1: has a priority; 2: has none yet
    sort_group INTEGER NOT NULL DEFAULT 2,
    priority REAL,
    priority_reason TEXT NOT NULL DEFAULT '',
    leading_finding TEXT,
    leading_probability REAL
  ) STRICT;
  CREATE UNIQUE INDEX studies_by_uid ON studies (study_uid, patient) WHERE study_uid <> '';
  CREATE INDEX studies_by_patient ON studies (patient);
  -- Each order of the worklist with all that it is filtered by: any page and any count reads one index alone.
  CREATE INDEX studies_by_priority
    ON studies (sort_group, priority DESC, waiting_since, id, status, opened_at, search_text);
  CREATE INDEX studies_by_waiting ON studies (waiting_since, id, priority, status, opened_at, search_text);
  CREATE INDEX studies_by_patient_sort ON studies (patient_sort, id, priority, status, opened_at, search_text);
  CREATE INDEX studies_by_import ON studies (imported_at, id, priority, status, opened_at, search_text);

  CREATE TABLE series (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    study INTEGER NOT NULL REFERENCES studies (id),
    series_uid TEXT NOT NULL,
    modality TEXT NOT NULL,
    description TEXT NOT NULL
  ) STRICT;
  CREATE INDEX series_by_study ON series (study, series_uid);
`;

const FILMS = `
  CREATE TABLE films (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    study INTEGER NOT NULL REFERENCES studies (id),
    series INTEGER NOT NULL REFERENCES series (id),
    content_sha256 TEXT NOT NULL UNIQUE,
    byte_length INTEGER NOT NULL,
    fingerprint TEXT NOT NULL,
    instance_uid TEXT NOT NULL,
    view TEXT NOT NULL,
    origin_path TEXT NOT NULL,
    origin_entry TEXT,
    origin_kept TEXT NOT NULL CHECK (origin_kept IN ('reference', 'copy')),
    original_present INTEGER NOT NULL DEFAULT 1,
    imported_at TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('waiting', 'ok', 'not_scored', 'refused', 'failed')),
    problem TEXT,
    pixel_rows INTEGER NOT NULL,
    pixel_columns INTEGER NOT NULL,
    facts TEXT NOT NULL,
    encoding TEXT NOT NULL,
    geometry TEXT NOT NULL,
    warnings TEXT NOT NULL,
    grey TEXT NOT NULL,
    -- entries of the lookup tables in \`grey\`, uint16
    grey_tables BLOB NOT NULL
  ) STRICT;
  CREATE INDEX films_by_study ON films (study);
  CREATE INDEX films_by_series ON films (series);
  CREATE INDEX films_by_instance_uid ON films (instance_uid) WHERE instance_uid <> '';
  CREATE INDEX films_waiting ON films (id) WHERE status = 'waiting';

  CREATE TABLE failed_files (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    path TEXT NOT NULL,
    entry TEXT NOT NULL,
    error TEXT NOT NULL,
    at TEXT NOT NULL,
    UNIQUE (path, entry)
  ) STRICT;

  CREATE TABLE pixel_cache (
    content_sha256 TEXT NOT NULL PRIMARY KEY,
    bytes INTEGER NOT NULL,
    -- milliseconds since 1970
    used_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

const PREDICTIONS = `
  CREATE TABLE predictions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    film INTEGER NOT NULL REFERENCES films (id),
    made_at TEXT NOT NULL,
    model_id TEXT NOT NULL,
    model_version TEXT NOT NULL,
    weights_sha256 TEXT NOT NULL,
    preprocessing TEXT NOT NULL,
    backend TEXT NOT NULL,
    cutoff_set TEXT NOT NULL,
    calibrated INTEGER NOT NULL,
    milliseconds REAL NOT NULL,
    priority REAL NOT NULL,
    priority_reason TEXT NOT NULL,
    leading_finding TEXT,
    leading_probability REAL,
    override_code TEXT,
    override_reason TEXT,
    -- [{finding, cutoff, measured}], in the order of the probabilities
    cutoffs TEXT NOT NULL,
    -- [n] float32
    probabilities BLOB NOT NULL,
    -- [n,7,7] float32
    maps BLOB
  ) STRICT;
  CREATE INDEX predictions_by_film ON predictions (film, id);
`;

const REST = `
  CREATE TABLE tasks (
    id TEXT NOT NULL PRIMARY KEY,
    state TEXT NOT NULL,
    started_at TEXT NOT NULL,
    saved_at TEXT NOT NULL,
    -- the process that works on it
    process_id INTEGER NOT NULL,
    task TEXT NOT NULL
  ) STRICT;
  CREATE INDEX tasks_by_start ON tasks (started_at);
  CREATE INDEX tasks_running ON tasks (id) WHERE state = 'running';

  CREATE TABLE settings (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT;
  CREATE TABLE facts (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT;

  CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    -- nothing about patients
    detail TEXT NOT NULL
  ) STRICT;
`;

export const migration10: Migration = {
  version: 10,
  up: (db) => {
    for (const sql of [PATIENTS, STUDIES, FILMS, PREDICTIONS, REST]) db.exec(sql);
  },
};
