/**
 * What the frozen layers make of each film, made once and kept in the run's folder: epochs then cost what the layers
 * behind them cost. Interrupted, it is gone on with; the last films that may not have reached the disk are made again.
 */
import { closeSync, fsyncSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { rename, stat } from 'node:fs/promises';
import { drawChange } from '#main/chexnet/training/augmentFilm';
import type { TrainingJob } from '#main/engine/protocol/trainingProtocol';
import { requestsAsIs, type InputSource } from './batches';
import type { FilmRequest } from './prepareFilms';
import { openRecords } from './readFilms';
import { unwritable } from './runFolder';

export type FeatureCacheOptions = {
  readonly job: TrainingJob;
  readonly file: string;
  /** Of one film, as float32. */
  readonly size: number;
  /** Normalised films [count,224,224,channels] → [count,size]. */
  readonly embed: (films: Float32Array, count: number) => Float32Array;
  readonly films: InputSource;
  readonly onProgress: (done: number, total: number) => void;
  /** Throws to stop. */
  readonly betweenBatches: () => Promise<void>;
};

export type FeatureCache = { readonly inputs: InputSource; readonly close: () => void };

const FLOAT_BYTES = 4;

/** Both sides of the split, each film once. */
function allPlaces({ training, validation }: TrainingJob): Uint32Array {
  return Uint32Array.from(new Set([...training.places, ...validation.places]));
}

/** Features of films by their places in the film cache; mirrored ones lie behind all the others. */
export async function openFeatureCache(options: FeatureCacheOptions): Promise<FeatureCache> {
  const { job, file, size } = options;
  const places = allPlaces(job);
  const recordBytes = size * FLOAT_BYTES;
  const variants = job.values.augmentation.flip ? 2 : 1;
  const complete = places.length * variants * recordBytes;
  const found = await stat(file).catch(() => null);
  if (found?.size !== complete) await makeFeatures(options, places, variants);
  const records = openRecords(file, recordBytes);
  const numbers = new Map(Array.from(places, (place, index) => [place, index]));

  function isMirrored(change: FilmRequest['change'], index: number): boolean {
    if (typeof change === 'string') return change === 'mirrored';
    return drawChange(job.values.augmentation, job.seed, change.epoch, change.films[index]!).flip;
  }

  function read({ places: wanted, change }: FilmRequest): Float32Array {
    const features = new Float32Array(wanted.length * size);
    const bytes = new Uint8Array(features.buffer);
    wanted.forEach((place, index) => {
      const number = numbers.get(place)! + (isMirrored(change, index) ? places.length : 0);
      records.read(number, bytes.subarray(index * recordBytes, (index + 1) * recordBytes));
    });
    return features;
  }

  async function* inputs(requests: Iterable<FilmRequest>): AsyncGenerator<Float32Array, void> {
    for (const request of requests) yield await Promise.resolve(read(request));
  }

  return { inputs, close: () => records.close() };
}

async function makeFeatures(options: FeatureCacheOptions, places: Uint32Array, variants: number): Promise<void> {
  const { file, size, films, embed } = options;
  const draft = `${file}.partial`;
  const wanted = [...requestsAsIs(places), ...(variants === 2 ? requestsAsIs(places, 'mirrored') : [])];
  const written = (await stat(draft).catch(() => null))?.size ?? 0;
  const safe = countSafe(wanted, written, size * FLOAT_BYTES);
  const handle = openSync(draft, safe.bytes === 0 ? 'w' : 'r+', 0o600);
  try {
    ftruncateSync(handle, safe.bytes);
    let [at, done] = [safe.bytes, safe.films];
    const total = places.length * variants;
    const left = wanted.slice(safe.requests);
    let next = 0;
    for await (const inputs of films(left)) {
      const { length } = left[next++]!.places;
      const features = embed(inputs, length);
      const bytes = new Uint8Array(features.buffer, features.byteOffset, features.byteLength);
      at = writeAll(handle, bytes, at);
      fsyncSync(handle);
      done += length;
      options.onProgress(done, total);
      await options.betweenBatches();
    }
  } catch (error) {
    throw isSystemError(error) ? unwritable(draft, error) : error;
  } finally {
    closeSync(handle);
  }
  await rename(draft, file);
}

/** Where the next bytes go. */
function writeAll(handle: number, bytes: Uint8Array, at: number): number {
  let written = 0;
  while (written < bytes.length) written += writeSync(handle, bytes, written, bytes.length - written, at + written);
  return at + written;
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'errno' in error;
}

/** Requests whose features were on the disk before the last one was begun. */
function countSafe(requests: readonly FilmRequest[], written: number, recordBytes: number) {
  const safe = { requests: 0, films: 0, bytes: 0 };
  for (const { places } of requests) {
    const bytes = safe.bytes + places.length * recordBytes;
    if (bytes >= written) break;
    safe.requests++;
    safe.films += places.length;
    safe.bytes = bytes;
  }
  return safe;
}
