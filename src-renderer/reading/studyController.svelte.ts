/** The study being read: its films, which one is active, a FilmController for each that hangs. */
import type { HilumApi } from '#main/contract/createApi';
import type { FilmId, StudyId, TaskId } from '#main/contract/ids';
import type { FilmView, StudyView } from '#main/contract/study';
import { call } from '../shared/call';
import type { Notices } from '../shared/notices.svelte';
import { FilmController } from '../viewer/filmController.svelte';
import { firstToRead, hangFilms, isLateral } from './hangFilms';

const REFRESH_AFTER_MS = 200;

export class StudyController {
  study: StudyView | null = $state.raw(null);
  activeId: FilmId | null = $state(null);
  /** Analyses that this window asked for, by film. */
  analyses: ReadonlyMap<FilmId, TaskId> = $state.raw(new Map());
  #controllers: ReadonlyMap<FilmId, FilmController> = $state.raw(new Map());
  #timer: ReturnType<typeof setTimeout> | undefined;
  #opening = 0;

  readonly films: readonly FilmView[] = $derived(this.study?.films ?? []);
  readonly active: FilmView | null = $derived(this.films.find((film) => film.id === this.activeId) ?? null);
  readonly hung: readonly FilmView[] = $derived(hangFilms(this.films, this.activeId));
  /** The film that the findings are of: beside a lateral, which has none, they stay those of its frontal. */
  readonly subject: FilmView | null = $derived.by(() => {
    if (this.active === null || this.active.prediction !== null || !isLateral(this.active)) return this.active;
    return this.hung.find((film) => film.prediction !== null) ?? this.active;
  });

  readonly #api: HilumApi;
  readonly #notices: Notices;

  constructor(api: HilumApi, notices: Notices) {
    this.#api = api;
    this.#notices = notices;
  }

  /** Returns the function that stops listening. */
  listen(): () => void {
    return this.#api.on.studiesChanged(({ studyId }) => {
      if (this.study === null || (studyId !== null && studyId !== this.study.row.id)) return;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.refresh(), REFRESH_AFTER_MS);
    });
  }

  /** True where the study is on the screen now. */
  async open(studyId: StudyId): Promise<boolean> {
    const opening = ++this.#opening;
    const study = await this.#notices.attempt(() => call(this.#api.openStudy({ studyId, again: false })));
    if (study === undefined || opening !== this.#opening) return false;
    this.#drop();
    this.#controllers = new Map(study.films.map((film) => [film.id, new FilmController(this.#api, film)]));
    this.study = study;
    this.activate(firstToRead(study.films)?.id ?? null);
    return true;
  }

  close(): void {
    this.#opening++;
    this.#drop();
    this.study = null;
    this.activeId = null;
  }

  /** What main says of the study now; windows, zoom and the active film stay. */
  async refresh(): Promise<void> {
    const shown = this.study;
    if (shown === null) return;
    const study = await this.#notices.attempt(() => call(this.#api.openStudy({ studyId: shown.row.id, again: true })));
    if (study === undefined || this.study !== shown) return;
    const controllers = new Map(this.#controllers);
    for (const film of study.films) {
      // What a controller knows of its film (header, geometry, grey) never changes.
      if (!controllers.has(film.id)) controllers.set(film.id, new FilmController(this.#api, film));
    }
    this.#controllers = controllers;
    this.study = study;
    if (this.active === null) this.activate(firstToRead(study.films)?.id ?? null);
  }

  activate(filmId: FilmId | null): void {
    this.activeId = filmId;
    for (const film of this.hung) void this.#controllers.get(film.id)?.load();
  }

  /** Step through the films of the study. */
  activateNext(step: 1 | -1): void {
    const at = this.films.findIndex((film) => film.id === this.activeId);
    const next = this.films[(at + step + this.films.length) % this.films.length];
    if (next !== undefined) this.activate(next.id);
  }

  controllerOf(filmId: FilmId | null): FilmController | undefined {
    return filmId === null ? undefined : this.#controllers.get(filmId);
  }

  /** `reason` overrides the refusal that the film has, and is kept with the numbers. */
  async analyse(film: FilmView, reason: string | null): Promise<void> {
    const override = reason === null || film.problem === null ? null : { code: film.problem.code, reason };
    const taskId = await this.#notices.attempt(() => call(this.#api.analyseFilm({ filmId: film.id, override })));
    if (taskId !== undefined) this.analyses = new Map([...this.analyses, [film.id, taskId]]);
  }

  #drop(): void {
    for (const controller of this.#controllers.values()) controller.dispose();
    this.#controllers = new Map();
  }
}
