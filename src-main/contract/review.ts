/** What a reader says of a film, finding by finding. It never changes what the model said. */

export const REVIEW_ANSWERS = ['present', 'absent', 'unsure'] as const;
export type ReviewAnswer = (typeof REVIEW_ANSWERS)[number];

/** `open` takes an answer back. */
export type ReviewChange = ReviewAnswer | 'open';

/** The latest answers of one reader about one film. */
export type FilmReview = {
  readonly reader: string;
  /** By finding; those that were not answered, or taken back, are missing. */
  readonly answers: Readonly<Record<string, ReviewAnswer>>;
  /** When the last of them was given (ISO 8601, UTC); null where there is none. */
  readonly at: string | null;
  /** This reader has said that the film's study is done. */
  readonly done: boolean;
};
