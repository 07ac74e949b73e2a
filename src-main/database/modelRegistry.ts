/**
 * The models on disk, versions side by side: what comes with the product (`resources/models/ID`) and what was imported
 * (`HILUM_HOME/models/ID`), each a folder with `card.json` and `model.safetensors`, named like the card's id.
 */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import * as v from 'valibot';
import type { Acceptance } from '#main/contract/acceptance';
import type { CalibrationNote } from '#main/contract/calibration';
import { ModelCardSchema, type ModelCard } from '#main/contract/card';
import { AppError, cancelled, toErrorBody, type ErrorBody } from '#main/contract/errors';
import type { KeptEvaluation } from '#main/contract/evaluation';
import { applyAcceptance, readAcceptance, removeAcceptance, writeAcceptance } from './acceptanceStore';
import { noteActiveModel, noteBefore, noteRollback, readActiveModel } from './activeModel';
import { applyCalibration, readCalibration, removeCalibration, writeCalibration } from './calibrationStore';
import { readEvaluation, writeEvaluation } from './evaluationStore';
import { homePaths } from './homeFolder';
import { PARTIAL, writeFolder } from './writeDurably';

/** A model as it is found: with a card that holds, or with what is wrong with it. */
export type RegisteredModel = {
  readonly id: string;
  readonly folder: string;
  readonly builtIn: boolean;
  readonly active: boolean;
} & ({ readonly card: ModelCard; readonly problem: null } | { readonly card: null; readonly problem: ErrorBody });

export type ModelRegistry = {
  /** The product's own first, then by id. A broken one is listed with its problem, never hidden. */
  list(): Promise<readonly RegisteredModel[]>;
  /** As this site uses it: with its calibration, and the cut-offs that were accepted here. Throws model/not-found, model/invalid. */
  get(id: string): Promise<ModelCard>;
  /** As it came, without what this site has added. Throws as `get` does. */
  shipped(id: string): Promise<ModelCard>;
  /** In place of the one of before; on disk when this is done. */
  noteCalibration(note: CalibrationNote): Promise<void>;
  /** What was accepted before it counts again. Throws as `get` does, `usage/invalid` where there is none. */
  undoCalibration(id: string): Promise<void>;
  /** The last acceptance test of the model, signed or not; null where there was none. Throws as `get` does. */
  acceptance(id: string): Promise<Acceptance | null>;
  /** In place of the one of before; on disk when this is done. */
  noteAcceptance(acceptance: Acceptance): Promise<void>;
  /** The last evaluation of the model; null where there was none. Throws as `get` does. */
  evaluation(id: string): Promise<KeptEvaluation | null>;
  /** In place of the one of before; on disk when this is done. */
  noteEvaluation(id: string, kept: KeptEvaluation): Promise<void>;
  /** It came with Hilum, as what it is: it needs no test. */
  isBuiltIn(id: string): boolean;
  /** The model that reads where nobody names one. Never another than the chosen: throws as `get` does. */
  active(): Promise<ModelCard>;
  /** Throws as `get` does; the choice is on disk when this is done. Whoever calls has tried the model. */
  activate(id: string): Promise<void>;
  /** The model that was active before this one. Throws as `get` does, also where there was none. */
  previous(): Promise<ModelCard>;
  /** Makes the previous model the active one again. Throws as `previous` does. */
  rollback(): Promise<void>;
  /**
   * A new model, whole or not at all. Throws `usage/invalid` where the card's id is taken or can not be a folder's
   * name, `file/unwritable`.
   */
  add(card: ModelCard, weights: Uint8Array): Promise<void>;
  weightsPath(id: string): string;
  /** Reads the weights through. Throws model/hash-mismatch where they are not those of the card, file/unreadable. */
  verify(id: string, signal?: AbortSignal): Promise<void>;
};

const ID = /^[a-z0-9][a-z0-9._-]{0,63}$/;
export function createModelRegistry(folders: { readonly home: string; readonly resources: string }): ModelRegistry {
  const builtInFolder = join(folders.resources, 'models');
  const { modelsFolder, acceptancesFolder, calibrationsFolder } = homePaths(folders.home);
  const stateFile = join(modelsFolder, 'active.json');

  /** What comes with the product can not be replaced by a folder of the same name. */
  function folderOf(id: string): string {
    // An id is a name, not a path: it came from a command line.
    if (!ID.test(id)) throw notFound(id);
    const builtIn = join(builtInFolder, id);
    return existsSync(builtIn) ? builtIn : join(modelsFolder, id);
  }

  async function get(id: string): Promise<ModelCard> {
    const card = applyCalibration(await readCard(folderOf(id), id), await readCalibration(calibrationsFolder, id));
    return applyAcceptance(card, await readAcceptance(acceptancesFolder, id));
  }

  async function add(card: ModelCard, weights: Uint8Array): Promise<void> {
    checkNewId(card.id);
    if (existsSync(folderOf(card.id))) {
      throw new AppError('usage/invalid', `There is a model named ${card.id} already; every version has its own id.`);
    }
    await writeModel(join(modelsFolder, card.id), card, weights);
  }

  async function describe(id: string, folder: string, active: string | null): Promise<RegisteredModel> {
    const model = { id, folder, builtIn: folder.startsWith(builtInFolder), active: id === active };
    try {
      if (!ID.test(id)) throw invalid(id, 'the name of its folder can not be an id');
      if (folderOf(id) !== folder) throw invalid(id, 'a model that comes with Hilum has the same id');
      return { ...model, card: await get(id), problem: null };
    } catch (error) {
      return { ...model, active: false, card: null, problem: toErrorBody(error) };
    }
  }

  async function list(): Promise<RegisteredModel[]> {
    const note = await readActiveModel(stateFile).catch(() => null);
    const found: RegisteredModel[] = [];
    for (const parent of [builtInFolder, modelsFolder]) {
      for (const id of await foldersIn(parent)) found.push(await describe(id, join(parent, id), note?.active ?? null));
    }
    return found;
  }

  return {
    list,
    get,
    shipped: async (id) => readCard(folderOf(id), id),
    ...siteNotes(folders.home, get),
    isBuiltIn: (id) => folderOf(id).startsWith(builtInFolder),
    active: async () => get((await readActiveModel(stateFile)).active),
    activate: async (id) => {
      await get(id);
      await noteActiveModel(stateFile, id);
    },
    previous: async () => get((await noteBefore(stateFile)).active),
    rollback: async () => {
      await get((await noteBefore(stateFile)).active);
      await noteRollback(stateFile);
    },
    add,
    weightsPath: (id) => join(folderOf(id), 'model.safetensors'),
    verify: async (id, signal) => verifyWeights(join(folderOf(id), 'model.safetensors'), await get(id), signal),
  };
}

type SiteNote =
  'acceptance' | 'noteAcceptance' | 'evaluation' | 'noteEvaluation' | 'noteCalibration' | 'undoCalibration';

/** What this site has found out about its models, beside them. */
function siteNotes(home: string, get: ModelRegistry['get']): Pick<ModelRegistry, SiteNote> {
  const { acceptancesFolder, calibrationsFolder, evaluationsFolder } = homePaths(home);
  return {
    acceptance: async (id) => readAcceptance(acceptancesFolder, (await get(id)).id),
    noteAcceptance: async (acceptance) => writeAcceptance(acceptancesFolder, acceptance),
    evaluation: async (id) => readEvaluation(evaluationsFolder, (await get(id)).id),
    noteEvaluation: async (id, kept) => writeEvaluation(evaluationsFolder, (await get(id)).id, kept),
    noteCalibration: async (note) => writeCalibration(calibrationsFolder, note),
    undoCalibration: async (id) => {
      const note = await readCalibration(calibrationsFolder, (await get(id)).id);
      if (note === null) throw new AppError('usage/invalid', `This site has not calibrated ${id}.`);
      // First what was accepted: where this stops in between, cut-offs without their calibration do not count.
      if (note.acceptanceBefore === null) await removeAcceptance(acceptancesFolder, id);
      else await writeAcceptance(acceptancesFolder, note.acceptanceBefore);
      await removeCalibration(calibrationsFolder, id);
    },
  };
}

function checkNewId(id: string): void {
  if (ID.test(id) && !id.endsWith(PARTIAL)) return;
  throw new AppError('usage/invalid', `${id} can not be an id: small letters, digits, dots and dashes can.`);
}

async function writeModel(folder: string, card: ModelCard, weights: Uint8Array): Promise<void> {
  const files = { [card.weights.file]: weights, 'card.json': `${JSON.stringify(card, null, 1)}\n` };
  try {
    await writeFolder(folder, files);
  } catch (cause) {
    throw new AppError('file/unwritable', 'The model can not be written.', { folder }, cause);
  }
}

async function readCard(folder: string, id: string): Promise<ModelCard> {
  const text = await readFile(join(folder, 'card.json'), 'utf8').catch(() => null);
  if (text === null && !existsSync(folder)) throw notFound(id);
  if (text === null) throw invalid(id, 'there is no card.json');
  const card = v.safeParse(v.pipe(v.string(), v.parseJson(), ModelCardSchema), text);
  if (!card.success) {
    const [issue] = card.issues;
    throw invalid(id, `card.json, ${v.getDotPath(issue) ?? 'as a whole'}: ${issue.message}`);
  }
  if (card.output.id !== id) throw invalid(id, `its card is that of ${card.output.id}`);
  if (!existsSync(join(folder, card.output.weights.file))) throw invalid(id, 'there are no weights beside its card');
  return card.output;
}

async function verifyWeights(file: string, card: ModelCard, signal: AbortSignal | undefined): Promise<void> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(file), hash, signal === undefined ? {} : { signal });
  } catch (error) {
    if (signal?.aborted) throw cancelled();
    throw new AppError('file/unreadable', 'The weights of the model can not be read.', { file }, error);
  }
  const found = hash.digest('hex');
  if (found === card.weights.sha256) return;
  throw new AppError('model/hash-mismatch', 'The weights are not those that the card describes.', {
    model: card.id,
    expected: card.weights.sha256,
    found,
  });
}

async function foldersIn(parent: string): Promise<string[]> {
  const entries = await readdir(parent, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return entries
    .filter(({ name }) => !name.startsWith('.') && !name.endsWith(PARTIAL))
    .filter((entry) => !entry.isFile())
    .map(({ name }) => name)
    .sort();
}

function notFound(id: string): AppError {
  return new AppError('model/not-found', `There is no model named ${id}.`, { model: id });
}

function invalid(id: string, reason: string): AppError {
  return new AppError('model/invalid', `The model ${id} can not be used: ${reason}.`, { model: id });
}
