/** Built-in films with the probabilities that PyTorch gives them: no backend judges a film before it agrees. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { ModelCardSchema, type ModelCard } from '#main/contract/card';
import { AppError } from '#main/contract/errors';
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

type Reference = {
  readonly card: ModelCard;
  readonly weightsPath: string;
  /** [size·size] display grey each. */
  readonly inputs: readonly Uint8Array[];
  /** One row for each input, in the card's order. */
  readonly probabilities: readonly (readonly number[])[];
};

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, 'utf8'));
}

async function readReference(resources: string): Promise<Reference> {
  const folder = join(resources, 'selftest');
  try {
    const { model, films } = v.parse(SelfTestSchema, await readJson(join(folder, 'selftest.json')));
    const modelFolder = join(resources, 'models', model);
    const card = v.parse(ModelCardSchema, await readJson(join(modelFolder, 'card.json')));
    return {
      card,
      weightsPath: join(modelFolder, card.weights.file),
      inputs: await Promise.all(films.map(({ input }) => readFile(join(folder, input)))),
      probabilities: films.map(({ probabilities }) => probabilities),
    };
  } catch (cause) {
    throw new AppError('engine/self-test-failed', 'The films of the self-test are missing or damaged.', {}, cause);
  }
}

function largestDifference(
  films: readonly { readonly probabilities: Float32Array }[],
  expected: Reference['probabilities'],
) {
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

/** Throws `engine/self-test-failed` where the numbers differ or can not be compared, and whatever loading the test's model throws. */
export async function selfTest(
  shelf: ModelShelf,
  resources: string,
  options: { readonly measure: boolean },
): Promise<SelfTestResult> {
  const { card, weightsPath, inputs, probabilities } = await readReference(resources);
  const model = await shelf.loadForTest(card, weightsPath);
  const { films } = await judgeFilms(model, inputs, { maps: false, batchSize: 1 });
  const maxDifference = largestDifference(films, probabilities);
  if (!(maxDifference <= TOLERANCE)) {
    throw new AppError(
      'engine/self-test-failed',
      `Its probabilities differ from the references by ${maxDifference.toPrecision(2)}; at most ${TOLERANCE} is allowed.`,
      { maxDifference },
    );
  }
  return { maxDifference, millisecondsPerFilm: options.measure ? await measure(model, inputs[0]!) : null };
}
