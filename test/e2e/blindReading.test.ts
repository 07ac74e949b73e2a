/** A reader who is not to know what the model says before the own reading is done. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeDicom } from '#test/helpers/makeDicom';
import { answerFileDialog, createHome, launchHilum, removeHome, type Hilum } from './launchHilum';

const NATIVE = '1.2.840.10008.1.2.1';
const MINUTE = 60_000;

let home: string;
let films: string;
let hilum: Hilum;

beforeAll(async () => {
  home = await createHome();
  films = await mkdtemp(join(tmpdir(), 'hilum-blind-'));
  await writeFile(join(films, 'film.dcm'), makeDicom(NATIVE));
  hilum = await launchHilum(home);
}, 3 * MINUTE);

afterAll(async () => {
  await hilum.app.close();
  await Promise.all([removeHome(home), rm(films, { recursive: true, force: true })]);
});

it(
  'hides what the model says, in the order and the choices of the worklist too',
  async () => {
    const { app, page } = hilum;
    await page.getByRole('button', { name: 'Accept and continue' }).click({ timeout: MINUTE });
    await answerFileDialog(app, [films]);
    await page.getByRole('button', { name: 'Open folder' }).first().click();
    const film = page.getByRole('row').filter({ hasText: 'Analysed' });
    await film.waitFor({ timeout: MINUTE });
    const worklist = page.getByRole('button', { name: 'Worklist', exact: true });
    const blind = page.getByRole('switch', { name: /^Blind reading/ });
    const byPriority = page.getByRole('columnheader', { name: 'Priority' }).getByRole('button');
    await byPriority.click();
    await page.keyboard.press(',');
    await blind.click();
    await worklist.click();
    await expect.poll(() => page.locator('[aria-sort]').innerText()).toMatch(/^Study/);
    const choices = await page.getByRole('group', { name: 'Show' }).getByRole('button').allInnerTexts();
    expect([await byPriority.count(), choices]).toEqual([0, expect.not.arrayContaining(['Flagged'])]);
    await film.click();
    const findings = page.getByRole('listbox', { name: 'Findings' });
    await findings.waitFor();
    await page.keyboard.press('1');
    expect([await findings.innerText(), await page.getByTestId('attention-overlay').count()]).toEqual([
      expect.not.stringMatching(/0\.\d|flag/),
      0,
    ]);
    await page.keyboard.press(',');
    await blind.click();
    await worklist.click();
    await byPriority.waitFor();
  },
  3 * MINUTE,
);
