/**
 * The worklist: query, pages of rows fetched as they are scrolled into view, the group that needs a human, and the
 * row that the keyboard stands on. Owns no element.
 */
import type { HilumApi } from '#main/contract/createApi';
import type { StudyId } from '#main/contract/ids';
import type { FailedFile, StudyFilter, StudyPage, StudyQuery, StudyRow, StudySort } from '#main/contract/study';
import { call } from '../shared/call';
import type { Notices } from '../shared/notices.svelte';
import { worklistIndex, worklistLength, worklistSlot, type WorklistCounts, type WorklistSlot } from './worklistLayout';

const PAGE = 200;
/** Pages kept beyond those on the screen; the rest are fetched again when scrolled to. */
const PAGES_KEPT = 12;
/** Studies of the group on top: as many as one call may bring. */
const HUMAN_LIMIT = 1000;
/** An import tells of every film; the list follows a few times a second. */
const REFRESH_AFTER_MS = 300;

type Pages = ReadonlyMap<number, readonly StudyRow[]>;

export class WorklistController {
  search = $state('');
  filter: StudyFilter = $state('all');
  sort: StudySort = $state('time');
  descending = $state(true);
  total = $state(0);
  loaded = $state(false);
  folded = $state(false);
  /** The row that the keyboard stands on. */
  cursor = $state(0);
  failedFiles: readonly FailedFile[] = $state.raw([]);
  /** Of the group on top; more than a page of them are found under their own filters. */
  #human: readonly StudyRow[] = $state.raw([]);
  #pages: Pages = $state.raw(new Map());
  #visible = { first: 0, last: 0 };
  #generation = 0;
  #stale = false;
  #following = false;
  readonly #fetching = new Set<string>();

  readonly shownFiles: readonly FailedFile[] = $derived.by(() => {
    if (this.filter !== 'all' && this.filter !== 'failed') return [];
    const words = this.search.toLowerCase().split(/\s+/).filter(Boolean);
    return this.failedFiles.filter(({ path }) => words.every((word) => path.toLowerCase().includes(word)));
  });
  readonly counts: WorklistCounts = $derived({
    files: this.shownFiles.length,
    humanStudies: this.#human.length,
    studies: this.total,
    folded: this.folded,
  });
  readonly length: number = $derived(worklistLength(this.counts));
  /** Nothing was ever imported, as opposed to nothing found. */
  readonly empty: boolean = $derived(
    this.loaded && this.length === 0 && this.failedFiles.length === 0 && this.search === '' && this.filter === 'all',
  );

  readonly #api: HilumApi;
  readonly #notices: Notices;

  constructor(api: HilumApi, notices: Notices) {
    this.#api = api;
    this.#notices = notices;
  }

  /** Returns the function that stops listening. */
  listen(): () => void {
    return this.#api.on.studiesChanged(() => {
      this.#stale = true;
      if (!this.#following) void this.#follow();
    });
  }

  /** One refresh after the other, never two at once: under a long import each would make the last one void. */
  async #follow(): Promise<void> {
    this.#following = true;
    while (this.#stale) {
      await new Promise((resolve) => setTimeout(resolve, REFRESH_AFTER_MS));
      this.#stale = false;
      await this.refresh();
    }
    this.#following = false;
  }

  slotAt(index: number): WorklistSlot {
    return worklistSlot(index, this.counts);
  }

  #rowOf(studyIndex: number): StudyRow | undefined {
    return this.#pages.get(Math.floor(studyIndex / PAGE))?.[studyIndex % PAGE];
  }

  /** The study of a row of the list; undefined where there is none or its page has not come. */
  studyAt(index: number): StudyRow | undefined {
    const slot = this.slotAt(index);
    if (slot.kind === 'human') return this.#human[slot.index];
    return slot.kind === 'study' ? this.#rowOf(slot.index) : undefined;
  }

  async setQuery(
    changes: Partial<Pick<WorklistController, 'search' | 'filter' | 'sort' | 'descending'>>,
  ): Promise<void> {
    Object.assign(this, changes);
    this.cursor = 0;
    await this.#fetch(undefined);
  }

  /** The same column again turns the order round. Urgency and time begin with the largest, names with A. */
  async sortBy(sort: StudySort): Promise<void> {
    const descending = this.sort === sort ? !this.descending : sort !== 'patient';
    await this.setQuery({ sort, descending });
  }

  /** Fetches all that is on the screen again; the keyboard stays on its study, wherever that has moved. */
  async refresh(): Promise<void> {
    await this.#fetch(this.studyAt(this.cursor)?.id);
  }

  /** Rows stay until the new ones are there. */
  async #fetch(underCursor: StudyId | undefined): Promise<void> {
    const generation = ++this.#generation;
    this.#fetching.clear();
    await this.#notices.attempt(async () => {
      const pages = this.#visiblePages();
      const [files, human, ...answers] = await Promise.all([
        call(this.#api.listFailedFiles({})),
        this.#fetchHuman(),
        ...pages.map((page) => this.#fetchPage(page)),
      ]);
      if (generation !== this.#generation) return;
      this.failedFiles = files;
      this.#human = human;
      this.total = answers[0]?.total ?? 0;
      this.#pages = new Map(pages.map((page, i) => [page, answers[i]?.rows ?? []]));
      this.loaded = true;
      this.#placeCursor(underCursor);
    });
  }

  #placeCursor(study: StudyId | undefined): void {
    const human = this.#human.findIndex(({ id }) => id === study);
    if (human >= 0) this.cursor = worklistIndex({ kind: 'human', index: human }, this.counts);
    for (const [page, rows] of this.#pages) {
      const at = rows.findIndex(({ id }) => id === study);
      if (at >= 0) this.cursor = worklistIndex({ kind: 'study', index: page * PAGE + at }, this.counts);
    }
    this.cursor = Math.max(0, Math.min(this.cursor, this.length - 1));
    // The keyboard starts on something that can be opened.
    if (this.cursor === 0 && this.length > 1 && this.slotAt(0).kind === 'heading') this.cursor = 1;
  }

  /** Rows [first, last) are on the screen: their pages are fetched if they are missing. */
  show(first: number, last: number): void {
    this.#visible = { first, last };
    for (const page of this.#visiblePages()) {
      if (!this.#pages.has(page)) void this.#addPage(page);
    }
  }

  /**
   * Moves the keyboard's row to the study before or after the one that is read, and gives it; undefined at the end.
   * Where that one has left the list (opened under "Unopened", done under "To review"), the next one has its place.
   */
  async nextStudy(step: 1 | -1, read: StudyId): Promise<StudyRow | undefined> {
    const left = (await this.#fetchedAt(this.cursor))?.id !== read;
    const first = left && step === 1 ? this.cursor : this.cursor + step;
    for (let index = first; index >= 0 && index < this.length; index += step) {
      const { kind } = this.slotAt(index);
      if (kind === 'heading' || kind === 'file') continue;
      const row = await this.#fetchedAt(index);
      this.cursor = index;
      return row;
    }
    return undefined;
  }

  async #fetchedAt(index: number): Promise<StudyRow | undefined> {
    const slot = this.slotAt(index);
    if (slot.kind === 'study' && this.studyAt(index) === undefined) await this.#addPage(Math.floor(slot.index / PAGE));
    return this.studyAt(index);
  }

  async dismissFile(id: string): Promise<void> {
    await this.#notices.attempt(() => call(this.#api.dismissFailedFile({ id })));
    await this.refresh();
  }

  #query(page: number): StudyQuery {
    const { search, filter, sort, descending } = this;
    // What needs a human is in the group on top already.
    const status = filter === 'all' ? 'routine' : filter;
    return { search: search.trim(), status, sort, descending, offset: page * PAGE, limit: PAGE };
  }

  #fetchPage(page: number): Promise<StudyPage> {
    return call(this.#api.listStudies(this.#query(page)));
  }

  async #fetchHuman(): Promise<readonly StudyRow[]> {
    if (this.filter !== 'all') return [];
    const query: StudyQuery = { ...this.#query(0), status: 'needs-human', limit: HUMAN_LIMIT };
    return (await call(this.#api.listStudies(query))).rows;
  }

  async #addPage(page: number): Promise<void> {
    const generation = this.#generation;
    const key = `${generation}/${page}`;
    if (this.#fetching.has(key)) return;
    this.#fetching.add(key);
    const answer = await this.#notices.attempt(() => this.#fetchPage(page));
    this.#fetching.delete(key);
    if (answer === undefined || generation !== this.#generation) return;
    const kept = [...this.#pages].slice(-PAGES_KEPT);
    this.#pages = new Map([...kept, [page, answer.rows]]);
  }

  /** With the keyboard's own, which may be elsewhere while a study is read. Never empty: the first tells the total. */
  #visiblePages(): readonly number[] {
    const pages = new Set<number>();
    const { first, last } = this.#visible;
    for (const index of [...Array.from({ length: last - first }, (_, i) => first + i), this.cursor]) {
      const slot = this.slotAt(index);
      if (slot.kind === 'study') pages.add(Math.floor(slot.index / PAGE));
    }
    return pages.size === 0 ? [0] : [...pages];
  }
}
