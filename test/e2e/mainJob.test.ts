/** The main job in the real window, from the first start to the second. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HilumApi } from '#main/contract/createApi';
import type { FilmId } from '#main/contract/ids';
import { makeDicom } from '#test/helpers/makeDicom';
import { answerFileDialog, createHome, helperPids, launchHilum, removeHome, type Hilum } from './launchHilum';
import { seriousFaults } from './seriousFaults';

const ROOT = join(import.meta.dirname, '..', '..');
const SAMPLES = join(ROOT, 'resources', 'samples');
/** Films with PyTorch's numbers; twelve of them are there resized too, enough to keep the engine busy for a while. */
const GOLDEN = join(ROOT, 'test', 'fixtures', 'golden');
const DROPPED = '00000831_001.png';
const SCREENSHOTS = join(ROOT, 'test-results', 'screenshots');
const MINUTE = 60_000;

let home: string;
let hilum: Hilum;

async function screenshot(page: Page, name: string): Promise<void> {
  await mkdir(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
}

function worklistRows(page: Page): Locator {
  return page
    .getByRole('grid')
    .getByRole('row')
    .filter({ has: page.getByRole('gridcell') });
}

/** All studies of a list without failed files; of its rows only those near the screen exist, and fewer until it is laid out. */
async function countStudies(page: Page): Promise<number> {
  const rows = await page.getByRole('grid', { name: 'Worklist' }).getAttribute('aria-rowcount');
  return Number(rows) - 1;
}

async function shownProbabilities(page: Page): Promise<Record<string, string>> {
  const options = page.getByRole('listbox', { name: 'Findings' }).getByRole('option');
  await expect.poll(() => options.count(), { timeout: MINUTE }).toBeGreaterThan(0);
  const pairs = await options.evaluateAll((elements) =>
    elements.map((element) => [element.getAttribute('data-finding'), element.getAttribute('data-probability')]),
  );
  return Object.fromEntries(pairs) as Record<string, string>;
}

async function commandLineProbabilities(file: string): Promise<Record<string, string>> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(ROOT, 'bin', 'hilum.cjs'), 'analyse', file, '--json'],
    { env: { ...process.env, HILUM_HOME: join(home, 'command-line') } },
  );
  const { probabilities } = JSON.parse(stdout) as { probabilities: Record<string, number> };
  return Object.fromEntries(Object.entries(probabilities).map(([name, value]) => [name, value.toFixed(6)]));
}

type GoldenFilm = { readonly film: string; readonly maps: string; readonly probabilities: Record<string, number> };

async function readGolden(film: string): Promise<{ probabilities: Record<string, number>; maps: Float32Array }> {
  const { films } = JSON.parse(await readFile(join(GOLDEN, 'golden.json'), 'utf8')) as { films: GoldenFilm[] };
  const found = films.find((entry) => entry.film === film);
  if (found === undefined) throw new Error(`${film} is no golden film.`);
  const bytes = await readFile(join(GOLDEN, found.maps));
  return { probabilities: found.probabilities, maps: new Float32Array(Uint8Array.from(bytes).buffer) };
}

beforeAll(async () => {
  home = await createHome();
  hilum = await launchHilum(home);
}, 3 * MINUTE);

afterAll(async () => {
  await hilum.app.close();
  await removeHome(home);
});

describe('the main job, in order', () => {
  it('says what it is and is not at the first start, and goes on only when that is accepted', async () => {
    const { page } = hilum;
    const accept = page.getByRole('button', { name: 'Accept and continue' });
    await accept.waitFor({ timeout: MINUTE });
    expect(await page.getByText(/not for diagnosis/i).count()).toBeGreaterThan(0);
    expect(await seriousFaults(page)).toEqual([]);
    await screenshot(page, '1-first-start');
    await accept.click();
    await page.getByRole('heading', { name: 'The worklist is empty' }).waitFor();
  });

  it(
    'imports a folder and lists its studies',
    async () => {
      const { app, page } = hilum;
      const films = (await readdir(SAMPLES)).filter((name) => /\.(png|dcm|jpe?g)$/.test(name));
      await answerFileDialog(app, [SAMPLES]);
      await page.getByRole('button', { name: 'Open folder' }).first().click();
      await expect.poll(() => worklistRows(page).count(), { timeout: 2 * MINUTE }).toBe(films.length);
      expect(await page.getByText(/not for diagnosis/i).count()).toBeGreaterThan(0);
    },
    3 * MINUTE,
  );

  it(
    'shows the numbers of the command line for a film, to the sixth decimal',
    async () => {
      const { page } = hilum;
      const film = (await readdir(SAMPLES)).find((name) => name.endsWith('.png'));
      if (film === undefined) throw new Error('There is no PNG among the sample films.');
      const row = worklistRows(page)
        .filter({ hasText: basename(film, '.png') })
        .first();
      await row.dblclick();
      const shown = await shownProbabilities(page);
      expect(shown).toEqual(await commandLineProbabilities(join(SAMPLES, film)));
      expect(Object.keys(shown)).toHaveLength(14);
    },
    2 * MINUTE,
  );

  it('lays the attention map over the film and takes it away', async () => {
    const { page } = hilum;
    const overlay = page.getByTestId('attention-overlay');
    expect(await overlay.isVisible()).toBe(false);
    const finding = page.getByRole('listbox', { name: 'Findings' }).getByRole('option').nth(1);
    await finding.click();
    await expect.poll(() => overlay.isVisible()).toBe(true);
    await screenshot(page, '3-attention');
    expect(await seriousFaults(page)).toEqual([]);
    await finding.click();
    await expect.poll(() => overlay.isVisible()).toBe(false);
    await screenshot(page, '2-reading');
  });

  it('changes the window by dragging, and resets it', async () => {
    const { page } = hilum;
    const canvas = page.getByTestId('film-canvas').first();
    const before = await canvas.getAttribute('data-window-width');
    const box = await canvas.boundingBox();
    if (box === null) throw new Error('The film is not on the screen.');
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2 + 80, box.y + box.height / 2 + 30, { steps: 8 });
    await page.mouse.up();
    await expect.poll(() => canvas.getAttribute('data-window-width')).not.toBe(before);
    await canvas.focus();
    await page.keyboard.press('r');
    await expect.poll(() => canvas.getAttribute('data-window-width')).toBe(before);
  });

  it('takes a film that is dropped into the window', async () => {
    const { page } = hilum;
    await page.keyboard.press('Escape');
    const before = await countStudies(page);
    const film = join(ROOT, 'test', 'fixtures', 'golden', 'films', 'images-256', DROPPED);
    const devtools = await page.context().newCDPSession(page);
    const data = { items: [], files: [film], dragOperationsMask: 1 };
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      await devtools.send('Input.dispatchDragEvent', { type, x: 600, y: 500, data });
    }
    await expect.poll(() => worklistRows(page).count(), { timeout: MINUTE }).toBe(before + 1);
    expect(await worklistRows(page).filter({ hasText: DROPPED }).count()).toBe(1);
  });

  it("has PyTorch's probabilities and maps for that film", async () => {
    const { page } = hilum;
    await worklistRows(page).filter({ hasText: DROPPED }).first().click();
    const shown = await shownProbabilities(page);
    const golden = await readGolden(`images-256/${DROPPED}`);
    const differences = Object.entries(golden.probabilities).map(([name, value]) =>
      Math.abs(Number(shown[name]) - value),
    );
    expect(differences).toHaveLength(14);
    expect(Math.max(...differences)).toBeLessThan(1e-5);
    const filmId = await page.getByTestId('film-canvas').first().getAttribute('data-film');
    const maps = await page.evaluate(async (id) => {
      const { hilum: door } = window as unknown as { readonly hilum: HilumApi };
      const reply = await door.getAttentionMaps({ filmId: id as FilmId });
      return reply.ok ? [...reply.value] : [];
    }, filmId);
    expect(maps).toHaveLength(golden.maps.length);
    expect(Math.max(...maps.map((value, index) => Math.abs(value - (golden.maps[index] ?? NaN))))).toBeLessThan(1e-4);
  });

  it(
    'restarts an engine that was killed while it worked, says so, and judges the next films',
    async () => {
      const { app, page } = hilum;
      const folder = await mkdtemp(join(tmpdir(), 'hilum-films-'));
      try {
        const films = (await readdir(GOLDEN)).filter((name) => name.endsWith('.png'));
        for (const name of films) await copyFile(join(GOLDEN, name), join(folder, name));
        const known = (await helperPids(app, 'engine'))[0];
        if (known === undefined) throw new Error('No engine process is running.');
        await page.keyboard.press('Escape');
        const before = await countStudies(page);
        await answerFileDialog(app, [folder]);
        await page.getByRole('button', { name: 'Open folder' }).first().click();
        // The first rows are there and the others are on their way: the engine is at work.
        await expect.poll(() => worklistRows(page).count(), { timeout: MINUTE, interval: 20 }).toBeGreaterThan(before);
        process.kill(known, 'SIGKILL');
        await expect
          .poll(() => page.getByText(/engine stopped/i).count(), { timeout: 20_000, interval: 20 })
          .toBeGreaterThan(0);
        await expect.poll(async () => (await helperPids(app, 'engine'))[0], { timeout: MINUTE }).not.toBe(known);
        const state = page.getByTestId('engine-state');
        await expect.poll(() => state.getAttribute('data-state'), { timeout: MINUTE }).toBe('ready');
        // No film was lost by it: each is judged.
        const judged = worklistRows(page).filter({ hasText: 'Analysed' });
        await expect.poll(() => judged.count(), { timeout: 2 * MINUTE }).toBe(before + films.length);
        const last = films.at(-1) ?? '';
        await worklistRows(page)
          .filter({ hasText: basename(last, '.png') })
          .first()
          .dblclick();
        expect(await shownProbabilities(page)).toEqual(await commandLineProbabilities(join(folder, last)));
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
    4 * MINUTE,
  );

  it(
    'has everything again after it was closed and started',
    async () => {
      const { page } = hilum;
      await page.keyboard.press('Escape');
      const before = await countStudies(page);
      await screenshot(page, '4-worklist');
      expect(await seriousFaults(page)).toEqual([]);
      await hilum.app.close();
      hilum = await launchHilum(home);
      await expect.poll(() => worklistRows(hilum.page).count(), { timeout: MINUTE }).toBe(before);
      expect(await hilum.page.getByRole('button', { name: 'Accept and continue' }).count()).toBe(0);
    },
    3 * MINUTE,
  );

  it(
    'tells after a crash which import was not finished, though films that waited were judged since',
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'hilum-films-'));
      try {
        for (let place = 0; place < 150; place++) {
          const own = [0x0008, 0x0018, 'UI', `1.2.3.4.${place}`] as const;
          await writeFile(join(folder, `${place}.dcm`), makeDicom('1.2.840.10008.1.2.1', [own]));
        }
        await answerFileDialog(hilum.app, [folder]);
        await hilum.page.getByRole('button', { name: 'Open folder' }).click();
        const tasks = hilum.page.getByTestId('task-tray');
        await expect.poll(() => tasks.innerText(), { timeout: MINUTE, interval: 20 }).toMatch(/^Import: \d+ of 150/);
        const main = hilum.app.process();
        const ended = once(main, 'exit');
        main.kill('SIGKILL');
        await ended;
        hilum = await launchHilum(home);
        const notice = hilum.page.locator('[data-code="task/abandoned"]');
        await notice.waitFor({ timeout: MINUTE });
        expect(await notice.innerText()).toContain('Import was not finished.');
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
    3 * MINUTE,
  );
});
