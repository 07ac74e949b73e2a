/** The batches of a run: which films in which order, and their inputs from the film thread or the cached features. */
import { filmOrder } from '#main/chexnet/training/filmOrder';
import type { TrainingBatch } from '#main/chexnet/training/stepper';
import type { BatchSource } from '#main/chexnet/training/trainEpochs';
import type { TrainingFilms, TrainingJob } from '#main/engine/protocol/trainingProtocol';
import type { FilmRequest } from './prepareFilms';

/** Inputs of each request, in their order. */
export type InputSource = (requests: Iterable<FilmRequest>) => AsyncGenerator<Float32Array, void>;

/** Films in one call that changes nothing: of the validation, and of the frozen layers. */
const JUDGED_AT_ONCE = 16;

function* cut(numbers: Uint32Array, size: number): Generator<Uint32Array> {
  for (let start = 0; start < numbers.length; start += size) yield numbers.subarray(start, start + size);
}

function pick<Values extends Int8Array | Float32Array>(
  values: Values,
  films: Uint32Array,
  columns: number,
): Float32Array {
  const picked = new Float32Array(films.length * columns);
  films.forEach((film, index) => picked.set(values.subarray(film * columns, (film + 1) * columns), index * columns));
  return picked;
}

/** `films` are places in the split's side. */
function placesOf({ places }: TrainingFilms, films: Uint32Array): Uint32Array {
  return films.map((film) => places[film]!);
}

export function* requestsAsIs(places: Uint32Array, change: 'as-is' | 'mirrored' = 'as-is'): Generator<FilmRequest> {
  for (const some of cut(places, JUDGED_AT_ONCE)) yield { places: some, change };
}

export function createBatchSource(job: TrainingJob, inputsOf: InputSource): BatchSource {
  const { training, validation, values, seed, findings } = job;
  const columns = findings.length;

  async function* trainingBatches(epoch: number, from: number): AsyncGenerator<TrainingBatch, void> {
    const order = filmOrder(training.places.length, seed, epoch).subarray(from);
    const batches = [...cut(order, values.batch)];
    const requests = batches.map((films) => ({ places: placesOf(training, films), change: { epoch, films } }));
    let next = 0;
    for await (const inputs of inputsOf(requests)) {
      const films = batches[next++]!;
      const labels = pick(training.labels, films, columns);
      yield { count: films.length, inputs, labels, weights: pick(training.weights, films, columns) };
    }
  }

  async function* validationBatches(): AsyncGenerator<{ inputs: Float32Array; count: number }, void> {
    const counts = [...cut(validation.places, JUDGED_AT_ONCE)].map(({ length }) => length);
    for await (const inputs of inputsOf(requestsAsIs(validation.places))) yield { inputs, count: counts.shift()! };
  }

  return { training: trainingBatches, validation: validationBatches };
}
