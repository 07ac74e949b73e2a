import { createHash } from 'node:crypto';
import { appendFile, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { CACHED_BYTES, openFilmStore, type FilmStore, type StoredFile } from '#main/workflows/dataset/filmStore';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hilum-store-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
});

function fileOf(number: number): StoredFile {
  return {
    ...{ path: `/films/${number}.png`, entry: null, bytes: 1, modifiedMs: 1, place: null, refusal: null },
    contentSha256: createHash('sha256').update(String(number)).digest('hex'),
    ...{ fingerprint: '0'.repeat(16), patientId: `Jürgen ${number}`, sex: 'F', ageYears: 40, view: 'PA' },
    ...{ instanceUid: '', studyUid: '', accessionNumber: '' },
  };
}

function pixelsOf(number: number): Uint8Array {
  return new Uint8Array(CACHED_BYTES).fill(number + 1);
}

async function storeFilms(numbers: readonly number[]): Promise<void> {
  const store = await openFilmStore(folder);
  for (const number of numbers) await store.add(fileOf(number), pixelsOf(number));
  await store.close();
}

/** Numbers of the films that the store knows, each with the grey that its pixels have. */
async function heldFilms(store: FilmStore): Promise<[number, number][]> {
  const pixels = await readFile(store.pixelsFile);
  return [0, 1, 2, 3, 4].flatMap((number): [number, number][] => {
    const place = store.find(`/films/${number}.png`, null)?.place;
    return place === undefined || place === null ? [] : [[number, pixels[place * CACHED_BYTES]!]];
  });
}

describe('openFilmStore', () => {
  it('finds again what was stored, by source and by content', async () => {
    await storeFilms([0, 1]);
    await storeFilms([2]);
    const store = await openFilmStore(folder);
    onTestFinished(() => store.close());
    expect(store.isContinued).toBe(true);
    expect(await heldFilms(store)).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
    ]);
    expect(store.findContent(fileOf(2).contentSha256)).toEqual({ ...fileOf(2), place: 2 });
  });

  it('loses the last films alone, whatever byte a power cut ends at, and goes on', async () => {
    await storeFilms([0, 1, 2]);
    const journal = await readFile(join(folder, 'films.jsonl'));
    const pixelsFile = join(folder, (await readdir(folder)).find((name) => name.endsWith('.u8')) ?? '');
    const pixels = await readFile(pixelsFile);
    const ends = [...journal.entries()].filter(([, byte]) => byte === 10).map(([place]) => place + 1);
    const cuts = [0, 1, ends[0]! - 1, ends[0]!, ends[0]! + 20, ends[1]! + 7, ends[2]! - 1, ends[2]!];
    for (const cut of cuts) {
      await writeFile(join(folder, 'films.jsonl'), journal.subarray(0, cut));
      await writeFile(pixelsFile, pixels);
      const store = await openFilmStore(folder);
      const whole = ends.filter((end) => end <= cut).length;
      expect(await heldFilms(store)).toEqual([0, 1, 2].slice(0, whole).map((number) => [number, number + 1]));
      await store.add(fileOf(4), pixelsOf(4));
      await store.close();
      const again = await openFilmStore(folder);
      expect(await heldFilms(again)).toEqual([...[0, 1, 2].slice(0, whole).map((n) => [n, n + 1]), [4, 5]]);
      await again.close();
    }
  });

  it('begins again under another name where pixels are missing: old places can not be taken for new ones', async () => {
    await storeFilms([0, 1]);
    const [before = ''] = (await readdir(folder)).filter((name) => name.endsWith('.u8'));
    await truncate(join(folder, before), CACHED_BYTES + 5);
    const store = await openFilmStore(folder);
    onTestFinished(() => store.close());
    expect(await heldFilms(store)).toEqual([]);
    expect(store.isContinued).toBe(false);
    expect((await readdir(folder)).filter((name) => name.endsWith('.u8'))).not.toEqual([before]);
  });

  it('takes nothing that follows a damaged line', async () => {
    await storeFilms([0]);
    await appendFile(join(folder, 'films.jsonl'), '{"path":"/films/1.png"}\n');
    await storeFilms([2]);
    const store = await openFilmStore(folder);
    onTestFinished(() => store.close());
    expect(await heldFilms(store)).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });
});
