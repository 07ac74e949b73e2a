/** A reader who is not to know what the model says before the own reading is done. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeDicom } from '#test/helpers/makeDicom';
import { launchWithFilms, type HilumWithFilms } from './launchWithFilms';

const NATIVE = '1.2.840.10008.1.2.1';
const MINUTE = 60_000;

let hilum: HilumWithFilms;

beforeAll(async () => {
  hilum = await launchWithFilms({ 'film.dcm': makeDicom(NATIVE) });
}, 3 * MINUTE);

afterAll(() => hilum.close());

it(
  'hides what the model says, in the order and the choices of the worklist too',
  async () => {
    const { page } = hilum;
    await hilum.openFolder();
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
