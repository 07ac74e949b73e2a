import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listArchive, readEntry } from '#main/decoding/process/archive';
import { makeZip, type ZipEntry } from '#test/helpers/makeZip';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hilum-archive-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const film = Buffer.from('a film of some length, a film of some length');
const signal = new AbortController().signal;

let made = 0;
async function archiveOf(entries: readonly ZipEntry[], change: (zip: Buffer) => Buffer = (zip) => zip) {
  const path = join(folder, `${made++}.zip`);
  await writeFile(path, change(makeZip(entries)));
  return path;
}

describe('listArchive', () => {
  it('names the regular files, and not folders, links, dot files and what macOS adds', async () => {
    const path = await archiveOf([
      { name: 'study/', bytes: new Uint8Array() },
      { name: 'study/Größe 1.dcm', bytes: film },
      { name: 'study\\windows.dcm', bytes: film, stored: true },
      { name: 'study/link.dcm', bytes: film, mode: 0o120777 },
      { name: 'study/plain.dcm', bytes: film, mode: 0o100644 },
      { name: 'study/.DS_Store', bytes: film },
      { name: '__MACOSX/study/._plain.dcm', bytes: film },
      { name: 'empty.dcm', bytes: new Uint8Array(), stored: true },
    ]);
    expect(await listArchive(path, signal)).toEqual([
      'study/Größe 1.dcm',
      'study/windows.dcm',
      'study/plain.dcm',
      'empty.dcm',
    ]);
  });

  it.each(['../escaped.dcm', 'study/../../escaped.dcm', '/etc/escaped.dcm', 'C:\\escaped.dcm', '..\\escaped.dcm'])(
    'refuses an entry named %s, and reads the rest of its archive',
    async (name) => {
      const path = await archiveOf([
        { name: 'good.dcm', bytes: film },
        { name, bytes: film },
      ]);
      expect(await listArchive(path, signal)).toEqual(['good.dcm', name.replaceAll('\\', '/')]);
      expect(await readEntry(path, 'good.dcm')).toEqual(film);
      await expect(readEntry(path, name)).rejects.toMatchObject({ code: 'archive/unsafe-path' });
    },
  );

  it('refuses an archive that would unpack to an implausible size', async () => {
    const bomb = { bytes: film, declared: { size: 1_000_000_000 } };
    const path = await archiveOf([
      { name: 'one', ...bomb },
      { name: 'two', ...bomb },
    ]);
    await expect(listArchive(path, signal)).rejects.toMatchObject({ code: 'archive/too-large' });
  });

  it.each([
    ['cut off', (zip: Buffer) => zip.subarray(0, zip.length - 30)],
    ['no archive at all', () => Buffer.from('PK\x03\x04 and then nothing of the kind')],
  ])('fails on an archive that is %s', async (_what, change) => {
    const path = await archiveOf([{ name: 'film.dcm', bytes: film }], change);
    await expect(listArchive(path, signal)).rejects.toMatchObject({ code: 'archive/malformed' });
  });

  it('says so where the archive is not there', async () => {
    await expect(listArchive(join(folder, 'none.zip'), signal)).rejects.toMatchObject({ code: 'file/not-found' });
  });
});

describe('readEntry', () => {
  it.each([true, false])('gives the bytes of an entry (stored: %s)', async (stored) => {
    const path = await archiveOf([
      { name: 'other', bytes: Buffer.from('other'), stored },
      { name: 'film.dcm', bytes: film, stored },
    ]);
    expect(Buffer.from(await readEntry(path, 'film.dcm')).equals(film)).toBe(true);
    await expect(readEntry(path, 'none.dcm')).rejects.toMatchObject({ code: 'file/not-found' });
  });

  it.each([
    ['whose checksum is wrong', { crc: 1 }, 'archive/malformed'],
    ['that inflates to more than it declares', { size: 3 }, 'archive/malformed'],
    ['that inflates to less than it declares', { size: 4000 }, 'archive/malformed'],
    ['that declares two gigabytes', { size: 2 ** 31 }, 'archive/too-large'],
  ])('fails on an entry %s', async (_what, declared, code) => {
    const path = await archiveOf([{ name: 'film.dcm', bytes: film, declared }]);
    await expect(readEntry(path, 'film.dcm')).rejects.toMatchObject({ code });
  });

  const program = Buffer.from('MZ a program that unpacks what lies behind it; PK\x05\x06 is a word of it');
  it.each([
    ['bytes behind it', (zip: Buffer) => Buffer.concat([zip, Buffer.alloc(3000, 7)])],
    ['a program before it', (zip: Buffer) => Buffer.concat([program, zip])],
    ['bytes on both sides', (zip: Buffer) => Buffer.concat([program, zip, Buffer.from('\r\n')])],
  ])('reads an archive with %s', async (_what, change) => {
    const path = await archiveOf([{ name: 'film.dcm', bytes: film }], change);
    expect(await listArchive(path, signal)).toEqual(['film.dcm']);
    expect(Buffer.from(await readEntry(path, 'film.dcm')).equals(film)).toBe(true);
  });

  it.each([
    [9, 'Deflate64'],
    [14, 'LZMA'],
    [77, 'method 77'],
  ])('says that an entry is compressed with method %i: %s', async (method, name) => {
    const path = await archiveOf([{ name: 'film.dcm', bytes: film, declared: { method } }]);
    await expect(readEntry(path, 'film.dcm')).rejects.toMatchObject({
      code: 'archive/malformed',
      message: expect.stringContaining(`${name}, which Hilum does not read: unpack`) as string,
    });
  });

  it('says that an entry is encrypted', async () => {
    const path = await archiveOf([{ name: 'film.dcm', bytes: film, declared: { flags: 1 } }]);
    await expect(readEntry(path, 'film.dcm')).rejects.toMatchObject({
      code: 'archive/malformed',
      message: expect.stringContaining('encrypted') as string,
    });
  });
});
