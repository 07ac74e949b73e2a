/** Films that the model may not judge, in the real window: a person overrides the refusal, for one film and visibly. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeDicom } from '#test/helpers/makeDicom';
import { launchWithFilms, type HilumWithFilms } from './launchWithFilms';

const NATIVE = '1.2.840.10008.1.2.1';
const MINUTE = 60_000;

let hilum: HilumWithFilms;

beforeAll(async () => {
  const child = (name: string, place: number): Uint8Array =>
    makeDicom(NATIVE, [
      [0x0008, 0x0018, 'UI', `1.2.3.4.${place}`],
      [0x0010, 0x0010, 'PN', name],
      [0x0010, 0x0020, 'LO', name],
      [0x0010, 0x1010, 'AS', '004Y'],
      [0x0020, 0x000d, 'UI', `1.2.3.${place}`],
    ]);
  hilum = await launchWithFilms({ 'ANNA.dcm': child('ANNA', 0), 'BERT.dcm': child('BERT', 1) });
}, 3 * MINUTE);

afterAll(() => hilum.close());

describe('a refusal', () => {
  it(
    'is overridden with a reason that stays with its film and stands beside the numbers',
    async () => {
      const { page } = hilum;
      await hilum.openFolder();
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
