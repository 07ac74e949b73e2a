/** What the reader says of films: answers go to main at once; what main keeps is what is shown. */
import type { HilumApi } from '#main/contract/createApi';
import type { FilmId, StudyId } from '#main/contract/ids';
import type { FilmReview, ReviewAnswer, ReviewChange } from '#main/contract/review';
import type { FilmView, FindingScore } from '#main/contract/study';
import { call } from '../shared/call';
import type { Notices } from '../shared/notices.svelte';

export class ReviewController {
  /** The finding that an answer is about, where no attention map is shown. */
  cursor: string | null = $state(null);
  /** Replies that are newer than the study on the screen. */
  #replies: ReadonlyMap<FilmId, FilmReview> = $state.raw(new Map());

  readonly #api: HilumApi;
  readonly #notices: Notices;

  constructor(api: HilumApi, notices: Notices) {
    this.#api = api;
    this.#notices = notices;
  }

  /** Another study is on the screen: what main says of its films is what counts. */
  forget(): void {
    this.cursor = null;
    this.#replies = new Map();
  }

  of(film: FilmView): FilmReview {
    const reply = this.#replies.get(film.id);
    return reply === undefined ? film.review : { ...reply, done: film.review.done };
  }

  async answer(film: FilmView, answers: Readonly<Record<string, ReviewChange>>): Promise<void> {
    const review = await this.#notices.attempt(() => call(this.#api.reviewFilm({ filmId: film.id, answers })));
    if (review !== undefined) this.#replies = new Map([...this.#replies, [film.id, review]]);
  }

  /** Takes over what the model says where the reader has not answered. */
  async agree(film: FilmView): Promise<void> {
    const answers = agreement(film.prediction?.scores ?? [], this.of(film));
    if (Object.keys(answers).length > 0) await this.answer(film, answers);
  }

  async markReviewed(studyId: StudyId, reviewed: boolean): Promise<void> {
    await this.#notices.attempt(() => call(this.#api.markReviewed({ studyId, reviewed })));
  }
}

/** Flagged is present, not flagged is absent; a finding without a cut-off says neither and stays open. */
export function agreement(scores: readonly FindingScore[], { answers }: FilmReview): Record<string, ReviewAnswer> {
  const open = scores.filter(({ finding, cutoff }) => cutoff !== null && answers[finding] === undefined);
  return Object.fromEntries(open.map(({ finding, flagged }) => [finding, flagged ? 'present' : 'absent']));
}
