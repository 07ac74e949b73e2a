/** On the real processes: files that grow, vanish, come again, and a watch that starts anew. */
import { appendFile, copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { forkChild } from '#main/channel/forkChild';
import { isCancelled } from '#main/contract/errors';
import { openWorkplace, type Workplace } from '#main/workflows/openWorkplace';
import { watchFolder } from '#main/workflows/watchFolder';
import { ROOT } from '../../../scripts/bundle.mjs';
import { buildProcess } from '#test/helpers/buildProcess';

const FIXTURES = join(ROOT, 'test', 'fixtures');
const NIH = join(FIXTURES, 'golden', 'films', 'images-256', '00000831_001.png');
const HIP = join(FIXTURES, 'dicom', 'other', 'cr_hip_mono2_10bit_RG2_jply51.dcm');
const SETTLE_MS = 400;
const PATIENCE_MS = 6000;

const resources = join(ROOT, 'resources');
let home: string;
let inbox: string;
let workplace: Workplace;

beforeAll(async () => {
  const files = { decode: await buildProcess('decode'), engine: await buildProcess('engine') };
  home = await mkdtemp(join(tmpdir(), 'hilum-watch-'));
  inbox = join(home, 'inbox');
  await mkdir(join(inbox, 'ward'), { recursive: true });
  workplace = await openWorkplace({
    ...{ home, resources, databaseWorkerFile: await buildProcess('database'), actor: 'test', jobs: 1 },
    start: (name) =>
      forkChild(files[name === 'decode' ? name : 'engine'], { ...process.env, HILUM_RESOURCES: resources }),
  });
}, 120_000);
afterAll(async () => {
  await workplace.close();
  await rm(home, { recursive: true, force: true });
});

async function startWatch() {
  const ends: string[] = [];
  const controller = new AbortController();
  const ended = watchFolder(workplace, await workplace.reader(), inbox, {
    signal: controller.signal,
    onFile: ({ found, end }) => ends.push(`${basename(found.file)} ${end}`),
    ...{ settleMs: SETTLE_MS, patienceMs: PATIENCE_MS, scanMs: 60_000 },
  }).catch((error: unknown) => error);
  return {
    ends,
    told: (count: number) => vi.waitFor(() => expect(ends).toHaveLength(count), { timeout: 20_000, interval: 50 }),
    stop: async () => {
      controller.abort();
      expect(isCancelled(await ended)).toBe(true);
    },
  };
}

test('a film is taken once it is complete, and never twice, whatever happens to its file or to the watch', async () => {
  await copyFile(HIP, join(inbox, 'hip.dcm'));
  const first = await startWatch();
  await first.told(1);
  // A slow copy: it grows for longer than a film must not change.
  const bytes = await readFile(NIH);
  const slow = join(inbox, 'ward', 'slow.png');
  const step = Math.ceil(bytes.length / 8);
  await writeFile(slow, '');
  for (let at = 0; at < bytes.length; at += step) {
    await appendFile(slow, bytes.subarray(at, at + step));
    await pause(SETTLE_MS / 4);
  }
  await writeFile(join(inbox, '.partial'), 'not yet');
  await first.told(2);
  await rename(slow, join(home, 'away.png'));
  await pause(2 * SETTLE_MS);
  await rename(join(home, 'away.png'), slow);
  await first.told(3);
  await first.stop();

  const second = await startWatch();
  await second.told(2);
  await second.stop();

  expect([first.ends, second.ends.toSorted()]).toEqual([
    ['hip.dcm refused', 'slow.png ok', 'slow.png known'],
    ['hip.dcm known', 'slow.png known'],
  ]);
  const query = { search: '', status: 'all', sort: 'imported', descending: false, offset: 0, limit: 10 } as const;
  const { rows } = await workplace.database.listStudies(query);
  expect(rows.map(({ status }) => status).sort()).toEqual(['ok', 'refused']);
  expect(await workplace.database.listFailedFiles({})).toEqual([]);
}, 60_000);

test('a writer that pauses leaves no part of a film, and one that gives up leaves what there is', async () => {
  const watching = await startWatch();
  await watching.told(2);
  for (const [name, whole] of [
    ['hip', HIP],
    ['chest', NIH],
  ] as const) {
    const bytes = await readFile(whole);
    const half = Math.ceil(bytes.length / 2);
    for (const fate of ['goes on', 'ends']) await writeFile(join(inbox, `${name} ${fate}`), bytes.subarray(0, half));
    await pause(PATIENCE_MS / 2);
    await appendFile(join(inbox, `${name} goes on`), bytes.subarray(half));
  }
  await watching.told(6);
  await watching.stop();
  expect(watching.ends.slice(2).toSorted()).toEqual([
    'chest ends failed',
    'chest goes on known',
    'hip ends refused',
    'hip goes on known',
  ]);
}, 60_000);

test('a watched folder that goes away ends the watch with a word', async () => {
  const folder = join(home, 'gone');
  await mkdir(folder);
  const watching = watchFolder(workplace, await workplace.reader(), folder, {
    ...{ signal: new AbortController().signal, onFile: () => undefined, settleMs: 50, scanMs: 100 },
  });
  const outcome = expect(watching).rejects.toMatchObject({ code: 'file/not-found' });
  await rm(folder, { recursive: true });
  await outcome;
});
