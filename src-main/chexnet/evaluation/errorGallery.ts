/** The films that a model was most wrong about: the first thing to look at, and often the label's fault. */
import type { GalleryFilm } from '#main/contract/evaluation';
import { thresholdOf } from './operatingPoint';
import type { RankedSample } from './rankedFilms';
import type { ScoredFilms } from './scoredFilms';

const SHOWN = 20;

/**
 * Missed positives with the lowest, flagged negatives with the highest probabilities; worst first. Where there is no
 * cut-off nothing is flagged: then the least likely positives and the most likely negatives.
 */
export function errorGallery(
  set: ScoredFilms,
  { scores, labels, films }: RankedSample,
  cutoff: number | null,
): { readonly falseNegatives: readonly GalleryFilm[]; readonly falsePositives: readonly GalleryFilm[] } {
  const threshold = thresholdOf(cutoff);
  function show(place: number): GalleryFilm {
    const { key, view, ageYears, sex, original } = set.films[films[place]!]!;
    return { film: key, probability: scores[place]!, view, ageYears, sex, original };
  }
  function wrong(label: number): number[] {
    const places = [...labels.keys()].filter((place) => labels[place] === label);
    return cutoff === null ? places : places.filter((place) => scores[place]! >= threshold !== (label === 1));
  }
  return {
    falseNegatives: wrong(1).toReversed().slice(0, SHOWN).map(show),
    falsePositives: wrong(0).slice(0, SHOWN).map(show),
  };
}
