/** The window's composition root: builds the controllers and wires what one feature does to another. */
import type { AppInfo } from '#main/contract/api';
import type { UrgencyTiers } from '#main/contract/findings';
import type { HilumApi } from '#main/contract/createApi';
import type { FilmOriginal } from '#main/contract/evaluation';
import type { StudyId } from '#main/contract/ids';
import type { StudyRow } from '#main/contract/study';
import { AttentionController } from '../attention/attentionController.svelte';
import { EngineController } from '../engine/engineController.svelte';
import { StudyController } from '../reading/studyController.svelte';
import { ComparisonController } from '../models/comparisonController.svelte';
import { EvaluationController } from '../models/evaluationController.svelte';
import { ModelsController } from '../models/modelsController.svelte';
import { ReviewController } from '../review/reviewController.svelte';
import { EnginePackController } from '../settings/enginePackController.svelte';
import { SettingsController } from '../settings/settingsController.svelte';
import { WatchController } from '../settings/watchController.svelte';
import { call } from '../shared/call';
import { Notices } from '../shared/notices.svelte';
import { TaskController } from '../tasks/taskController.svelte';
import { TrainingController } from '../training/trainingController.svelte';
import { WorklistController } from '../worklist/worklistController.svelte';

/** Pages beside the worklist and the films. */
export type Page = 'models' | 'training' | 'settings';

export class Workstation {
  info: AppInfo | null = $state.raw(null);
  view: 'worklist' | 'reading' | Page = $state('worklist');
  /** The page that the film at hand was opened from; null = the worklist. */
  cameFrom: Page | null = $state(null);
  helpOpen = $state(false);
  aboutOpen = $state(false);
  tasksOpen = $state(false);

  readonly api: HilumApi;
  readonly notices = new Notices();
  readonly settings: SettingsController;
  readonly tasks: TaskController;
  readonly engine: EngineController;
  readonly worklist: WorklistController;
  readonly study: StudyController;
  readonly attention: AttentionController;
  readonly review: ReviewController;
  readonly models: ModelsController;
  readonly comparison: ComparisonController;
  readonly evaluation: EvaluationController;
  readonly training: TrainingController;
  readonly enginePack: EnginePackController;
  readonly watch: WatchController;

  /** A demonstration model sorts by time and shows no urgency colours. */
  readonly demonstration: boolean = $derived(this.info?.model?.intendedUse === 'demonstration');

  /** The site's; null where no colours are shown. */
  readonly urgency: UrgencyTiers | null = $derived(this.demonstration ? null : (this.info?.urgency ?? null));

  /** Blind reading: the model's numbers wait until the reader is done with the study. */
  readonly hidden: boolean = $derived.by(
    () => this.settings.current.blindReading && this.study.subject?.review.done === false,
  );

  constructor(api: HilumApi) {
    this.api = api;
    this.settings = new SettingsController(api, this.notices);
    this.tasks = new TaskController(api, this.notices);
    this.engine = new EngineController(api, this.notices);
    this.worklist = new WorklistController(api, this.notices);
    this.study = new StudyController(api, this.notices);
    this.attention = new AttentionController(api, this.notices);
    this.review = new ReviewController(api, this.notices);
    this.models = new ModelsController(api, this.notices);
    this.comparison = new ComparisonController(api, this.notices);
    this.evaluation = new EvaluationController(api, this.notices);
    this.training = new TrainingController(api, this.notices);
    this.enginePack = new EnginePackController(api, this.notices);
    this.watch = new WatchController(api, this.notices);
  }

  /** Returns the function that stops everything. */
  start(): () => void {
    const listening = [
      this.tasks,
      this.engine,
      this.worklist,
      this.study,
      this.enginePack,
      this.watch,
      this.models,
      this.comparison,
      this.evaluation,
      this.training,
    ];
    const stops = listening.map((controller) => controller.listen());
    stops.push(this.api.on.modelsChanged(() => void this.#loadInfo()));
    void this.#load();
    return () => {
      for (const stop of stops) stop();
    };
  }

  async acceptIntendedUse(): Promise<void> {
    const accepted = await this.notices.attempt(() => call(this.api.acceptIntendedUse({})));
    if (accepted !== undefined && this.info !== null) this.info = { ...this.info, intendedUseAccepted: true };
  }

  async openStudy(row: StudyRow): Promise<void> {
    await this.#read(row.id, null);
  }

  /** A film that an evaluation shows; it is imported where it is not in the worklist yet. */
  async openOriginal({ path, entry, contentSha256 }: FilmOriginal): Promise<void> {
    const found = await this.notices.attempt(() => call(this.api.findFilm({ path, entry, contentSha256 })));
    if (found === undefined || !(await this.#read(found.studyId, 'models'))) return;
    this.study.activate(found.filmId);
  }

  async #read(studyId: StudyId, cameFrom: Page | null): Promise<boolean> {
    if (!(await this.study.open(studyId))) return false;
    this.review.forget();
    if (this.hidden) void this.attention.choose(null);
    this.cameFrom = cameFrom;
    this.view = 'reading';
    return true;
  }

  async stepStudy(step: 1 | -1): Promise<void> {
    const read = this.study.study?.row.id;
    const row = read === undefined ? undefined : await this.worklist.nextStudy(step, read);
    if (row !== undefined) await this.openStudy(row);
  }

  async markReviewed(reviewed: boolean): Promise<void> {
    const studyId = this.study.study?.row.id;
    if (studyId === undefined) return;
    await this.review.markReviewed(studyId, reviewed);
    await this.study.refresh();
    if (this.hidden) void this.attention.choose(null);
  }

  backToWorklist(): void {
    this.view = 'worklist';
    this.#closeStudy();
    void this.worklist.refresh();
  }

  /** To the page that the film was opened from. */
  leaveReading(): void {
    if (this.cameFrom === null) return this.backToWorklist();
    this.view = this.cameFrom;
    this.#closeStudy();
  }

  #closeStudy(): void {
    this.cameFrom = null;
    this.study.close();
    void this.attention.choose(null);
  }

  openPage(page: Page): void {
    this.view = page;
  }

  showModel(id: string): void {
    this.models.choose(id);
    this.view = 'models';
  }

  /** Back to the film that is being read, else to the worklist. */
  leavePage(): void {
    if (this.study.study !== null) this.view = 'reading';
    else this.backToWorklist();
  }

  async chooseImport(kind: 'folder' | 'files'): Promise<void> {
    await this.notices.attempt(() => call(this.api.chooseImport({ kind })));
  }

  async importSampleFilms(): Promise<void> {
    await this.notices.attempt(() => call(this.api.importSampleFilms({})));
  }

  async importDropped(files: readonly File[]): Promise<void> {
    const paths = files.map((file) => this.api.pathOfFile(file)).filter((path) => path !== '');
    if (paths.length > 0) await this.notices.attempt(() => call(this.api.importPaths({ paths })));
  }

  async changeUrgency(tiers: UrgencyTiers): Promise<void> {
    const urgency = await this.notices.attempt(() => call(this.api.changeUrgency({ tiers })));
    if (urgency !== undefined && this.info !== null) this.info = { ...this.info, urgency };
  }

  async #load(): Promise<void> {
    await this.settings.load();
    await this.#loadInfo();
    const sort = this.settings.current.worklistSort ?? (this.demonstration ? 'time' : 'priority');
    await this.worklist.setQuery({ sort, descending: sort !== 'patient' });
  }

  async #loadInfo(): Promise<void> {
    this.info = (await this.notices.attempt(() => call(this.api.getAppInfo({})))) ?? this.info;
  }
}
