/** The smallest window that Hilum allows: nothing lies over anything else, and nothing is out of reach. */
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeDicom } from '#test/helpers/makeDicom';
import { answerFileDialog } from './launchHilum';
import { launchWithFilms, type HilumWithFilms } from './launchWithFilms';

const NATIVE = '1.2.840.10008.1.2.1';
const LONG_NAME = 'Featherstonehaugh-Cholmondeley-Wolfeschlegelsteinhausen^Maximili';
const MINUTE = 60_000;

let hilum: HilumWithFilms;

beforeAll(async () => {
  hilum = await launchWithFilms({
    'film.dcm': makeDicom(NATIVE, [[0x0010, 0x0010, 'PN', LONG_NAME]]),
    'child.dcm': makeDicom(NATIVE, [[0x0010, 0x1010, 'AS', '004Y'], ...otherStudy()]),
    'notes.txt': 'no film',
  });
  await hilum.page.setViewportSize({ width: 1024, height: 640 });
}, 3 * MINUTE);

afterAll(() => hilum.close());

function otherStudy(): readonly (readonly [number, number, string, string])[] {
  return [
    [0x0008, 0x0018, 'UI', '1.2.3.5'],
    [0x0020, 0x000d, 'UI', '1.2.5'],
  ];
}

type Box = { readonly x: number; readonly width: number };

async function boxes(elements: Locator): Promise<Box[]> {
  const all = await Promise.all((await elements.all()).map((element) => element.boundingBox()));
  return all.filter((box) => box !== null).toSorted((one, other) => one.x - other.x);
}

/** Places where one of a row begins before the one to its left ends. */
function overlaps(row: readonly Box[]): number {
  return row.filter(({ x }, at) => at > 0 && x < row[at - 1]!.x + row[at - 1]!.width - 0.5).length;
}

it(
  'shows every filter, a whole status bar and whose film it is beside a long name',
  async () => {
    const { page } = hilum;
    await hilum.openFolder();
    const summary = page.getByTestId('task-tray').getByRole('button');
    await expect
      .poll(() => summary.innerText(), { timeout: MINUTE })
      .toBe('Import done: 1 imported, 1 refused, 1 failed');

    const film = page.getByRole('row').filter({ hasText: 'Featherstonehaugh' });
    await film.waitFor();
    const filters = await boxes(page.getByRole('group', { name: 'Show' }).getByRole('button'));
    expect(filters).toHaveLength(9);
    expect(Math.max(...filters.map(({ x, width }) => x + width))).toBeLessThan(1024);
    expect(overlaps(await boxes(page.locator('.toolbar > :not(.filters):visible')))).toBe(0);
    // A head sorts wherever it is clicked, and the arrows are the list's again.
    await page.getByRole('columnheader', { name: 'Patient' }).click();
    await expect.poll(() => page.locator('[aria-sort=ascending]').innerText()).toMatch(/^Patient/);
    await page.keyboard.press('Home');
    const top = await page.getByRole('grid').getAttribute('aria-activedescendant');
    await page.keyboard.press('ArrowDown');
    expect([top, await page.getByRole('grid').getAttribute('aria-activedescendant')]).toEqual([
      ...['worklist-0', 'worklist-1'],
    ]);
    expect(overlaps(await boxes(page.locator('footer > *, footer .summary')))).toBe(1);

    await film.click();
    const names = page.getByRole('listbox', { name: 'Findings' }).locator('.name');
    await expect.poll(() => names.count(), { timeout: MINUTE }).toBe(14);
    const cut = (all: Element[]): string[] =>
      all.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.textContent);
    expect(await names.evaluateAll(cut)).toEqual([]);
    const details = page.locator('header .details');
    expect(await details.innerText()).toMatch(/^P1 /);
    expect((await details.boundingBox())?.width).toBeGreaterThan(60);
  },
  3 * MINUTE,
);

it(
  'tells what failed once, below the page, and leaves most of the height to the film',
  async () => {
    const { app, page, folder } = hilum;
    const nowhere = join(folder, 'nowhere');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Shift+M');
    for (const [region, action, ...paths] of [
      ['Evaluation on labelled films', 'Evaluate', folder, join(folder, 'notes.txt')],
      ['Acceptance on this site’s films', 'Test', nowhere],
    ] as const) {
      const section = page.getByRole('region', { name: region });
      for (const [index, path] of paths.entries()) {
        await answerFileDialog(app, [path]);
        await section.getByRole('button', { name: 'Choose…' }).nth(index).click();
      }
      await section.getByRole('button', { name: action, exact: true }).click();
    }
    await page.keyboard.press('Shift+T');
    for (const [index, path] of [nowhere, join(folder, 'none.csv')].entries()) {
      await answerFileDialog(app, [path]);
      await page.getByRole('button', { name: 'Choose…' }).nth(index).click();
    }
    await page.getByRole('button', { name: 'Prepare' }).click();
    const notices = page.locator('[data-code]');
    await expect.poll(() => notices.count(), { timeout: MINUTE }).toBe(3);
    expect(await page.getByRole('alert').count()).toBe(3);

    await page.getByRole('button', { name: 'Worklist' }).click();
    await page.getByRole('row').filter({ hasText: 'Featherstonehaugh' }).click();
    const box = await page.getByTestId('film-canvas').boundingBox();
    expect(box?.height).toBeGreaterThan(640 * 0.6);
    for (const notice of await notices.all()) {
      expect(await notice.evaluate((one) => one.scrollWidth <= one.clientWidth)).toBe(true);
    }
  },
  3 * MINUTE,
);
