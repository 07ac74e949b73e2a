/** The films that a model was most wrong about: the first thing to look at, and often the label's fault. */
import type { GalleryFilm } from '#main/contract/evaluation';
import type { RankedSample } from './rankedFilms';
import type { ScoredFilms } from './scoredFilms';

const SHOWN = 20;

/**
 * Missed positives with the lowest, flagged negatives with the highest probabilities; worst first. `flags` by film of
 * the set; null where there is no cut-off: then the least likely positives and the most likely negatives.
 */
export function errorGallery(
  set: ScoredFilms,
  { scores, labels, films }: RankedSample,
  flags: Uint8Array | null,
): { readonly falseNegatives: readonly GalleryFilm[]; readonly falsePositives: readonly GalleryFilm[] } {
  function show(place: number): GalleryFilm {
    const { key, view, ageYears, sex, original } = set.films[films[place]!]!;
    return { film: key, probability: scores[place]!, view, ageYears, sex, original };
  }
  function wrong(label: number): number[] {
    const places = [...labels.keys()].filter((place) => labels[place] === label);
    return flags === null ? places : places.filter((place) => flags[films[place]!] !== label);
  }
  return {
    falseNegatives: wrong(1).toReversed().slice(0, SHOWN).map(show),
    falsePositives: wrong(0).slice(0, SHOWN).map(show),
  };
}
