/** A site says how urgent each finding is: from then on for every film, those that were judged before included. */
import type { UrgencyTiers } from '#main/contract/findings';
import { noteUrgency } from '#main/database/urgencyNote';
import type { Workplace } from './openWorkplace';

/** Studies in one transaction: some milliseconds each. */
const STUDIES_AT_ONCE = 100;

/** The note comes first: where this is cut off, doing it once more brings the rest of the films after it. */
export async function changeUrgency(
  { home, database }: Pick<Workplace, 'home' | 'database'>,
  tiers: UrgencyTiers,
): Promise<void> {
  await noteUrgency(home, tiers);
  let after: number | null = 0;
  while (after !== null) after = await database.reprioritise({ tiers, after, limit: STUDIES_AT_ONCE });
}
