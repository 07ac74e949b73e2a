/** The golden films of the demonstration model: network inputs, and the probabilities that PyTorch gave for them. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { GOLDEN_FOLDER } from './context';

export type GoldenFilm = {
  /** [224·224] display grey. */
  readonly input: Uint8Array;
  readonly probabilities: Readonly<Record<string, number>>;
};

type GoldenFile = { films: { resized?: string; probabilities: Record<string, number> }[] };

export async function readGoldenFilms(): Promise<GoldenFilm[]> {
  const { films } = JSON.parse(await readFile(join(GOLDEN_FOLDER, 'golden.json'), 'utf8')) as GoldenFile;
  const withInput = films.flatMap(({ resized, probabilities }) =>
    resized === undefined ? [] : [{ path: join(GOLDEN_FOLDER, resized), probabilities }],
  );
  return Promise.all(
    withInput.map(async ({ path, probabilities }) => ({
      input: new Uint8Array(await sharp(path).greyscale().raw().toBuffer()),
      probabilities,
    })),
  );
}
