/**
 * Half of the patients choose cut-offs and calibration, the other half tells what they are worth. A patient's half
 * depends on the patient and the seed alone, so that it is the same in every table and every order.
 */
import { partOf, type RankedFilms } from './rankedFilms';

export type Halves = { readonly chosenOn: RankedFilms; readonly reportedOn: RankedFilms };

export function splitHalves(films: RankedFilms, seed: number): Halves {
  const { patientIds, patients } = films.set;
  const half = Uint8Array.from(patientIds, (id) => hash(`${seed} ${id}`) % 2);
  const isSecond = Uint8Array.from(patients, (patient) => half[patient]!);
  return {
    chosenOn: partOf(
      films,
      isSecond.map((second) => 1 - second),
    ),
    reportedOn: partOf(films, isSecond),
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
