/**
 * Whether a command may write where it is told to. Films are originals: a slip of the hand in an option must never
 * cost one. It is asked before anything is computed, and every refusal is `usage/invalid`.
 */
import { constants, type BigIntStats } from 'node:fs';
import { access, open, realpath, stat } from 'node:fs/promises';
import { basename, dirname, extname, resolve, sep } from 'node:path';
import { AppError } from '#main/contract/errors';
import { isJournalLine } from '#main/workflows/triageJournal';
import { TRIAGE_COLUMNS } from '#main/workflows/triageTable';

export type Output = {
  /** As the person gave it: `--out`. */
  readonly option: string;
  readonly file: string;
  /** What the command reads. */
  readonly inputs: readonly string[];
  readonly replaces: Replaceable;
};

/** What may be written over, by its name in a sentence; an empty file always may. */
type Replaceable = {
  readonly name: string;
  readonly is: (file: string) => Promise<boolean>;
  readonly mayBeInput: boolean;
};

const FIRST_LINE_BYTES = 64 * 1024;

/** A table of ours that a shell has named among the films (`*`) costs nobody a film. */
export const TABLE: Replaceable = { name: 'a table of a triage', is: isTable, mayBeInput: true };
export const JOURNAL: Replaceable = { name: 'a journal of a triage', is: isJournal, mayBeInput: true };
export const PICTURE: Replaceable = { name: 'a .png or .pgm', is: isPicture, mayBeInput: false };
export const NOTHING: Replaceable = { name: '', is: () => Promise.resolve(false), mayBeInput: false };

/** What Hilum has written before, told by how it begins. */
export function beginningWith(start: string, name: string): Replaceable {
  return {
    name,
    is: async (file) => (await firstBytes(file, start.length)).toString('latin1') === start,
    mayBeInput: false,
  };
}

/** Throws `usage/invalid` where writing would cost somebody a file, or can't be done. */
export async function checkOutput({ option, file, inputs, replaces }: Output): Promise<void> {
  await checkFolder(option, dirname(resolve(file)));
  const status = await statOrNull(file);
  if (status === null) return;
  if (!status.isFile()) throw refusal(`${option} ${file} is ${status.isDirectory() ? 'a folder' : 'no file'}.`);
  if (!replaces.mayBeInput && (await isAmong(status, inputs))) {
    throw refusal(`${option} would overwrite ${file}, which is to be read.`);
  }
  if (status.size === 0n || (await replaces.is(file))) return;
  const kind = replaces.name === '' ? '' : ` and is not ${replaces.name}`;
  throw refusal(`${option} would overwrite ${file}, which exists${kind}.`);
}

/**
 * `folder` gets files whose names end with one of `endings`. It may be where named films lie, but not in a folder
 * that is read: what is written there would be read as films.
 */
export async function checkOutputFolder(
  option: string,
  folder: string,
  inputs: readonly string[],
  endings: readonly string[],
): Promise<void> {
  const status = await statOrNull(folder);
  if (status !== null && !status.isDirectory()) throw refusal(`${option} ${folder} is not a folder.`);
  const place = await realpath(folder).catch(() => resolve(folder));
  for (const input of inputs) {
    const real = await realpath(input).catch(() => null);
    if (real === null) continue;
    if ((await stat(real)).isDirectory()) {
      if (`${place}${sep}`.startsWith(real.endsWith(sep) ? real : `${real}${sep}`)) {
        throw refusal(`${option} ${folder} lies in ${input}, which is to be read: name a folder outside of it.`);
      }
    } else if (dirname(real) === place && endings.some((ending) => basename(real).endsWith(ending))) {
      throw refusal(`${option} might overwrite ${input}, which is to be read: name another folder.`);
    }
  }
}

async function checkFolder(option: string, folder: string): Promise<void> {
  const status = await statOrNull(folder);
  if (status === null) throw refusal(`${option} can not be written: there is no folder ${folder}.`);
  if (!status.isDirectory()) throw refusal(`${option} can not be written: ${folder} is not a folder.`);
  await access(folder, constants.W_OK).catch(() => {
    throw refusal(`${option} can not be written: nothing may be written to ${folder}.`);
  });
}

/** By device and inode: symbolic links, hard links and another case of the name are the same file. */
async function isAmong({ dev, ino }: BigIntStats, inputs: readonly string[]): Promise<boolean> {
  for (const input of inputs) {
    const status = await statOrNull(input);
    if (status?.dev === dev && status.ino === ino) return true;
  }
  return false;
}

async function statOrNull(path: string): Promise<BigIntStats | null> {
  return stat(path, { bigint: true }).catch(() => null);
}

async function isTable(file: string): Promise<boolean> {
  return (await firstLine(file)) === TRIAGE_COLUMNS.join(',');
}

async function isJournal(file: string): Promise<boolean> {
  return isJournalLine(await firstLine(file));
}

function isPicture(file: string): Promise<boolean> {
  return Promise.resolve(['.png', '.pgm'].includes(extname(file).toLowerCase()));
}

async function firstLine(path: string): Promise<string> {
  return (await firstBytes(path, FIRST_LINE_BYTES)).toString('utf8').split('\n', 1)[0] ?? '';
}

async function firstBytes(path: string, count: number): Promise<Buffer> {
  const file = await open(path, 'r').catch(() => {
    throw refusal(`${path} can not be read.`);
  });
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(count), 0, count, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function refusal(message: string): AppError {
  return new AppError('usage/invalid', message);
}
