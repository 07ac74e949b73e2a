/** The pages beside the worklist, and the reader's own word, in the real window. */
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readLabelTable } from '#main/chexnet/dataset/readLabelTable';
import type { HilumApi } from '#main/contract/createApi';
import { PINNED } from '#main/engine/pack/pinnedPack';
import { startPackServer, type PackServer } from '#test/helpers/packServer';
import { writeViewFilms } from '#test/helpers/viewFilms';
import { makeFilms } from '#test/src-main/workflows/makeBench';
import { answerFileDialog, createHome, launchHilum, removeHome, type Hilum } from './launchHilum';
import { seriousFaults } from './seriousFaults';

const ROOT = join(import.meta.dirname, '..', '..');
const FILMS = join(ROOT, 'test', 'fixtures', 'golden', 'films', 'images-256');
const SCREENSHOTS = join(ROOT, 'test-results', 'screenshots');
const MINUTE = 60_000;

let home: string;
let inbox: string;
let server: PackServer;
let hilum: Hilum;

beforeAll(async () => {
  home = await createHome();
  inbox = await mkdtemp(join(tmpdir(), 'hilum-inbox-'));
  server = await startPackServer();
  server.behave({ wheel: new Uint8Array(1000), name: PINNED.wheel.file });
  await launch();
  await hilum.page.getByRole('button', { name: 'Accept and continue' }).click({ timeout: MINUTE });
}, 3 * MINUTE);

afterAll(async () => {
  await hilum.app.close();
  await Promise.all([removeHome(home), rm(inbox, { recursive: true, force: true })]);
});

async function launch(): Promise<void> {
  hilum = await launchHilum(home, [], { PIP_INDEX_URL: server.indexUrl, PIP_CONFIG_FILE: '/dev/null', NO_PROXY: '*' });
}

async function screenshot(name: string): Promise<void> {
  await mkdir(SCREENSHOTS, { recursive: true });
  await hilum.page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
}

describe('the settings', () => {
  it('open by a key and tell what computes the network, and how fast', async () => {
    const { page } = hilum;
    await expect
      .poll(() => page.getByTestId('engine-state').getAttribute('data-state'), { timeout: MINUTE })
      .toBe('ready');
    await page.keyboard.press(',');
    const engine = page.getByRole('region', { name: 'Engine' });
    await engine.getByRole('button', { name: 'Measure all' }).click();
    await expect.poll(() => engine.locator('[data-backend=wasm]').innerText(), { timeout: MINUTE }).toMatch(/\d+ ms/);
    expect(await engine.locator('[data-backend=wasm]').innerText()).toMatch(/makes the numbers/);
    expect(await seriousFaults(page)).toEqual([]);
    await screenshot('5-settings');
  });

  it.runIf(process.platform === PINNED.platform && process.arch === PINNED.arch)(
    'install nothing from a download that ends too early, and say so',
    async () => {
      const { page } = hilum;
      const pack = page.getByRole('region', { name: 'Native TensorFlow' });
      await pack.getByRole('button', { name: 'Install' }).click();
      const notice = page.locator('[data-code="engine/download-failed"]');
      await notice.waitFor({ timeout: MINUTE });
      expect(await page.getByText('The native engine could not be downloaded.').count()).toBe(1);
      expect(server.requests.map(({ path }) => path)).toContain(`/files/${PINNED.wheel.file}`);
      expect(await pack.getByRole('button', { name: 'Install' }).isEnabled()).toBe(true);
      // What went wrong stands below the page and hides nothing of it.
      const told = await notice.boundingBox();
      const view = await page.getByRole('main').boundingBox();
      expect(told?.y).toBeGreaterThanOrEqual((view?.y ?? 0) + (view?.height ?? Infinity));
      await screenshot('5-settings-failed');
      await expect.poll(() => page.getByTestId('engine-state').innerText()).toContain('wasm');
    },
  );

  it(
    'watch a folder: films that come are in the worklist, also after a restart, and none twice',
    async () => {
      await answerFileDialog(hilum.app, [inbox]);
      await hilum.page.getByRole('button', { name: 'Choose folder…' }).click();
      const state = hilum.page.getByTestId('watch-state');
      await expect.poll(() => state.getAttribute('data-state')).toBe('watching');
      await copyFile(join(FILMS, '00000831_001.png'), join(inbox, 'one.png'));
      await expect.poll(() => state.innerText(), { timeout: MINUTE }).toContain('1 film came');
      await hilum.app.close();
      await copyFile(join(FILMS, '00000831_001.png'), join(inbox, 'same.png'));
      await copyFile(join(FILMS, '00001063_000.png'), join(inbox, 'two.png'));
      await launch();
      const rows = hilum.page.getByRole('row').filter({ has: hilum.page.getByRole('gridcell') });
      await expect.poll(() => rows.filter({ hasText: 'Analysed' }).count(), { timeout: MINUTE }).toBe(2);
      expect(await rows.allInnerTexts()).toEqual([
        expect.stringContaining('two.png'),
        expect.stringContaining('one.png'),
      ]);
    },
    3 * MINUTE,
  );
});

describe('a reading', () => {
  it('answers every finding by the keyboard, is done, and is a table for training', async () => {
    const { page } = hilum;
    await page.getByRole('row').filter({ hasText: 'one.png' }).click();
    const review = page.getByTestId('review');
    await review.waitFor();
    const options = page.getByRole('listbox', { name: 'Findings' }).getByRole('option');
    const names = (all: Element[]): string[] => all.map((one) => one.getAttribute('aria-label') ?? '');
    const shown = await options.evaluateAll(names);
    // Whoever has just chosen from a list goes on by keys.
    await page.getByTitle('Windows of the file (W)').selectOption({ index: 1 });
    await page.getByTitle('Windows of the file (W)').focus();
    for (const key of ['y', 'x', 'q']) await page.keyboard.press(key);
    await expect.poll(() => review.getAttribute('data-answered')).toBe('3');
    await page.keyboard.press('Shift+Y');
    await expect.poll(() => review.getAttribute('data-answered')).toBe('14');
    await page.keyboard.press('d');
    await expect.poll(() => review.getAttribute('data-done')).toBe('true');
    expect(await seriousFaults(page)).toEqual([]);
    await screenshot('6-review');
    // The numbers are the model's, whatever the reader says.
    const after = await options.evaluateAll(names);
    expect(after.map((name) => name.replace(/, your answer: \w+$/, ''))).toEqual(shown);
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('row').filter({ hasText: 'Reviewed' }).count()).toBe(1);

    const { stdout } = await promisify(execFile)(
      process.execPath,
      [join(ROOT, 'bin', 'hilum.cjs'), 'reviews', 'export', '-'],
      { env: { ...process.env, HILUM_HOME: home } },
    );
    const table = readLabelTable(stdout);
    expect({ findings: table.findings.length, key: basename(table.rows[0]?.key ?? '') }).toEqual({
      ...{ findings: 14, key: 'one.png' },
    });
    expect([...(table.rows[0]?.labels ?? [])].slice(0, 3)).toEqual([1, 0, -1]);
  });
});

describe('the models', () => {
  it('takes over a model file, and lets it read only after a test on the site’s films', async () => {
    const { app, page } = hilum;
    await page.keyboard.press('Shift+M');
    await answerFileDialog(app, [join(ROOT, 'resources', 'models', 'demo', 'model.safetensors')]);
    await page.getByRole('button', { name: 'Import…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Import a model' });
    await dialog.getByRole('button', { name: 'Choose…' }).click();
    await dialog.getByLabel('Name here').fill('demo');
    await dialog.getByLabel('Whose model').selectOption('chexnet');
    const importing = dialog.getByRole('button', { name: 'Import', exact: true });
    await importing.click();
    // The product's own can not be replaced, and that is said where the person is.
    await expect.poll(() => dialog.innerText()).toContain('There is a model named demo already');
    await dialog.getByLabel('Name here').fill('again');
    await importing.click();
    await expect.poll(() => page.getByTestId('model').getAttribute('data-model'), { timeout: MINUTE }).toBe('again');
    await page.getByRole('button', { name: 'Verify weights' }).click();
    await page.getByRole('button', { name: 'Weights are those of the card' }).waitFor({ timeout: MINUTE });
    await page.getByLabel('Compare with').selectOption('demo');
    expect(await page.getByRole('button', { name: 'Let again read' }).count()).toBe(0);
    const refused = await page.evaluate(async () => {
      const { hilum: door } = window as unknown as { readonly hilum: HilumApi };
      const reply = await door.activateModel({ id: 'again', signature: { by: 'A', reason: 'B' } });
      return reply.ok ? null : reply.error.code;
    });
    expect(refused).toBe('model/not-accepted');
    const beside = page.getByRole('region', { name: 'Beside another model' });
    await answerFileDialog(app, [FILMS]);
    await beside.getByRole('button', { name: 'Choose…' }).first().click();
    await beside.getByRole('button', { name: 'Compare' }).click();
    const facts = beside.getByTestId('comparison');
    await facts.waitFor({ timeout: MINUTE });
    // The same weights: they differ in nothing but that one of them has no cut-offs.
    expect(await facts.getAttribute('data-films')).toBe(String((await readdir(FILMS)).length));
    expect(await facts.innerText()).toContain('again has no cut-offs: it flags nothing.');
    expect(await facts.getByRole('row', { name: 'Effusion' }).first().innerText()).toContain('1.000 (1.000)');
    expect(await seriousFaults(page)).toEqual([]);
    await screenshot('7-models');
  });

  it(
    'tests a model on the site’s films, opens those that it is most wrong about, and reads with what was accepted',
    async () => {
      const { app, page } = hilum;
      const films = join(inbox, '..', `${basename(inbox)}-site`);
      const pictures = join(films, 'pictures');
      await mkdir(films);
      await makeFilms(pictures, 100);
      await writeViewFilms(pictures, films, (place) => (place % 2 === 0 ? 'AP' : 'PA'));
      await rm(pictures, { recursive: true });
      const labels = join(films, 'labels.csv');
      const rows = (await readdir(films)).sort().map((name, index) => `${name},site-${index},${Number(index % 8 < 2)}`);
      await writeFile(labels, ['file,patient,Effusion', ...rows, ''].join('\n'));
      try {
        const section = page.getByRole('region', { name: 'Acceptance on this site’s films' });
        for (const [index, path] of [
          [0, inbox],
          [0, films],
          [1, labels],
        ] as const) {
          await answerFileDialog(app, [path]);
          await section.getByRole('button', { name: 'Choose…' }).nth(index).click();
        }
        // The data that somebody will answer for are called as the folder that was chosen last.
        const dataName = section.getByLabel('Name of the data');
        await expect.poll(() => dataName.inputValue()).toBe(basename(films));
        expect(await section.getByLabel('Cut-offs of their own for AP and PA').isChecked()).toBe(true);
        await section.getByLabel('Budget', { exact: true }).fill('40');
        await section.getByRole('button', { name: 'Test', exact: true }).click();
        const missed = section.getByRole('region', { name: 'Missed, Effusion' });
        const film = missed.getByRole('button').first();
        await film.waitFor({ timeout: 2 * MINUTE });
        await expect
          .poll(() => film.locator('img').evaluate((one: HTMLImageElement) => one.naturalWidth))
          .toBeGreaterThan(200);
        expect(await section.innerText()).toContain('100 films of 100 patients');
        const views = section.getByTestId('accepted-views');
        expect(await views.innerText()).toMatch(/AP: 50 films, 37 normal; cut-offs of its own flag \d/);
        expect(await page.getByRole('row', { name: 'Effusion' }).first().innerText()).toMatch(
          /\(AP 0\.\d+, PA 0\.\d+\)/,
        );
        expect(await seriousFaults(page)).toEqual([]);
        await film.scrollIntoViewIfNeeded();
        await screenshot('7-acceptance');
        await film.click();
        await page.getByTestId('review').waitFor({ timeout: MINUTE });
        await page.keyboard.press('Escape');
        await section.waitFor();

        // Once somebody has signed, a film that comes is read by the cut-offs of its view.
        await section.getByLabel('Name', { exact: true }).fill('Dr Lang');
        await section.getByLabel('Reason').fill('a test');
        await section.getByRole('button', { name: 'Let again read' }).click();
        await page.getByRole('button', { name: 'Back to demo' }).waitFor({ timeout: MINUTE });
        // The film that was read before keeps its numbers, and says whose they are.
        await film.click();
        await expect.poll(() => page.getByTestId('by-another').innerText()).toContain('demo, which does not read');
        await page.keyboard.press('Escape');
        const other = missed.getByRole('button').nth(1);
        const view = /· (AP|PA)|(AP|PA) ·/.exec(await other.innerText())?.[0].replace(/[ ·]/g, '');
        await other.click();
        const receipt = page.getByTestId('receipt');
        await receipt.waitFor({ timeout: MINUTE });
        await receipt.locator('summary').click();
        await expect.poll(() => receipt.innerText()).toContain(`AP and PA apart, on `);
        expect(await receipt.innerText()).toContain(`: those of ${view} films`);
        expect(await page.locator('[data-finding=Effusion]').getAttribute('title')).toContain(` of ${view} films`);
        expect(await seriousFaults(page)).toEqual([]);
        expect(await page.getByText(`scaled to each cut-off of ${view} films`).count()).toBe(1);
        await screenshot('7-cutoffs-of-a-view');
        expect(await page.getByTestId('by-another').count()).toBe(0);
        await page.keyboard.press('Escape');
        await page.getByRole('button', { name: 'Back to demo' }).click();
        await expect
          .poll(() => page.getByRole('button', { name: 'Back to demo' }).count(), { timeout: MINUTE })
          .toBe(0);
      } finally {
        await rm(films, { recursive: true, force: true });
      }
    },
    6 * MINUTE,
  );

  it(
    'evaluates a model, shows the films it was most wrong about, and opens one that is not in the worklist',
    async () => {
      const { app, page } = hilum;
      await page.locator('[data-model=demo]').first().click();
      const names = await readdir(FILMS);
      const labels = join(inbox, 'labels.csv');
      const rows = names.map((name, index) => `${name},site-${index},${Number(index !== 1)}`);
      await writeFile(labels, ['file,patient,Effusion', ...rows, ''].join('\n'));
      const section = page.getByRole('region', { name: 'Evaluation on labelled films' });
      for (const [index, path] of [FILMS, labels].entries()) {
        await answerFileDialog(app, [path]);
        await section.getByRole('button', { name: 'Choose…' }).nth(index).click();
      }
      await section.getByRole('button', { name: 'Evaluate' }).click();
      const missed = section.getByRole('region', { name: 'Missed, Effusion' });
      const film = missed.getByRole('button', { name: names[2]! });
      await film.waitFor({ timeout: MINUTE });
      const picture = film.locator('img');
      await expect.poll(() => picture.evaluate((one: HTMLImageElement) => one.naturalWidth)).toBeGreaterThan(200);
      expect(await seriousFaults(page)).toEqual([]);
      await screenshot('7-evaluation');
      const facts = await section.getByTestId('evaluation').innerText();

      const file = join(inbox, 'report.html');
      await app.evaluate(({ dialog }, filePath) => {
        dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
      }, file);
      await section.getByRole('button', { name: 'Save the whole report…' }).click();
      await expect.poll(() => section.getByRole('status').innerText()).toContain(file);
      expect(await readFile(file, 'utf8')).toContain('data:image/jpeg;base64,/9j/');

      await film.click();
      await page.getByTestId('review').waitFor({ timeout: MINUTE });
      expect(await page.getByRole('application').getAttribute('aria-label')).toContain(names[2]!);
      await page.keyboard.press('Escape');
      await section.waitFor();
      // Known now: nothing is imported twice.
      await film.click();
      await page.getByTestId('review').waitFor();
      await page.keyboard.press('Escape');

      // What was measured is there the next day too.
      await hilum.app.close();
      await launch();
      await hilum.page.getByTestId('engine-state').waitFor({ timeout: MINUTE });
      await hilum.page.keyboard.press('Shift+M');
      const kept = hilum.page.getByTestId('evaluation');
      await kept.waitFor({ timeout: MINUTE });
      expect(await kept.innerText()).toBe(facts);
    },
    4 * MINUTE,
  );
});

describe('the training', () => {
  it(
    'trains two epochs into a model that may not read yet, and pauses, stops and goes on with a longer run',
    async () => {
      const { app, page } = hilum;
      const films = await mkdtemp(join(tmpdir(), 'hilum-training-'));
      const golden = join(ROOT, 'test', 'fixtures', 'golden');
      const names = (await readdir(golden)).filter((name) => name.endsWith('.png'));
      for (const name of names) await copyFile(join(golden, name), join(films, name));
      const rows = names.map((name, index) => `${name},P${index},${index % 2},${Number(index % 3 === 0)}`);
      const table = join(films, 'labels.csv');
      await writeFile(table, ['file,patient_id,Effusion,Mass', ...rows, ''].join('\n'));
      try {
        await page.keyboard.press('Shift+T');
        for (const [index, path] of [films, table].entries()) {
          await answerFileDialog(app, [path]);
          await page.getByRole('button', { name: 'Choose…' }).nth(index).click();
        }
        await page.getByLabel('Begin with').selectOption('');
        await page.getByLabel('Epochs at most').fill('2');
        await page.getByLabel('Name').fill('ours');
        await page.getByRole('button', { name: 'Prepare' }).click();
        const start = page.getByRole('button', { name: 'Start training' });
        await start.waitFor({ timeout: MINUTE });
        const night = page.getByRole('switch', { name: 'Train from 20:00 to 06:00 only' });
        for (const chosen of [true, false]) {
          await night.click();
          await expect.poll(() => night.isChecked()).toBe(chosen);
        }
        expect(await page.getByText(/^About .* on the disk, and .* if all 2 epochs are needed/).count()).toBe(1);
        await start.click();
        const run = page.locator('[data-run=ours]');
        await expect.poll(() => run.getAttribute('data-state'), { timeout: 2 * MINUTE }).toBe('finished');
        expect(await run.innerText()).toContain('2 epochs');
        // A handful of positives say nothing: no curve at 1.000 or 0.000 is drawn of them.
        expect(
          await page.getByText(/^Not measured, with fewer than 10 positive films: Effusion \(\d\), Mass/).count(),
        ).toBe(1);
        expect(await seriousFaults(page)).toEqual([]);
        await screenshot('8-training');
        await page.getByRole('button', { name: 'Its model and card' }).click();
        expect(await page.getByTestId('model').getAttribute('data-model')).toBe('ours');
        await page.getByRole('heading', { name: 'Acceptance on this site’s films' }).waitFor();
        expect(await page.getByRole('button', { name: 'Let ours read' }).count()).toBe(0);

        // One that takes its time: paused, asked about when the window closes, stopped, and gone on with.
        await page.keyboard.press('Shift+T');
        for (const [index, path] of [films, table].entries()) {
          await answerFileDialog(app, [path]);
          await page.getByRole('button', { name: 'Choose…' }).nth(index).click();
        }
        await page.getByLabel('Recipe').selectOption('tail');
        await page.getByLabel('Name').fill('slow');
        await page.getByRole('button', { name: 'Prepare' }).click();
        await start.click({ timeout: MINUTE });
        const state = page.getByTestId('training-state');
        await expect.poll(() => state.innerText(), { timeout: MINUTE }).toMatch(/^Epoch \d+ of/);
        const isAwake = (): Promise<boolean> =>
          app.evaluate(({ powerSaveBlocker }) => [0, 1, 2, 3].some((id) => powerSaveBlocker.isStarted(id)));
        expect(await isAwake()).toBe(true);
        await page.getByRole('button', { name: 'Pause' }).click();
        await expect.poll(() => state.innerText()).toBe('Paused.');
        // While it rests the computer may sleep.
        expect(await isAwake()).toBe(false);
        const asked = await app.evaluate(({ dialog, BrowserWindow }) => {
          const questions: string[] = [];
          dialog.showMessageBoxSync = (...args: readonly unknown[]) => {
            questions.push((args.at(-1) as { readonly message: string }).message);
            return 0;
          };
          BrowserWindow.getAllWindows()[0]?.close();
          return { questions, windows: BrowserWindow.getAllWindows().length };
        });
        expect(asked).toEqual({ questions: ['A model is being trained.'], windows: 1 });
        await page.getByRole('button', { name: 'Stop', exact: true }).click();
        const slow = page.locator('[data-run=slow]');
        await expect.poll(() => slow.getAttribute('data-state'), { timeout: MINUTE }).toBe('stopped');
        await page.getByRole('button', { name: 'Go on', exact: true }).click();
        await expect.poll(() => slow.getAttribute('data-state'), { timeout: 2 * MINUTE }).toBe('finished');
        await page.getByLabel('Compare with run').selectOption('ours');
        await screenshot('8-runs');
      } finally {
        await rm(films, { recursive: true, force: true });
      }
    },
    4 * MINUTE,
  );
});
