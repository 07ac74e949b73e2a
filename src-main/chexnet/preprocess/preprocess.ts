/**
 * From display grey to the network's input, as the model's card says: resized bytes (which the decode process makes,
 * so that the engine never waits for a resize), then float32 (which the engine makes, batch by batch).
 */
import type { ModelCard } from '#main/contract/card';
import { AppError } from '#main/contract/errors';
import { resizeBilinear } from '#main/imaging/resize/resizeBilinear';

export type NetworkInput = ModelCard['input'];

/** Display grey [rows*columns], head up and 0 black, → [size*size]. */
export function preprocess(grey: Uint8Array, rows: number, columns: number, input: NetworkInput): Uint8Array {
  return resizeBilinear(grey, rows, columns, input.size, input.size);
}

/**
 * n films of [size*size] bytes → [n, size, size, channels] float32, every channel the same film:
 * (v / 255 − mean) / std, each step rounded to float32 as torchvision's ToTensor and Normalize do.
 * Throws `model/invalid` where the card's mean or std does not fit its channels.
 */
export function normalise(films: readonly Uint8Array[], input: NetworkInput): Float32Array {
  const { size, channels } = input;
  const tables = channelTables(input);
  const result = new Float32Array(films.length * size * size * channels);
  let at = 0;
  for (const film of films) {
    if (film.length !== size * size) {
      throw new AppError('internal/unexpected', `A network input has ${film.length} bytes instead of ${size * size}.`);
    }
    for (const value of film) for (const table of tables) result[at++] = table[value]!;
  }
  return result;
}

/** What becomes of each of the 256 greys in each channel. */
function channelTables({ channels, mean, std }: NetworkInput): Float32Array[] {
  if (mean.length !== channels || std.length !== channels) {
    throw new AppError(
      'model/invalid',
      `The card gives mean and standard deviation for other than ${channels} channels.`,
    );
  }
  return mean.map((channelMean, channel) => {
    const table = new Float32Array(256);
    for (let value = 0; value < 256; value++) {
      const centred = Math.fround(Math.fround(value / 255) - Math.fround(channelMean));
      table[value] = centred / Math.fround(std[channel]!);
    }
    return table;
  });
}

/** The road from display grey to the input in one line, for the receipt of a prediction. */
export function describePreprocessing({ size, channels, resize, mean, std }: NetworkInput): string {
  const numbers = `mean ${mean.join(' ')}, std ${std.join(' ')}`;
  return `display grey 8 bit → ${resize} ${size}×${size} → ${channels} equal channels → 0..1 → ${numbers}`;
}
