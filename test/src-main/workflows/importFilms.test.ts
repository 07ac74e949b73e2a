import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { forkChild } from '#main/channel/forkChild';
import type { Child } from '#main/channel/channel';
import { isCancelled } from '#main/contract/errors';
import type { StudyPage } from '#main/contract/study';
import { analyseStoredFilm, analyseWaitingFilms } from '#main/workflows/analyseWaitingFilms';
import type { FilmReader } from '#main/workflows/analyseFilm';
import { importFilms } from '#main/workflows/importFilms';
import { openWorkplace, type Workplace } from '#main/workflows/openWorkplace';
import { showFilm } from '#main/workflows/showFilm';
import type { TaskCounts, TaskReporter } from '#main/workflows/taskList';
import { ROOT } from '../../../scripts/bundle.mjs';
import { buildProcess } from '#test/helpers/buildProcess';
import { makeZip } from '#test/helpers/makeZip';

const FIXTURES = join(ROOT, 'test', 'fixtures');
const NIH = join(FIXTURES, 'golden', 'films', 'images-256');
const FUJI = join(FIXTURES, 'dicom', 'chest', 'cr_pa_mono1_10bit_fuji_440.dcm');
const HIP = join(FIXTURES, 'dicom', 'other', 'cr_hip_mono2_10bit_RG2_jply51.dcm');

const resources = join(ROOT, 'resources');
let files: { decode: string; engine: string };
let databaseWorkerFile: string;
let home: string;
let inbox: string;
let workplace: Workplace;
let reader: FilmReader;
/** Every engine process that was started. */
let engines: Child[];

beforeAll(async () => {
  files = { decode: await buildProcess('decode'), engine: await buildProcess('engine') };
  databaseWorkerFile = await buildProcess('database');
}, 120_000);

async function open(): Promise<void> {
  workplace = await openWorkplace({
    ...{ home, resources, databaseWorkerFile, actor: 'test', jobs: 1 },
    start: (name) => {
      const child = forkChild(files[name === 'decode' ? name : 'engine'], {
        ...process.env,
        HILUM_RESOURCES: resources,
      });
      if (name === 'engine') engines.push(child);
      return child;
    },
  });
  reader = await workplace.reader();
}

beforeEach(async () => {
  engines = [];
  home = await mkdtemp(join(tmpdir(), 'hilum-import-'));
  inbox = join(home, 'inbox');
  await mkdir(inbox);
  await open();
});
afterEach(async () => {
  await workplace.close();
  await rm(home, { recursive: true, force: true });
});

type Counted = TaskReporter & { readonly counts: Record<keyof TaskCounts, number>; readonly totals: (number | null)[] };

function count(onFinished: (done: number) => void = () => undefined, controller = new AbortController()): Counted {
  const counts = { ok: 0, known: 0, refused: 0, failed: 0 };
  const totals: (number | null)[] = [];
  let done = 0;
  return {
    signal: controller.signal,
    total: (units) => void totals.push(units),
    phase: () => undefined,
    done: () => undefined,
    finished: (how) => {
      counts[how]++;
      onFinished(++done);
    },
    counts,
    totals,
  };
}

function worklist(): Promise<StudyPage> {
  const query = { search: '', status: 'all', sort: 'imported', descending: false, offset: 0, limit: 100 } as const;
  return workplace.database.listStudies(query);
}

async function statuses(): Promise<Record<string, number>> {
  const { rows } = await worklist();
  const counts: Record<string, number> = {};
  for (const { status } of rows) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

describe('importFilms', () => {
  it('keeps and judges films, and keeps a word about every file that is none', async () => {
    await copyFile(join(NIH, '00000831_001.png'), join(inbox, 'a.png'));
    await copyFile(HIP, join(inbox, 'hip.dcm'));
    await writeFile(join(inbox, 'notes.txt'), 'no film');
    const reporter = count();
    await importFilms(workplace, reader, [inbox, join(home, 'missing.png')], reporter);
    expect(reporter.counts).toEqual({ ok: 1, known: 0, refused: 1, failed: 2 });
    expect(reporter.totals).toEqual([4]);
    expect(await statuses()).toEqual({ ok: 1, refused: 1 });
    const failed = await workplace.database.listFailedFiles({});
    expect(failed.map(({ error }) => error.code).sort()).toEqual(['file/not-found', 'file/unknown-format']);

    const film = (await worklist()).rows.find(({ status }) => status === 'ok');
    if (film === undefined) throw new Error('a film was judged');
    const view = await workplace.database.getFilm({ filmId: film.firstFilmId });
    expect(view.prediction?.receipt.weightsSha256).toBe(reader.card.weights.sha256);
    expect((await workplace.database.getAttentionMaps({ filmId: film.firstFilmId })).length).toBe(14 * 7 * 7);
    const { contentSha256 } = await workplace.database.getStoredFilm({ filmId: film.firstFilmId });
    expect([
      await workplace.pixels.has(contentSha256),
      existsSync(workplace.pixels.thumbnailPathFor(contentSha256)),
    ]).toEqual([true, true]);
  });

  it('takes the same bytes for one film, whatever they are called and however often they come', async () => {
    await copyFile(FUJI, join(inbox, 'one.dcm'));
    await copyFile(FUJI, join(inbox, 'two.dcm'));
    const first = count();
    await importFilms(workplace, reader, [inbox], first);
    const second = count();
    await importFilms(workplace, reader, [inbox], second);
    expect([first.counts, second.counts, (await worklist()).total]).toEqual([
      { ok: 1, known: 1, refused: 0, failed: 0 },
      { ok: 0, known: 2, refused: 0, failed: 0 },
      1,
    ]);
  });

  it('keeps a copy of a film out of an archive, and finds a vanished original at its new place', async () => {
    const zip = join(inbox, 'night.zip');
    await writeFile(zip, makeZip([{ name: 'films/IM1', bytes: await readFile(FUJI) }]));
    await importFilms(workplace, reader, [zip], count());
    await rm(zip);
    const [study] = (await worklist()).rows;
    if (study === undefined) throw new Error('the film was imported');
    const stored = await workplace.database.getStoredFilm({ filmId: study.firstFilmId });
    expect(stored.origin.kept).toBe('copy');
    expect(await readFile(stored.origin.path)).toEqual(await readFile(FUJI));

    await rename(dirname(stored.origin.path), join(home, 'moved'));
    await copyFile(FUJI, join(inbox, 'again.dcm'));
    const reporter = count();
    await importFilms(workplace, reader, [inbox], reporter);
    expect(reporter.counts.known).toBe(1);
    const found = await workplace.database.getStoredFilm({ filmId: study.firstFilmId });
    expect(found.origin).toEqual({ path: join(inbox, 'again.dcm'), entry: null, kept: 'reference' });
  });

  it.each([
    ['a NUL', 'IM\u00001.dcm'],
    ['more bytes than a file system takes', `${'胸'.repeat(300)}.dcm`],
    ['signs that Windows does not take', 'C:<IM>|1?.dcm'],
  ])('keeps a film whose name in its archive has %s', async (_, name) => {
    const zip = join(inbox, 'night.zip');
    await writeFile(zip, makeZip([{ name: `films/${name}`, bytes: await readFile(FUJI) }]));
    const reporter = count();
    await importFilms(workplace, reader, [zip], reporter);
    expect(reporter.counts).toMatchObject({ ok: 1, failed: 0 });
    const [kept] = await readdir(join(home, 'films'), { recursive: true }).then((files) => files.slice(-1));
    expect(kept).toMatch(/[^<>|?:*]{1,80}\.dcm$/);
  });

  it('survives the death of the engine: every film is judged all the same', async () => {
    for (const name of ['00000831_001.png', '00001063_000.png', '00001582_017.png']) {
      await copyFile(join(NIH, name), join(inbox, name));
    }
    const restarts: string[] = [];
    workplace.engine().onStatus(({ state }) => restarts.push(state));
    await workplace.engine().ready();
    const reporter = count((done) => {
      if (done === 1) engines[0]?.kill();
    });
    await importFilms(workplace, reader, [inbox], reporter);
    expect(reporter.counts).toEqual({ ok: 3, known: 0, refused: 0, failed: 0 });
    expect(await statuses()).toEqual({ ok: 3 });
  });

  it('judges at the next start what was waiting when it was cut off', async () => {
    for (const name of ['00000831_001.png', '00001063_000.png']) await copyFile(join(NIH, name), join(inbox, name));
    const controller = new AbortController();
    // The engine is not there yet when the rows are: cancelled in between, as by a person who quits.
    const timer = setInterval(() => {
      void worklist().then(({ total }) => {
        if (total > 0) controller.abort();
      });
    }, 5);
    const cut = await importFilms(workplace, reader, [inbox], count(undefined, controller)).catch(
      (error: unknown) => error,
    );
    clearInterval(timer);
    expect(isCancelled(cut)).toBe(true);
    expect((await statuses())['waiting']).toBeGreaterThan(0);
    await workplace.close();

    await open();
    await analyseWaitingFilms(workplace, reader, count());
    expect(Object.keys(await statuses())).toEqual(['ok']);
  });
});

describe('a film whose row exists', () => {
  it('is judged against a refusal that a person overrides, and the override is kept', async () => {
    await importFilms(workplace, reader, [HIP], count());
    const [study] = (await worklist()).rows;
    if (study === undefined) throw new Error('the film was imported');
    const stored = await workplace.database.getStoredFilm({ filmId: study.firstFilmId });
    const override = { code: 'film/not-chest', reason: 'The header is wrong.' };
    await expect(
      analyseStoredFilm(workplace, reader, stored, { ...override, code: 'film/lateral' }),
    ).rejects.toMatchObject({
      code: 'usage/invalid',
    });
    expect(await analyseStoredFilm(workplace, reader, stored, override)).toBe('ok');
    expect((await workplace.database.getFilm({ filmId: study.firstFilmId })).prediction?.override).toEqual(override);
  });

  it('is shown from the cache when its original is gone, and says so when that is gone too', async () => {
    const path = join(inbox, 'a.png');
    await copyFile(join(NIH, '00000831_001.png'), path);
    await importFilms(workplace, reader, [path], count());
    const [study] = (await worklist()).rows;
    if (study === undefined) throw new Error('the film was imported');
    const stored = await workplace.database.getStoredFilm({ filmId: study.firstFilmId });
    await rm(workplace.pixels.pathFor(stored.contentSha256));
    await showFilm(workplace, reader, stored);
    expect(await workplace.pixels.has(stored.contentSha256)).toBe(true);
    await rm(path);
    await showFilm(workplace, reader, stored);
    expect((await workplace.database.getFilm({ filmId: study.firstFilmId })).originalPresent).toBe(false);
    await rm(workplace.pixels.pathFor(stored.contentSha256));
    await expect(showFilm(workplace, reader, stored)).rejects.toMatchObject({
      code: 'file/vanished',
      message: `${path} is not there any more.`,
    });
  });
});
