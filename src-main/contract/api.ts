/**
 * All that the window can ask of the main process. Channel name = member name; one argument, named fields.
 * Main checks every argument against the schema here, because the renderer is not trusted; both ends derive
 * their types from this table, so a missing or an extra handler does not compile.
 */
import * as v from 'valibot';
import type { ModelCard } from './card';
import type { ModelsComparison } from './comparison';
import type { EnginePackState, EngineStatus } from './engine';
import { UrgencyTiersSchema, type UrgencyTiers } from './findings';
import type { KeptEvaluation } from './evaluation';
import type { FilmId, StudyId, TaskId } from './ids';
import type { ModelList } from './model';
import { REVIEW_ANSWERS, type FilmReview } from './review';
import { RECIPE_NAMES, TRAINING_TASKS, type RecipeName, type RunSummary } from './run';
import { SettingsChangesSchema, type Settings } from './settings';
import { STUDY_FILTERS, type FailedFile, type FilmView, type StudyPage, type StudyView } from './study';
import type { Task } from './task';
import type { TrainingState } from './training';
import type { WatchState } from './watch';

function id<Id extends string>() {
  return v.pipe(
    v.string(),
    v.regex(/^[0-9a-z-]{1,64}$/),
    v.transform((text) => text as Id),
  );
}

const nothing = v.object({});
const studyId = id<StudyId>();
const filmId = id<FilmId>();
const taskId = id<TaskId>();
const modelId = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9._-]{0,63}$/));
const words = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(500));
const path = v.pipe(v.string(), v.minLength(1), v.maxLength(4096));

/** What the window needs before it can show anything. */
export type AppInfo = {
  readonly version: string;
  readonly intendedUseAccepted: boolean;
  readonly model: ModelCard | null;
  readonly urgency: UrgencyTiers;
  readonly sampleFilms: boolean;
  readonly electron: string;
  readonly home: string;
};

export type RecipeEntry = { readonly name: RecipeName; readonly summary: string };

/** The reply's type stands in `api` only as a type: nothing of it exists at run time. */
type Reply<Value> = { readonly __reply?: Value };
function reply<Value>(): Reply<Value> {
  return {};
}

export const API = {
  getAppInfo: { argument: nothing, reply: reply<AppInfo>() },
  acceptIntendedUse: { argument: nothing, reply: reply<null>() },
  listStudies: {
    argument: v.object({
      search: v.pipe(v.string(), v.maxLength(200)),
      status: v.picklist(STUDY_FILTERS),
      sort: v.picklist(['priority', 'time', 'patient', 'imported']),
      descending: v.boolean(),
      offset: v.pipe(v.number(), v.integer(), v.minValue(0)),
      limit: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000)),
    }),
    reply: reply<StudyPage>(),
  },
  listFailedFiles: { argument: nothing, reply: reply<readonly FailedFile[]>() },
  dismissFailedFile: { argument: v.object({ id: id<string>() }), reply: reply<null>() },
  /** Notes that the study was opened. `again`: the window looks once more at what it shows, which is not noted. */
  openStudy: { argument: v.object({ studyId, again: v.boolean() }), reply: reply<StudyView>() },
  /** Sees to it that the film's pixels lie in the cache, then `film://pixels/ID` answers. */
  openFilm: { argument: v.object({ filmId }), reply: reply<FilmView>() },
  /** [n,7,7] float32 of the film's newest prediction. */
  getAttentionMaps: { argument: v.object({ filmId }), reply: reply<Float32Array>() },
  /** A film by its bytes, imported from where it lies if it is not in the worklist yet. */
  findFilm: {
    argument: v.object({
      contentSha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
      path,
      entry: v.nullable(path),
    }),
    reply: reply<{ readonly studyId: StudyId; readonly filmId: FilmId }>(),
  },
  analyseFilm: {
    argument: v.object({
      filmId,
      override: v.nullable(
        v.object({
          code: v.pipe(v.string(), v.maxLength(64)),
          reason: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(500)),
        }),
      ),
    }),
    reply: reply<TaskId>(),
  },
  /** What the reader says of a film, by finding; `open` takes an answer back. All that was ever said is kept. */
  reviewFilm: {
    argument: v.object({
      filmId,
      answers: v.record(v.pipe(v.string(), v.maxLength(64)), v.picklist([...REVIEW_ANSWERS, 'open'])),
    }),
    reply: reply<FilmReview>(),
  },
  markReviewed: { argument: v.object({ studyId, reviewed: v.boolean() }), reply: reply<null>() },
  /** Shows the system's dialog; null where the person cancelled it. */
  chooseImport: { argument: v.object({ kind: v.picklist(['folder', 'files']) }), reply: reply<TaskId | null>() },
  importPaths: {
    argument: v.object({ paths: v.pipe(v.array(path), v.minLength(1), v.maxLength(10_000)) }),
    reply: reply<TaskId>(),
  },
  importSampleFilms: { argument: nothing, reply: reply<TaskId>() },
  listTasks: { argument: nothing, reply: reply<readonly Task[]>() },
  cancelTask: { argument: v.object({ taskId }), reply: reply<null>() },
  /** `measure`: tries and measures every backend first, also those that are not needed. */
  getEngineStatus: { argument: v.object({ measure: v.boolean() }), reply: reply<EngineStatus>() },
  /** Resident memory of the engine's process in bytes. */
  getEngineMemory: { argument: nothing, reply: reply<number>() },
  getEnginePack: { argument: nothing, reply: reply<EnginePackState>() },
  /** `file`: a wheel that is here already, chosen in the system's dialog; null where the person cancelled it. */
  installEnginePack: {
    argument: v.object({ from: v.picklist(['index', 'file']) }),
    reply: reply<TaskId | null>(),
  },
  /** The engine goes on without it. */
  removeEnginePack: { argument: nothing, reply: reply<EnginePackState>() },
  getWatchState: { argument: nothing, reply: reply<WatchState>() },
  /** `choose`: shows the system's dialog; what is chosen there is watched from then on. */
  changeWatching: { argument: v.object({ to: v.picklist(['choose', 'on', 'off']) }), reply: reply<WatchState>() },
  /** A path that the person chose in the system's dialog; null where they cancelled it. */
  choosePath: {
    argument: v.object({ purpose: v.picklist(['films', 'labels', 'model']) }),
    reply: reply<string | null>(),
  },
  listModels: { argument: nothing, reply: reply<ModelList>() },
  /** Reads the weights through: throws model/hash-mismatch where they are not those of the card. */
  verifyModel: { argument: v.object({ id: modelId }), reply: reply<null>() },
  importModel: {
    argument: v.object({ file: path, id: modelId, preset: v.nullable(v.pipe(v.string(), v.maxLength(64))) }),
    reply: reply<ModelList>(),
  },
  /** The acceptance test on the site's own films; what it found is in the list of models when the task is done. */
  commissionModel: {
    argument: v.object({
      id: modelId,
      images: path,
      labels: v.nullable(path),
      budget: v.pipe(v.number(), v.gtValue(0), v.ltValue(1)),
      byView: v.boolean(),
      data: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(200)),
    }),
    reply: reply<TaskId>(),
  },
  /** Two models on the same films; what it found is had with `getComparison` when the task is done. */
  compareModels: {
    argument: v.object({ first: modelId, second: modelId, images: path, labels: v.nullable(path) }),
    reply: reply<TaskId>(),
  },
  /** The last comparison, where it is that task's; null where it is not there (any more). Its `films` are those that differ most. */
  getComparison: { argument: v.object({ taskId }), reply: reply<ModelsComparison | null>() },
  /** What the model is worth on labelled films; the report is there when the task is done. */
  evaluateModel: {
    argument: v.object({
      id: modelId,
      images: path,
      labels: path,
      prevalence: v.nullable(v.pipe(v.number(), v.gtValue(0), v.ltValue(1))),
    }),
    reply: reply<TaskId>(),
  },
  /** The last one of this model; null where there was none. */
  getEvaluation: { argument: v.object({ id: modelId }), reply: reply<KeptEvaluation | null>() },
  /** As a page with its pictures, where the person says in the system's dialog; null where they cancelled it. */
  saveEvaluation: { argument: v.object({ id: modelId }), reply: reply<string | null>() },
  /** `signature`: who answers for the test; null where somebody has signed, or the model came with Hilum. */
  activateModel: {
    argument: v.object({
      id: modelId,
      signature: v.nullable(v.object({ by: words, reason: words })),
    }),
    reply: reply<ModelList>(),
  },
  rollBackModel: { argument: v.object({ confirmed: v.literal(true) }), reply: reply<ModelList>() },
  getTraining: { argument: nothing, reply: reply<TrainingState>() },
  listRuns: { argument: nothing, reply: reply<readonly RunSummary[]>() },
  listRecipes: { argument: nothing, reply: reply<readonly RecipeEntry[]>() },
  /** Reads and divides the films: the plan is in the state when that is done. */
  planRun: {
    argument: v.object({
      images: path,
      labels: path,
      recipe: v.picklist(RECIPE_NAMES),
      task: v.picklist(TRAINING_TASKS),
      /** Null begins with random weights. */
      from: v.nullable(modelId),
      /** Null makes one of recipe and time. */
      id: v.nullable(modelId),
      /** Null: the recipe's. */
      epochs: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000))),
    }),
    reply: reply<TrainingState>(),
  },
  controlRun: {
    argument: v.object({ to: v.picklist(['begin', 'pause', 'continue', 'stop', 'night', 'always']) }),
    reply: reply<TrainingState>(),
  },
  resumeRun: { argument: v.object({ id: modelId }), reply: reply<TrainingState>() },
  getSettings: { argument: nothing, reply: reply<Settings>() },
  /** For every film, those that were judged before included. */
  changeUrgency: { argument: v.object({ tiers: UrgencyTiersSchema }), reply: reply<UrgencyTiers>() },
  updateSettings: { argument: SettingsChangesSchema, reply: reply<Settings>() },
} as const;

export type ApiName = keyof typeof API;
export type ApiArgument<Name extends ApiName> = v.InferOutput<(typeof API)[Name]['argument']>;
export type ApiReply<Name extends ApiName> = (typeof API)[Name]['reply'] extends Reply<infer Value> ? Value : never;
export type ApiHandlers = {
  readonly [Name in ApiName]: (argument: ApiArgument<Name>) => Promise<ApiReply<Name>>;
};
export const API_NAMES = Object.keys(API) as readonly ApiName[];
