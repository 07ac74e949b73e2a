/** The priorities of all films, made again from their stored numbers where a site has changed the tiers of urgency. */
import type { FindingCutoff } from '#main/contract/cutoffs';
import type { UrgencyTiers } from '#main/contract/findings';
import { nameCutoffSet, priorityOf } from '#main/contract/priority';
import { audit } from './audit';
import type { WritableDb } from './openDatabase';
import { copyOf } from './packGrey';
import { refreshStudy } from './studyStore';

export type Reprioritising = {
  readonly tiers: UrgencyTiers;
  /** Studies with larger row ids; 0 begins, and leaves the audit row. */
  readonly after: number;
  readonly limit: number;
};

/** Returns the last study that was done, null where none is left. */
export function reprioritise(db: WritableDb, { tiers, after, limit }: Reprioritising): number | null {
  if (after === 0) audit(db, 'urgency.changed', 'setting/urgency', { tiers: JSON.stringify(tiers) });
  const studies = db
    .all('SELECT id FROM studies WHERE id > :after ORDER BY id LIMIT :limit', { after, limit })
    .map((row) => Number(row['id']));
  for (const study of studies) {
    const predictions = db.all(
      `SELECT predictions.id, cutoffs, probabilities, cutoff_set FROM predictions JOIN films ON films.id = film
       WHERE study = :study`,
      { study },
    );
    for (const { id, cutoffs, probabilities, cutoff_set: cutoffSet } of predictions) {
      const numbers = new Float32Array(copyOf(probabilities as Buffer));
      const order = JSON.parse(cutoffs as string) as FindingCutoff[];
      const { value, leadingFinding, reason } = priorityOf(numbers, order, tiers);
      const leader = order.findIndex(({ finding }) => finding === leadingFinding);
      db.run(
        `UPDATE predictions SET priority = :value, priority_reason = :reason, leading_finding = :leadingFinding,
           leading_probability = :probability, cutoff_set = :cutoffSet WHERE id = :id`,
        {
          ...{ id: Number(id), value, reason, leadingFinding, probability: numbers[leader] ?? null },
          cutoffSet: nameCutoffSet(cutoffSet as string, tiers),
        },
      );
    }
    refreshStudy(db, study);
  }
  return studies.length < limit ? null : studies.at(-1)!;
}
