/**
 * Where packs lie: HILUM_HOME/engine/VERSION, and `active.json` beside them, which names the one in use. A pack is
 * there once `active.json` says so; a folder of any other name is work that was not finished.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { isProcessAlive } from '#main/channel/processLife';
import { PINNED, type Pinned } from './pinnedPack';

const ActiveSchema = v.object({
  version: v.pipe(v.string(), v.regex(/^[\w.-]+$/)),
  /** Path in the pack's folder. */
  addon: v.optional(v.pipe(v.string(), v.regex(/^(\w+\/)?[\w.]+$/)), PINNED.addon.place),
});

export type InstalledPack = { readonly version: string; readonly folder: string; readonly addon: string };

export function packsFolder(home: string): string {
  return join(home, 'engine');
}

function activeFile(home: string): string {
  return join(packsFolder(home), 'active.json');
}

/** The pack in use; null where there is none, or where it is no longer complete. */
export async function findPack(home: string): Promise<InstalledPack | null> {
  try {
    const { version, addon: place } = v.parse(ActiveSchema, JSON.parse(await readFile(activeFile(home), 'utf8')));
    const folder = join(packsFolder(home), version);
    const addon = join(folder, place);
    return existsSync(addon) ? { version, folder, addon } : null;
  } catch {
    return null;
  }
}

/**
 * Makes the finished folder a pack and the pack the one in use, by renames, each of which happens or does not. What
 * stood in its place is out of the way in no time and removed at the end.
 */
export async function activatePack(
  home: string,
  { version, addon }: Pick<Pinned, 'version' | 'addon'>,
  finished: string,
): Promise<void> {
  const folder = join(packsFolder(home), version);
  const replaced = join(packsFolder(home), `replaced.partial-${process.pid}`);
  if (existsSync(folder)) await rename(folder, replaced);
  await rename(finished, folder);
  const draft = `${activeFile(home)}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify({ version, addon: addon.place })}\n`);
  await rename(draft, activeFile(home));
  await rm(replaced, { recursive: true, force: true });
}

/** The name tells whose it is, so that what a killed process left can be told from what one is working on. */
export async function makeUnfinished(home: string, version: string): Promise<string> {
  const folder = join(packsFolder(home), `${version}.partial-${process.pid}`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  return folder;
}

/** Removes what processes that are gone have left: packs that were not finished or replaced, drafts of `active.json`. */
export async function sweepUnfinished(home: string): Promise<void> {
  const names = existsSync(packsFolder(home)) ? await readdir(packsFolder(home)) : [];
  for (const name of names) {
    const pid = /\.(?:partial-|json\.)(\d+)$/.exec(name)?.[1];
    if (pid === undefined || isProcessAlive(pid)) continue;
    await rm(join(packsFolder(home), name), { recursive: true, force: true });
  }
}

/** Returns whether there was anything. A process that has the libraries loaded keeps them until it ends. */
export async function removePack(home: string): Promise<boolean> {
  const existed = existsSync(packsFolder(home)) && (await readdir(packsFolder(home))).length > 0;
  // First what names it: interrupted here, the rest is only a folder that nobody uses.
  await rm(activeFile(home), { force: true });
  await rm(packsFolder(home), { recursive: true, force: true });
  return existed;
}
