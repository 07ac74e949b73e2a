/**
 * Half of the patients choose cut-offs and calibration, the other half tells what they are worth. A patient's half
 * depends on the patient and the seed alone, so that it is the same in every table and every order.
 */
import { selectFilms, type ScoredFilms } from './scoredFilms';

export type Halves = { readonly chosenOn: ScoredFilms; readonly reportedOn: ScoredFilms };

export function splitHalves(set: ScoredFilms, seed: number): Halves {
  const isFirst = set.patientIds.map((id) => hash(`${seed} ${id}`) % 2 === 0);
  return {
    chosenOn: selectFilms(set, (film) => isFirst[set.patients[film]!]!),
    reportedOn: selectFilms(set, (film) => !isFirst[set.patients[film]!]!),
  };
}

/** FNV-1a over UTF-16 code units, its bits mixed at the end (MurmurHash3): the lowest of FNV alone is a parity. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
