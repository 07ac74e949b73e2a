/** What lies in a folder, one entry after the other, so that a million of them need not be read first. */
import { opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { keptBytes, systemPath } from '#main/channel/systemPath';

export type FolderEntry = {
  readonly name: string;
  readonly path: string;
  /** Sockets, pipes and devices are no files, and opening one may never return. */
  readonly kind: 'file' | 'folder' | 'link' | 'other';
};

/** One byte a character: how names come through that are no UTF-8. */
const ENCODING = process.platform === 'win32' ? 'utf8' : 'latin1';

/** `folder` and the names are paths as Hilum keeps them. Throws what the system says. */
export async function* listFolder(folder: string): AsyncGenerator<FolderEntry> {
  for await (const entry of await opendir(systemPath(folder), { encoding: ENCODING, bufferSize: 256 })) {
    const name = ENCODING === 'utf8' ? entry.name : keptBytes(Buffer.from(entry.name, ENCODING));
    const kind = entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : entry.isSymbolicLink() ? 'link' : 'other';
    yield { name, path: join(folder, name), kind };
  }
}
