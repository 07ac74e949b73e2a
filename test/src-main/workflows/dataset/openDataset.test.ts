import { copyFile, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { readLabelTable } from '#main/chexnet/dataset/readLabelTable';
import { forkChild } from '#main/channel/forkChild';
import { isCancelled } from '#main/contract/errors';
import { createDecodePool, type DecodePool } from '#main/decoding/host/decodePool';
import { CACHED_SIDE } from '#main/engine/protocol/trainingProtocol';
import { resizeBilinear } from '#main/imaging/resize/resizeBilinear';
import { cacheFilms, type CachedFilms, type CacheFilmsOptions } from '#main/workflows/dataset/cacheFilms';
import { lockFilmCache, makeRoomForFilms } from '#main/workflows/dataset/filmCacheSpace';
import { CACHED_BYTES } from '#main/workflows/dataset/filmStore';
import { openDataset, type Dataset } from '#main/workflows/dataset/openDataset';
import type { TaskCounts } from '#main/workflows/taskList';
import { ROOT } from '../../../../scripts/bundle.mjs';
import { buildProcess } from '#test/helpers/buildProcess';
import { makeDicom } from '#test/helpers/makeDicom';

const FIXTURES = join(ROOT, 'test/fixtures');
const SMALL = join(FIXTURES, 'golden/films/images-256');
const LARGE = join(FIXTURES, 'golden/films/images-1024/00000493_000.png');
const FUJI = join(FIXTURES, 'dicom/chest/cr_pa_mono1_10bit_fuji_440.dcm');
const HIP = join(FIXTURES, 'dicom/other/cr_hip_mono2_10bit_RG2_jply51.dcm');
const NAMES = ['00000831_001.png', '00001063_000.png', '00001582_017.png'] as const;

let pool: DecodePool;
let home: string;
let films: string;
/** Films that were decoded, in the order of their requests. */
let decoded: string[];

beforeAll(async () => {
  const file = await buildProcess('decode');
  const real = createDecodePool({ start: () => forkChild(file), processes: 1 });
  pool = {
    ...real,
    decode: (request, signal) => {
      decoded.push(request.source.path.replace(/.*\//, ''));
      return real.decode(request, signal);
    },
  };
}, 60_000);
afterAll(() => pool.close());

beforeEach(async () => {
  decoded = [];
  const folder = await mkdtemp(join(tmpdir(), 'hilum-films-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  [home, films] = [join(folder, 'home'), join(folder, 'films')];
  await mkdir(films);
  for (const name of NAMES) await copyFile(join(SMALL, name), join(films, name));
});

type Told = { readonly counts: Record<keyof TaskCounts, number> } & CacheFilmsOptions;

function options(more: Partial<CacheFilmsOptions> = {}, signal = new AbortController().signal): Told {
  const counts = { ok: 0, known: 0, refused: 0, failed: 0 };
  const reporter = {
    ...{ signal, total: () => undefined, phase: () => undefined },
    finished: (how: keyof TaskCounts) => void counts[how]++,
  };
  return {
    ...{ home, decoder: pool, jobs: 1, paths: [films], ageRangeYears: [18, 130], reporter, counts },
    ...more,
  };
}

async function pixelsOf(cached: CachedFilms | Dataset, name: string): Promise<Uint8Array> {
  const place = cached.films.find(({ file }) => file.endsWith(name))?.place;
  if (place === undefined) throw new Error(`${name} is not cached.`);
  return new Uint8Array((await readFile(cached.pixelsFile)).subarray(place * CACHED_BYTES, (place + 1) * CACHED_BYTES));
}

async function greyOf(path: string): Promise<{ grey: Uint8Array; rows: number; columns: number }> {
  const { data, info } = await sharp(path).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
  return { grey: new Uint8Array(data), rows: info.height, columns: info.width };
}

describe('cacheFilms', () => {
  it('keeps films of 256 pixels as they are, and resizes others as Pillow does', async () => {
    await copyFile(LARGE, join(films, 'large.png'));
    const cached = await cacheFilms(options());
    for (const name of NAMES) expect(await pixelsOf(cached, name)).toEqual((await greyOf(join(SMALL, name))).grey);
    const { grey, rows, columns } = await greyOf(LARGE);
    expect(await pixelsOf(cached, 'large.png')).toEqual(resizeBilinear(grey, rows, columns, CACHED_SIDE, CACHED_SIDE));
  });

  it('tells what it may not use, and why', async () => {
    await copyFile(HIP, join(films, 'hip.dcm'));
    await copyFile(FUJI, join(films, 'fuji.dcm'));
    await writeFile(join(films, 'notes.txt'), 'no film');
    const told = options();
    const cached = await cacheFilms(told);
    expect(cached.leftOut.map(({ file, code }) => [file.slice(films.length + 1), code])).toEqual([
      ['hip.dcm', 'film/not-chest'],
      ['notes.txt', 'file/unknown-format'],
    ]);
    expect(told.counts).toEqual({ ok: 4, known: 0, refused: 1, failed: 1 });
    expect(cached.films.map(({ file, view }) => [file.slice(films.length + 1), view])).toEqual([
      ...NAMES.map((name) => [name, '']),
      ['fuji.dcm', 'PA'],
    ]);
  });

  it('decodes nothing twice: not the second time, not a film that was moved, not a copy', async () => {
    const first = await cacheFilms(options());
    expect(decoded).toHaveLength(3);
    await rename(join(films, NAMES[0]), join(films, 'moved.png'));
    await copyFile(join(films, NAMES[1]), join(films, 'copy.png'));
    const told = options();
    const second = await cacheFilms(told);
    expect(decoded).toHaveLength(3);
    expect(second.pixelsFile).toBe(first.pixelsFile);
    expect(await pixelsOf(second, 'moved.png')).toEqual((await greyOf(join(SMALL, NAMES[0]))).grey);
    const places = second.films.map(({ place }) => place);
    expect([places.length, new Set(places).size]).toEqual([4, 3]);
  });

  it('decodes a film anew whose content is another one under the same name', async () => {
    await cacheFilms(options());
    await copyFile(LARGE, join(films, NAMES[0]));
    const cached = await cacheFilms(options());
    expect(decoded.slice(3)).toEqual([NAMES[0]]);
    expect(await pixelsOf(cached, NAMES[0])).not.toEqual((await greyOf(join(SMALL, NAMES[0]))).grey);
  });

  it('keeps what was done when it is cancelled, and goes on from there', async () => {
    const controller = new AbortController();
    const told = options({}, controller.signal);
    const reporter = { ...told.reporter, finished: () => controller.abort() };
    const end = await cacheFilms({ ...told, reporter }).catch((error: unknown) => error);
    expect(isCancelled(end)).toBe(true);
    const before = decoded.length;
    const again = options();
    expect((await cacheFilms(again)).films).toHaveLength(3);
    expect(again.counts.known).toBeGreaterThan(0);
    expect(decoded.length - before).toBe(again.counts.ok);
  });

  it('does not look at files that nobody wants', async () => {
    const cached = await cacheFilms(options({ wants: (file) => file.endsWith(NAMES[1]) }));
    expect([decoded, cached.films.length]).toEqual([[NAMES[1]], 1]);
  });
});

describe('lockFilmCache', () => {
  it('lets one program prepare films at a time, and passes over a lock that a dead one left', async () => {
    const { signal } = new AbortController();
    await mkdir(home, { recursive: true });
    await writeFile(join(home, 'lock'), '2147483646');
    const unlock = await lockFilmCache(home, signal);
    let isSecond = false;
    const second = lockFilmCache(home, signal).then((release) => {
      isSecond = true;
      return release;
    });
    expect(isSecond).toBe(false);
    await unlock();
    await (
      await second
    )();
  });
});

describe('makeRoomForFilms', () => {
  it('removes what was not used for longest, and refuses before the work what can not fit', async () => {
    const other = join(films, '..', 'others');
    await mkdir(other);
    await copyFile(LARGE, join(other, 'large.png'));
    const old = await cacheFilms(options({ paths: [other] }));
    const kept = await cacheFilms(options());
    const folder = join(kept.pixelsFile, '..');
    await makeRoomForFilms(home, folder, 3, { largestBytes: 4 * CACHED_BYTES, reserveBytes: 0 });
    expect(await stat(old.pixelsFile).catch(() => null)).toBeNull();
    expect((await stat(kept.pixelsFile)).size).toBe(3 * CACHED_BYTES);
    await expect(makeRoomForFilms(home, folder, 4, { largestBytes: 1e9, reserveBytes: 1e18 })).rejects.toMatchObject({
      code: 'disk/full',
    });
  });
});

describe('openDataset', () => {
  it('joins films with their rows, and leaves out what the table says of children and laterals', async () => {
    const text = `file,patient_id,age,view,Mass
${NAMES[0]},831,9,PA,1
${NAMES[1]},1063,40,LATERAL,0
${NAMES[2]},1582,40,AP,1
missing.png,7,40,PA,1
`;
    await copyFile(LARGE, join(films, 'unlabelled.png'));
    await copyFile(join(films, NAMES[2]), join(films, 'same.png'));
    const table = readLabelTable(`${text}same.png,1582,40,AP,1\n`);
    const dataset = await openDataset({ ...options(), table });
    expect(dataset.rows.map(({ line, patientId, labels }) => [line, patientId, [...labels]])).toEqual([
      [4, '1582', [1]],
      [6, '1582', [1]],
    ]);
    expect(dataset.leftOut.map(({ file, code }) => [file.slice(films.length + 1), code])).toEqual([
      [NAMES[0], 'film/age-out-of-range'],
      [NAMES[1], 'film/lateral'],
    ]);
    // A film that is left out is there, and a file that nobody named was not looked at.
    const unnamed = dataset.filesWithoutRow.map((file) => file.slice(films.length + 1));
    expect([dataset.linesWithoutFilm, unnamed, dataset.nearPairs]).toEqual([
      [5],
      ['unlabelled.png'],
      [{ one: 0, other: 1 }],
    ]);
    expect(decoded).not.toContain('unlabelled.png');
  });

  it('joins by instance UID, and takes patient, sex, age and view from the header where the table is silent', async () => {
    await writeFile(join(films, 'made.dcm'), makeDicom('1.2.840.10008.1.2.1', [[0x0010, 0x0040, 'CS', 'F']]));
    const table = readLabelTable('instance_uid,sex,Mass\n1.2.3.4,M,1\n1.2.3.5,,0\n');
    const { rows, filesWithoutRow, linesWithoutFilm } = await openDataset({ ...options(), table });
    expect(rows.map(({ patientId, sex, ageYears, view }) => [patientId, sex, ageYears, view])).toEqual([
      ['P1', 'M', 50, 'PA'],
    ]);
    expect([filesWithoutRow.length, linesWithoutFilm]).toEqual([3, [3]]);
  });

  it('has one patient for one number, and tells of two sexes that only headers, or a header and the table, say', async () => {
    const make = (name: string, uid: string, patient: string, sex: string): Promise<void> =>
      writeFile(
        join(films, name),
        makeDicom('1.2.840.10008.1.2.1', [
          [0x0008, 0x0018, 'UI', uid],
          [0x0010, 0x0020, 'LO', patient],
          [0x0010, 0x0040, 'CS', sex],
        ]),
      );
    await make('a.dcm', '1.2.1', '0075', 'F');
    await make('b.dcm', '1.2.2', '75', 'M');
    await make('c.DCM', '1.2.3', '76', 'F');
    await copyFile(join(films, 'c.DCM'), join(films, 'd'));
    const table = readLabelTable(
      'SOPInstanceUID,patient_id,sex,Mass\n1.2.1,,,1\n1.2.2 ,,,0\n1.2.3\0,76,M,0\n1.2.9,77,M,1\n1.2.10,77,F,1\n',
    );
    const { rows, twoSexes, leftOut } = await openDataset({ ...options(), table });
    expect(rows.map(({ patientId }) => patientId)).toEqual(['0075', '0075', '76']);
    expect(leftOut.map(({ file, code }) => [file, code])).toEqual([[join(films, 'd'), 'film/duplicate']]);
    expect(twoSexes).toEqual({
      code: 'patient-sexes',
      lines: [3, 4],
      message:
        'Patients have films of both sexes: check that they are not two people under one number: 0075 and 76 (in lines 3 and 4).',
    });
    expect(table.warnings.filter(({ code }) => code === 'patient-sexes').map(({ lines }) => lines)).toEqual([[6]]);
  });

  it('hashes the data by content and labels, wherever it lies', async () => {
    const table = readLabelTable(`file,Mass\n${NAMES[0]},1\n${NAMES[1]},0\n`);
    const here = await openDataset({ ...options(), table });
    const moved = join(films, '..', 'elsewhere');
    await rename(films, moved);
    const there = await openDataset({ ...options({ paths: [moved] }), table });
    expect(there.contentSha256).toBe(here.contentSha256);
    const other = readLabelTable(`file,Mass\n${NAMES[0]},1\n${NAMES[1]},1\n`);
    const changed = await openDataset({ ...options({ paths: [moved] }), table: other });
    expect(changed.contentSha256).not.toBe(here.contentSha256);
  });

  it('says what is not there, and how the names of films and rows differ', async () => {
    const table = readLabelTable('file,Mass\nother/scan-1.png,1\n');
    const nowhere = join(films, 'nowhere');
    await expect(openDataset({ ...options({ paths: [nowhere] }), table })).rejects.toMatchObject({
      code: 'file/not-found',
      message: `There is no file or folder ${nowhere}.`,
    });
    await expect(openDataset({ ...options(), table })).rejects.toMatchObject({
      code: 'label/no-match',
      message: expect.stringMatching(/says "other\/scan-1\.png" \(line 2\), a film has ".*00\d+_\d+\.png"/) as string,
    });
  });

  it('says why no film is left', async () => {
    await rm(films, { recursive: true });
    await mkdir(films);
    await copyFile(HIP, join(films, 'hip.dcm'));
    const table = readLabelTable('file,Mass\nhip.dcm,1\n');
    await expect(openDataset({ ...options(), table })).rejects.toMatchObject({
      code: 'label/no-match',
      message: expect.stringMatching(/hip\.dcm: /) as string,
    });
  });
});
