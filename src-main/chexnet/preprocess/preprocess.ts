/**
 * From display grey to the network's input, as the model's card says: resized bytes (which the decode process makes,
 * so that the engine never waits for a resize), then float32 (which the engine makes, batch by batch).
 */
import type { ModelCard } from '#main/contract/card';
import { AppError } from '#main/contract/errors';
import type { FilmResize, NetworkFilm, NetworkPixels } from '#main/contract/networkFilm';
import { RESIZE_FILM } from './resizeRules';

export type NetworkInput = ModelCard['input'];

/** Display grey [rows*columns], head up and 0 black, → the pictures of [size*size] that the card's rule makes of it. */
export function preprocess(grey: Uint8Array, rows: number, columns: number, input: FilmResize): NetworkFilm {
  return RESIZE_FILM[input.resize]({ grey, rows, columns }, input.size);
}

/**
 * n pictures of [size*size] grey → [n, size, size, channels] float32, every channel the same picture:
 * (v / 255 − mean) / std, each step rounded to float32 as torchvision's ToTensor and Normalize do. They are written to
 * the beginning of `memory` where it is given: to ask the system for new memory takes longer than the numbers.
 * Throws `model/invalid` where the card's mean or std does not fit its channels.
 */
export function normalise(
  pictures: readonly NetworkPixels[],
  input: NetworkInput,
  memory: Float32Array = new Float32Array(pictures.length * networkValues(input)),
): Float32Array {
  const { size, channels } = input;
  const steps = channelSteps(input);
  const tables = steps.map((step) => Float32Array.from({ length: 256 }, (_, value) => step(value)));
  const area = size * size;
  const result = memory.subarray(0, pictures.length * networkValues(input));
  pictures.forEach((picture, index) => {
    if (picture.length !== area) {
      throw new AppError('internal/unexpected', `A network input has ${picture.length} values instead of ${area}.`);
    }
    const film = result.subarray(index * area * channels, (index + 1) * area * channels);
    for (let channel = 0; channel < channels; channel += 1) {
      const [step, table] = [steps[channel]!, tables[channel]!];
      // Bytes are many and few: looked up. What is no byte is computed.
      if (picture instanceof Uint8Array)
        for (let i = 0; i < area; i += 1) film[i * channels + channel] = table[picture[i]!]!;
      else for (let i = 0; i < area; i += 1) film[i * channels + channel] = step(picture[i]!);
    }
  });
  return result;
}

/** In the network's input, for one film. */
export function networkValues({ size, channels }: NetworkInput): number {
  return size * size * channels;
}

/** What becomes of a grey in each channel. */
function channelSteps({ channels, mean, std }: NetworkInput): ((value: number) => number)[] {
  if (mean.length !== channels || std.length !== channels) {
    throw new AppError(
      'model/invalid',
      `The card gives mean and standard deviation for other than ${channels} channels.`,
    );
  }
  return mean.map((channelMean, channel) => {
    const [centre, deviation] = [Math.fround(channelMean), Math.fround(std[channel]!)];
    return (value) => Math.fround(Math.fround(value / 255) - centre) / deviation;
  });
}

/** The road from display grey to the input in one line, for the receipt of a prediction. */
export function describePreprocessing({ size, channels, resize, mean, std }: NetworkInput): string {
  const numbers = `mean ${mean.join(' ')}, std ${std.join(' ')}`;
  return `display grey 8 bit → ${resize} ${size}×${size} → ${channels} equal channels → 0..1 → ${numbers}`;
}
