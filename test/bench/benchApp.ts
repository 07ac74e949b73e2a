/** The window: from its start to the worklist, from a click to the film, from a new file to its numbers. No peer. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import type { HilumApi } from '#main/contract/createApi';
import { stageApp } from '../../scripts/stage.mjs';
import type { Bench } from './context';
import { treeResidentBytes } from './machine';
import { createFilmMaker } from './makeFilms';
import type { Row } from './table';
import { openDisplay, type Display } from './virtualDisplay';

/** What the preload script gave to the page. */
type HilumWindow = typeof globalThis & { readonly hilum: HilumApi };

/** In the worklist from the beginning; with the imported ones they still fit on the screen, where all rows exist. */
const FILMS = 6;
const STUDIES = '[role="row"][data-study]';

type Samples = { readonly start: number[]; readonly open: number[]; readonly import: number[]; residentBytes: number };

export async function benchApp(bench: Bench): Promise<Row[]> {
  const folder = join(bench.scratch, 'window-films');
  await mkdir(folder, { recursive: true });
  const films = await (await createFilmMaker()).write(folder, 0, FILMS + bench.rounds);
  const display = await openDisplay();
  const launch = await prepareLaunch(display, join(bench.scratch, 'window-home'));
  const samples: Samples = { start: [], open: [], import: [], residentBytes: 0 };
  try {
    await firstStart(launch, films.slice(0, FILMS));
    for (const film of films.slice(FILMS)) {
      bench.say(`window, round ${samples.start.length + 1} of ${bench.rounds}`);
      await measureRound(launch, film, samples);
    }
  } finally {
    display.stop();
  }
  const row = (name: string, samplesMs: readonly number[]): Row => {
    return { name, unit: 'ms', hilum: { samplesMs, residentBytes: samples.residentBytes || null }, peer: null };
  };
  return [
    row('window, start to the filled worklist', samples.start),
    row('window, click on a study to the film on the screen', samples.open),
    row('window, import of a new film to its numbers in the worklist', samples.import),
  ];
}

type Launch = () => Promise<ElectronApplication>;

async function prepareLaunch(display: Display, home: string): Promise<Launch> {
  const { executable, args, sandboxArgs } = await stageApp();
  const env = { ...(process.env as Record<string, string>), ...display.env, HILUM_HOME: home };
  return () => _electron.launch({ executablePath: executable, args: [...args, ...sandboxArgs], env, timeout: 60_000 });
}

/** What happens once in the life of an installation. */
async function firstStart(launch: Launch, films: string[]): Promise<void> {
  const app = await launch();
  try {
    const page = await app.firstWindow();
    await page.getByRole('button', { name: 'Accept and continue' }).click();
    await page.evaluate((paths) => (window as unknown as HilumWindow).hilum.importPaths({ paths }), films);
    await page.waitForFunction(
      ([rows, count]) => document.querySelectorAll(`${rows}[data-status="ok"]`).length === count,
      [STUDIES, films.length] as const,
      { timeout: 120_000 },
    );
  } finally {
    await app.close();
  }
}

async function measureRound(launch: Launch, newFilm: string, samples: Samples): Promise<void> {
  const start = performance.now();
  const app = await launch();
  try {
    const page = await app.firstWindow();
    await page.locator(STUDIES).first().waitFor();
    samples.start.push(performance.now() - start);
    await page.locator('[data-testid="engine-state"][data-state="ready"]').waitFor({ timeout: 60_000 });
    for (let index = 0; index < FILMS; index++) samples.open.push(await measureOpening(page, index));
    samples.import.push(await measureImport(page, newFilm));
    const resident = treeResidentBytes(app.process().pid ?? 0);
    samples.residentBytes = Math.max(samples.residentBytes, resident ?? 0);
  } finally {
    await app.close();
  }
}

/** In the window itself, so that the remote control's own time does not count. */
async function measureOpening(page: Page, index: number): Promise<number> {
  const milliseconds = await page.evaluate(
    async ([rows, at]) => {
      const frame = (): Promise<unknown> => new Promise(requestAnimationFrame);
      const row = document.querySelectorAll<HTMLElement>(rows)[at];
      const begin = performance.now();
      row?.click();
      while (document.querySelector('[data-testid="film-canvas"][data-loaded="true"]') === null) await frame();
      // It is drawn in the frame after its pixels came, and on the screen when the next one begins.
      await frame();
      await frame();
      return performance.now() - begin;
    },
    [STUDIES, index] as const,
  );
  await page.keyboard.press('Escape');
  await page.locator(STUDIES).first().waitFor();
  return milliseconds;
}

async function measureImport(page: Page, path: string): Promise<number> {
  return page.evaluate(
    async ([rows, file]) => {
      const frame = (): Promise<unknown> => new Promise(requestAnimationFrame);
      const known = document.querySelectorAll(`${rows}[data-status="ok"]`).length;
      const begin = performance.now();
      await (window as unknown as HilumWindow).hilum.importPaths({ paths: [file] });
      while (document.querySelectorAll(`${rows}[data-status="ok"]`).length === known) await frame();
      await frame();
      return performance.now() - begin;
    },
    [STUDIES, path] as const,
  );
}
