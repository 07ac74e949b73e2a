/** The golden films of test/fixtures/golden: inputs, probabilities and maps that PyTorch made. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import * as v from 'valibot';
import { ModelCardSchema, type ModelCard } from '#main/contract/card';
import { ROOT } from '../../scripts/bundle.mjs';

const FOLDER = join(ROOT, 'test', 'fixtures', 'golden');

export const DEMO_WEIGHTS = join(ROOT, 'resources', 'models', 'demo', 'model.safetensors');

export type GoldenFilm = {
  readonly name: string;
  /** [224·224] display grey. */
  readonly input: Uint8Array;
  /** In the card's order. */
  readonly probabilities: readonly number[];
  /** [14,7,7]. */
  readonly maps: Float32Array;
};

type GoldenEntry = { resized?: string; maps?: string; probabilities: Record<string, number> };

export async function readDemoCard(): Promise<ModelCard> {
  const text = await readFile(join(ROOT, 'resources', 'models', 'demo', 'card.json'), 'utf8');
  return v.parse(ModelCardSchema, JSON.parse(text));
}

/** The twelve NIH films. */
export async function readGoldenFilms(): Promise<GoldenFilm[]> {
  const card = await readDemoCard();
  const golden = JSON.parse(await readFile(join(FOLDER, 'golden.json'), 'utf8')) as { films: GoldenEntry[] };
  const films = golden.films.filter(({ resized, maps }) => resized !== undefined && maps !== undefined);
  return Promise.all(
    films.map(async ({ resized = '', maps = '', probabilities }) => ({
      name: resized,
      input: await sharp(join(FOLDER, resized)).toColourspace('b-w').raw().toBuffer(),
      probabilities: card.findings.map((finding) => probabilities[finding]!),
      maps: new Float32Array(new Uint8Array(await readFile(join(FOLDER, maps))).buffer),
    })),
  );
}

/** Largest difference of two arrays; NaN where one of them has a NaN or another length. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return NaN;
  return Array.from(a, (value, i) => Math.abs(value - b[i]!)).reduce((x, y) => Math.max(x, y), 0);
}
