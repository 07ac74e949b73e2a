/** `hilum urgency [set|reset]`: the tiers of the one rule of priority. */
import { AppError } from '#main/contract/errors';
import {
  DEFAULT_URGENCY_TIERS,
  findingLabel,
  NIH_FINDINGS,
  urgencyTier,
  type UrgencyTier,
  type UrgencyTiers,
} from '#main/contract/findings';
import { NOTICE } from '#main/contract/prediction';
import { readUrgency } from '#main/database/urgencyNote';
import { changeUrgency } from '#main/workflows/changeUrgency';
import type { Composition } from '../composition';
import { EXIT, type ExitCode } from '../exitCodes';

export type UrgencyCommandOptions = { readonly json?: boolean };

const TIERS: Readonly<Record<string, UrgencyTier>> = { '1': 1, '2': 2, '3': 3, none: null };

export function showTiers({ terminal, openBench }: Composition, { json }: UrgencyCommandOptions): Promise<ExitCode> {
  const tiers = readUrgency(openBench().home);
  const all = namedFindings(tiers).map((finding) => [finding, urgencyTier(finding, tiers)] as const);
  terminal.print(
    json === true ? `${JSON.stringify({ tiers: Object.fromEntries(all), notice: NOTICE })}\n` : describeTiers(tiers),
  );
  return Promise.resolve(EXIT.done);
}

export async function changeTiers(composition: Composition, changes: readonly string[]): Promise<ExitCode> {
  const place = await composition.openPlace();
  const before = readUrgency(place.home);
  const cards = await Promise.all((await place.models.list()).map(({ id }) => place.models.get(id).catch(() => null)));
  const known = new Set([...namedFindings(before), ...cards.flatMap((card) => card?.findings ?? [])]);
  const wanted = changes.map((change) => parseChange(change, known));
  return apply(composition, place, { ...before, ...Object.fromEntries(wanted) });
}

/** Also where the note of before can not be read. */
export async function resetTiers(composition: Composition): Promise<ExitCode> {
  return apply(composition, await composition.openPlace(), DEFAULT_URGENCY_TIERS);
}

async function apply(
  { terminal }: Composition,
  place: Parameters<typeof changeUrgency>[0],
  tiers: UrgencyTiers,
): Promise<ExitCode> {
  await changeUrgency(place, tiers);
  terminal.print(describeTiers(tiers));
  return EXIT.done;
}

function parseChange(text: string, known: ReadonlySet<string>): readonly [string, UrgencyTier] {
  const [, finding = '', tier = ''] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  const value = TIERS[tier];
  if (value === undefined)
    throw new AppError('usage/invalid', `${text}: it is written as in Mass=2, with 1, 2, 3 or none.`);
  if (!known.has(finding)) throw new AppError('usage/invalid', `${finding} is a finding of no model here.`);
  return [finding, value];
}

function namedFindings(tiers: UrgencyTiers): string[] {
  return [...new Set([...NIH_FINDINGS, ...Object.keys(tiers)])];
}

/** A line for each tier, as the help of `hilum triage` has them. */
export function describeTiers(tiers: UrgencyTiers): string {
  const findingsOf = (wanted: UrgencyTier): string =>
    namedFindings(tiers)
      .filter((finding) => urgencyTier(finding, tiers) === wanted)
      .map(findingLabel)
      .join(', ') || '-';
  return (
    [1, 2, 3].map((tier) => `    tier ${tier}: ${findingsOf(tier as UrgencyTier)}`).join('\n') +
    `\n    raises nothing: ${findingsOf(null)}\n`
  );
}
