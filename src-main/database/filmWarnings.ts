/** What is doubtful about a film only because another one is here: both say so, since nobody can tell which is right. */
import { fingerprintDistance, NEAR_IDENTICAL_BITS } from '#main/contract/fingerprint';
import type { FilmWarning } from '#main/contract/film';
import { audit } from './audit';
import type { ReadableDb, Row, WritableDb } from './openDatabase';

const SAME_UID: FilmWarning = {
  code: 'same-uid-different-bytes',
  message: 'Another file with the same SOP instance UID has different bytes: one of the two was changed.',
};

const NEAR_IDENTICAL: FilmWarning = {
  code: 'near-identical',
  message: 'Another film here shows nearly the same picture: the same exposure may have come twice.',
};

/** All films of that UID are kept, and all say so. */
export function warnOfSameUid(db: WritableDb, instanceUid: string): void {
  if (instanceUid === '') return;
  warnAll(
    db,
    db.all("SELECT id, warnings FROM films WHERE instance_uid = :instanceUid AND instance_uid <> ''", { instanceUid }),
    SAME_UID,
  );
}

/** Films whose fingerprint is like this one, the film that has it included. */
export function warnOfNearIdentical(db: WritableDb, fingerprint: string): void {
  // Flat pictures have no features, and are no more alike than sheets of paper.
  if (fingerprint === FLAT) return;
  warnAll(db, findAlike(db, fingerprint), NEAR_IDENTICAL);
}

const FLAT = '0'.repeat(16);

/** The parts of migration 20: those that differ little enough agree in one of them. */
function findAlike(db: ReadableDb, fingerprint: string): Row[] {
  const parts = [1, 4, 7, 10, 13].map((from) => {
    const length = from === 13 ? 4 : 3;
    return `SELECT id FROM films WHERE substr(fingerprint, ${from}, ${length}) = substr(:fingerprint, ${from}, ${length})`;
  });
  const candidates = db.all(`SELECT id, fingerprint, warnings FROM films WHERE id IN (${parts.join(' UNION ')})`, {
    fingerprint,
  });
  return candidates.filter(
    (film) => fingerprintDistance(film['fingerprint'] as string, fingerprint) <= NEAR_IDENTICAL_BITS,
  );
}

function warnAll(db: WritableDb, films: readonly Row[], warning: FilmWarning): void {
  if (films.length < 2) return;
  for (const film of films) {
    const warnings = JSON.parse(film['warnings'] as string) as FilmWarning[];
    if (warnings.some(({ code }) => code === warning.code)) continue;
    const id = Number(film['id']);
    db.run('UPDATE films SET warnings = :warnings WHERE id = :id', {
      id,
      warnings: JSON.stringify([...warnings, warning]),
    });
    audit(db, 'film.warned', `film/${id}`, { code: warning.code });
  }
}
