/**
 * The models on disk: what comes with the product (`resources/models/ID`) and what was imported
 * (`HILUM_HOME/models/ID`), each a folder with `card.json` and `model.safetensors`, named like the card's id.
 */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import * as v from 'valibot';
import { ModelCardSchema, type ModelCard } from '#main/contract/card';
import { AppError, cancelled, toErrorBody, type ErrorBody } from '#main/contract/errors';
import { homePaths } from './homeFolder';

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
  /** Throws model/not-found, model/invalid. */
  get(id: string): Promise<ModelCard>;
  /** The model that reads where nobody names one. Never another than the chosen: throws as `get` does. */
  active(): Promise<ModelCard>;
  /** Throws as `get` does; the choice is on disk when this is done. */
  activate(id: string): Promise<void>;
  weightsPath(id: string): string;
  /** Reads the weights through. Throws model/hash-mismatch where they are not those of the card, file/unreadable. */
  verify(id: string, signal?: AbortSignal): Promise<void>;
};

const ACTIVE_AT_FIRST = 'demo';
const ID = /^[a-z0-9][a-z0-9._-]{0,63}$/;

export function createModelRegistry(folders: { readonly home: string; readonly resources: string }): ModelRegistry {
  const builtInFolder = join(folders.resources, 'models');
  const { modelsFolder } = homePaths(folders.home);
  const stateFile = join(modelsFolder, 'active.json');

  /** What comes with the product can not be replaced by a folder of the same name. */
  function folderOf(id: string): string {
    // An id is a name, not a path: it came from a command line.
    if (!ID.test(id)) throw notFound(id);
    const builtIn = join(builtInFolder, id);
    return existsSync(builtIn) ? builtIn : join(modelsFolder, id);
  }

  async function get(id: string): Promise<ModelCard> {
    return readCard(folderOf(id), id);
  }

  async function activeId(): Promise<string> {
    const text = await readFile(stateFile, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (text === null) return ACTIVE_AT_FIRST;
    const state = v.safeParse(v.pipe(v.string(), v.parseJson(), v.object({ active: v.string() })), text);
    if (!state.success)
      throw new AppError('model/invalid', 'The note of the active model can not be read.', { stateFile });
    return state.output.active;
  }

  async function describe(id: string, folder: string, active: string | null): Promise<RegisteredModel> {
    const model = { id, folder, builtIn: folder.startsWith(builtInFolder), active: id === active };
    try {
      if (!ID.test(id)) throw invalid(id, 'the name of its folder can not be an id');
      if (folderOf(id) !== folder) throw invalid(id, 'a model that comes with Hilum has the same id');
      return { ...model, card: await readCard(folder, id), problem: null };
    } catch (error) {
      return { ...model, active: false, card: null, problem: toErrorBody(error) };
    }
  }

  async function list(): Promise<RegisteredModel[]> {
    const active = await activeId().catch(() => null);
    const found: RegisteredModel[] = [];
    for (const parent of [builtInFolder, modelsFolder]) {
      for (const id of await foldersIn(parent)) found.push(await describe(id, join(parent, id), active));
    }
    return found;
  }

  return {
    list,
    get,
    active: async () => get(await activeId()),
    activate: async (id) => {
      await get(id);
      await writeAtomically(stateFile, `${JSON.stringify({ active: id })}\n`);
    },
    weightsPath: (id) => join(folderOf(id), 'model.safetensors'),
    verify: async (id, signal) => verifyWeights(join(folderOf(id), 'model.safetensors'), await get(id), signal),
  };
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
    .filter((entry) => !entry.isFile() && !entry.name.startsWith('.'))
    .map(({ name }) => name)
    .sort();
}

/** Whole or not at all, also over a power cut. */
async function writeAtomically(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}.new`;
  const file = await open(draft, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}

function notFound(id: string): AppError {
  return new AppError('model/not-found', `There is no model named ${id}.`, { model: id });
}

function invalid(id: string, reason: string): AppError {
  return new AppError('model/invalid', `The model ${id} can not be used: ${reason}.`, { model: id });
}
