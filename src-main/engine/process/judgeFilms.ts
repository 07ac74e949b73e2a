/** Films → probabilities and attention maps, in batches of what the backend takes at once. */
import { setImmediate } from 'node:timers/promises';
import { cancelled } from '#main/contract/errors';
import type { NetworkPixels } from '#main/contract/networkFilm';
import { attentionMaps } from '#main/chexnet/network/maps';
import { applyOperatingPoints } from '#main/chexnet/network/operatingPoints';
import { networkValues, normalise, type NetworkInput } from '#main/chexnet/preprocess/preprocess';
import type { LoadedModel } from './modelShelf';

export type JudgedFilm = { readonly probabilities: Float32Array; readonly maps: Float32Array | null };

export type JudgedFilms = {
  readonly films: readonly JudgedFilm[];
  /** Time of the network alone. */
  readonly milliseconds: number;
};

export type JudgeOptions = { readonly maps: boolean; readonly batchSize: number; readonly signal?: AbortSignal };

/** Of the batch that is judged: the same for all of them. */
let batchMemory: Float32Array = new Float32Array(0);

function memoryFor(films: number, input: NetworkInput): Float32Array {
  const values = films * networkValues(input);
  if (batchMemory.length < values) batchMemory = new Float32Array(values);
  return batchMemory;
}

function judgeBatch(model: LoadedModel, inputs: readonly NetworkPixels[], maps: boolean): JudgedFilms {
  const { card, head, headWeights, network } = model;
  const batch = normalise(inputs, card.input, memoryFor(inputs.length, card.input));
  const start = performance.now();
  const { probabilities, features } = network.predict(batch, inputs.length, { features: maps });
  const milliseconds = performance.now() - start;
  const film = (array: Float32Array, index: number): Float32Array => {
    const length = array.length / inputs.length;
    return array.slice(index * length, (index + 1) * length);
  };
  const films = inputs.map((_, index) => ({
    probabilities: applyOperatingPoints(film(probabilities, index), card),
    maps: features === null ? null : attentionMaps(head, headWeights, film(features, index)),
  }));
  return { films, milliseconds };
}

/**
 * `inputs` are [size·size] display grey each. Between two batches the process takes messages, so that cancelling
 * works (`task/cancelled`).
 */
export async function judgeFilms(
  model: LoadedModel,
  inputs: readonly NetworkPixels[],
  { maps, batchSize, signal }: JudgeOptions,
): Promise<JudgedFilms> {
  const films: JudgedFilm[] = [];
  let milliseconds = 0;
  for (let start = 0; start < inputs.length; start += batchSize) {
    await setImmediate();
    if (signal?.aborted === true) throw cancelled();
    const batch = judgeBatch(model, inputs.slice(start, start + batchSize), maps);
    films.push(...batch.films);
    milliseconds += batch.milliseconds;
  }
  return { films, milliseconds };
}
