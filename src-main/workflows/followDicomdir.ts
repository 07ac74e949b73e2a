/**
 * What a DICOMDIR names and what is not there. What is there is found by walking the folder that it lies in, which
 * needs none of its offsets. Names are compared as media need it: in either case, and with or without a version
 * (`IM1;1`), because every system mounts ISO 9660 in its own way.
 */
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { systemPath } from '#main/channel/systemPath';

export type MissingFile = {
  readonly file: string;
  /** The name leads out of the folder: it was not looked for. */
  readonly isUnsafe: boolean;
};

/** `names`: components with `/` between them, as DecodePool.listArchive gives them for a DICOMDIR. */
export async function* missingFiles(dicomdir: string, names: readonly string[]): AsyncGenerator<MissingFile> {
  const folder = dirname(dicomdir);
  const listings = new Map<string, Promise<ReadonlyMap<string, string>>>();

  function listing(path: string): Promise<ReadonlyMap<string, string>> {
    const known = listings.get(path) ?? readListing(path);
    listings.set(path, known);
    return known;
  }

  for (const name of names) {
    const components = name.split('/');
    const isUnsafe = components.some((component) => component === '' || component === '.' || component === '..');
    if (isUnsafe || !(await isThere(folder, components, listing))) yield { file: join(folder, name), isUnsafe };
  }
}

type Listing = (path: string) => Promise<ReadonlyMap<string, string>>;

async function isThere(folder: string, components: readonly string[], listing: Listing): Promise<boolean> {
  let path = folder;
  for (const component of components) {
    const met = (await listing(path)).get(comparable(component));
    if (met === undefined) return false;
    path = join(path, met);
  }
  return true;
}

/** Of each entry the name that it is compared by → the name that it has. Empty where the folder can't be read. */
async function readListing(path: string): Promise<ReadonlyMap<string, string>> {
  const names = await readdir(systemPath(path)).catch(() => []);
  return new Map(names.map((name) => [comparable(name), name]));
}

function comparable(name: string): string {
  return name.toUpperCase().replace(/\.?;\d+$|\.$/, '');
}
