/** The films that a model was most wrong about: the first thing to look at, and often the label's fault. */
import type { GalleryFilm } from '#main/contract/evaluation';
import type { RankedSample } from './rankedFilms';
import type { ScoredFilms } from './scoredFilms';

const SHOWN = 20;

/** Positives with the lowest, negatives with the highest probabilities; worst first. */
export function errorGallery(
  set: ScoredFilms,
  { scores, labels, films }: RankedSample,
): { readonly falseNegatives: readonly GalleryFilm[]; readonly falsePositives: readonly GalleryFilm[] } {
  function show(place: number): GalleryFilm {
    const { key, view, ageYears, sex } = set.films[films[place]!]!;
    return { film: key, probability: scores[place]!, view, ageYears, sex };
  }
  const placesOf = (label: number): number[] => [...labels.keys()].filter((place) => labels[place] === label);
  return {
    falseNegatives: placesOf(1).toReversed().slice(0, SHOWN).map(show),
    falsePositives: placesOf(0).slice(0, SHOWN).map(show),
  };
}
