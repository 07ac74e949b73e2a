/** The real window of somebody new, beside a folder of films. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answerFileDialog, createHome, launchHilum, removeHome, type Hilum } from './launchHilum';

const MINUTE = 60_000;

export type HilumWithFilms = Hilum & {
  readonly folder: string;
  /** Accepts what the program is, and opens the folder. */
  openFolder(): Promise<void>;
  close(): Promise<void>;
};

/** `files` are the folder's, by name. */
export async function launchWithFilms(files: Readonly<Record<string, Uint8Array | string>>): Promise<HilumWithFilms> {
  const home = await createHome();
  const folder = await mkdtemp(join(tmpdir(), 'hilum-films-'));
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  const hilum = await launchHilum(home);
  const { app, page } = hilum;
  return {
    ...hilum,
    folder,
    openFolder: async () => {
      await page.getByRole('button', { name: 'Accept and continue' }).click({ timeout: MINUTE });
      await answerFileDialog(app, [folder]);
      await page.getByRole('button', { name: 'Open folder' }).first().click();
    },
    close: async () => {
      await app.close();
      await Promise.all([removeHome(home), rm(folder, { recursive: true, force: true })]);
    },
  };
}
