/** Built-in films with the probabilities that PyTorch gives them: no backend judges a film before it agrees. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { ModelCardSchema } from '#main/contract/card';
import { AppError } from '#main/contract/errors';
import type { Backend } from '../backends/backend';
import { judgeFilms } from './judgeFilms';
import type { LoadedModel, ModelShelf } from './modelShelf';

/** Largest difference in probability that rounding explains, with much to spare (measured: 1e-6). */
const TOLERANCE = 1e-4;
const MEASURED_RUNS = 5;

const SelfTestSchema = v.object({
  model: v.string(),
  films: v.pipe(v.array(v.object({ input: v.string(), probabilities: v.array(v.number()) })), v.minLength(1)),
});

export type SelfTestResult = {
  readonly maxDifference: number;
  /** Median of single films; null where it was not asked for. */
  readonly millisecondsPerFilm: number | null;
};

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, 'utf8'));
}

function largestDifference(films: readonly { readonly probabilities: Float32Array }[], expected: readonly number[][]) {
  const differences = expected.flatMap((film, i) =>
    film.map((probability, finding) => Math.abs((films[i]?.probabilities[finding] ?? NaN) - probability)),
  );
  // Math.max keeps a NaN, which then fails every comparison.
  return Math.max(...differences);
}

async function measure(model: LoadedModel, input: Uint8Array): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < MEASURED_RUNS; i++) {
    times.push((await judgeFilms(model, [input], { maps: false, batchSize: 1 })).milliseconds);
  }
  return times.sort((a, b) => a - b)[Math.floor(MEASURED_RUNS / 2)]!;
}

/** Throws `engine/self-test-failed` where the numbers differ, and whatever loading the test's model throws. */
export async function selfTest(
  backend: Backend,
  shelf: ModelShelf,
  resources: string,
  options: { readonly measure: boolean },
): Promise<SelfTestResult> {
  const folder = join(resources, 'selftest');
  const { model: id, films } = v.parse(SelfTestSchema, await readJson(join(folder, 'selftest.json')));
  const modelFolder = join(resources, 'models', id);
  const card = v.parse(ModelCardSchema, await readJson(join(modelFolder, 'card.json')));
  const model = await shelf.load(card, join(modelFolder, card.weights.file));
  const inputs = await Promise.all(films.map(({ input }) => readFile(join(folder, input))));
  const judged = await judgeFilms(model, inputs, { maps: false, batchSize: backend.batchSize });
  const maxDifference = largestDifference(
    judged.films,
    films.map(({ probabilities }) => probabilities),
  );
  if (!(maxDifference <= TOLERANCE)) {
    throw new AppError(
      'engine/self-test-failed',
      `Its probabilities differ from the references by ${maxDifference.toPrecision(2)}; at most ${TOLERANCE} is allowed.`,
      { maxDifference },
    );
  }
  return { maxDifference, millisecondsPerFilm: options.measure ? await measure(model, inputs[0]!) : null };
}
