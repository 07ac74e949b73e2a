/** Films that the model may not judge, in the real window: a person overrides the refusal, for one film and visibly. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeDicom } from '#test/helpers/makeDicom';
import { answerFileDialog, createHome, launchHilum, removeHome, type Hilum } from './launchHilum';

const NATIVE = '1.2.840.10008.1.2.1';
const MINUTE = 60_000;

let home: string;
let films: string;
let hilum: Hilum;

beforeAll(async () => {
  home = await createHome();
  films = await mkdtemp(join(tmpdir(), 'hilum-children-'));
  for (const [place, name] of ['ANNA', 'BERT'].entries()) {
    const child = makeDicom(NATIVE, [
      [0x0008, 0x0018, 'UI', `1.2.3.4.${place}`],
      [0x0010, 0x0010, 'PN', name],
      [0x0010, 0x0020, 'LO', name],
      [0x0010, 0x1010, 'AS', '004Y'],
      [0x0020, 0x000d, 'UI', `1.2.3.${place}`],
    ]);
    await writeFile(join(films, `${name}.dcm`), child);
  }
  hilum = await launchHilum(home);
}, 3 * MINUTE);

afterAll(async () => {
  await hilum.app.close();
  await Promise.all([removeHome(home), rm(films, { recursive: true, force: true })]);
});

describe('a refusal', () => {
  it(
    'is overridden with a reason that stays with its film and stands beside the numbers',
    async () => {
      const { app, page } = hilum;
      await page.getByRole('button', { name: 'Accept and continue' }).click({ timeout: MINUTE });
      await answerFileDialog(app, [films]);
      await page.getByRole('button', { name: 'Open folder' }).first().click();
      const refused = page.getByRole('row').filter({ hasText: 'Refused' });
      await expect.poll(() => refused.count(), { timeout: MINUTE }).toBe(2);
      await refused.first().click();
      await page.getByRole('button', { name: 'Analyse anyway…' }).click();
      const reason = page.getByLabel('Why may the model judge this film?');
      await reason.fill('about the first one');

      const title = page.getByRole('heading', { level: 1 });
      const first = await title.innerText();
      await page.getByRole('button', { name: 'Next study' }).click();
      await expect.poll(() => title.innerText()).not.toBe(first);
      expect(await reason.count()).toBe(0);

      await page.getByRole('button', { name: 'Analyse anyway…' }).click();
      await reason.fill('the header is wrong');
      await page.getByRole('button', { name: 'Analyse anyway', exact: true }).click();
      const override = page.getByTestId('override');
      await override.waitFor({ timeout: MINUTE });
      expect(await override.innerText()).toContain(
        'The patient’s age is outside what the model may judge. Analysed all the same: “the header is wrong”',
      );
      await page.keyboard.press('Escape');
      await expect
        .poll(() => page.getByRole('row').filter({ hasText: 'Overridden' }).count(), { timeout: MINUTE })
        .toBe(1);
    },
    3 * MINUTE,
  );
});
