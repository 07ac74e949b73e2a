/**
 * Display grey of a film: a table over all stored values, then one look-up a pixel. The same table draws the
 * window, the thumbnail, the export and the network's input, so that they cannot disagree.
 */
import type { GreyDescription, VoiPreset } from '#main/contract/film';
import { modalityFunction, voiFunction } from './voiFunction';

/** Entries of a display table: one for every 16-bit value. */
export const TABLE_LENGTH = 65536;

/** What is added to a stored value to find its place in a display table. */
export function tableOffset(sample: GreyDescription['sample']): number {
  return sample === 'int16' ? 32768 : 0;
}

/** `masked` shows padding black whatever the polarity (PS3.3 C.7.5.1.1.2); `kept` treats it as any value, as dcmtk does. */
export type PaddingDisplay = 'masked' | 'kept';

/**
 * Grey 0 (black) … 255 of every stored value, at index stored + tableOffset.
 * `inverted`: the smallest value is shown white; grey.inverted, or its opposite where the reader asked for it.
 * It is applied once, after VOI. PresentationLUTShape only restates it (PS3.3 C.8.11.3) and is not consulted.
 */
export function displayTable(
  grey: GreyDescription,
  preset: VoiPreset,
  inverted: boolean,
  padding: PaddingDisplay = 'masked',
): Uint8Array {
  const table = new Uint8Array(TABLE_LENGTH);
  const toModality = modalityFunction(grey);
  const toUnit = voiFunction(preset);
  const offset = tableOffset(grey.sample);
  const length = grey.sample === 'uint8' ? 256 : TABLE_LENGTH;
  for (let index = 0; index < length; index++) {
    const unit = toUnit(toModality(index - offset));
    table[index] = (inverted ? 1 - unit : unit) * 255 + 0.5;
  }
  if (grey.padding !== null && padding === 'masked') {
    table.fill(0, Math.max(grey.padding.low + offset, 0), Math.max(grey.padding.high + offset + 1, 0));
  }
  return table;
}

/** Samples through a display table: [rows*columns] grey bytes. */
export function displayGrey(
  samples: Uint8Array | Uint16Array | Int16Array,
  sample: GreyDescription['sample'],
  table: Uint8Array,
): Uint8Array {
  const grey = new Uint8Array(samples.length);
  const offset = tableOffset(sample);
  for (let index = 0; index < samples.length; index++) {
    grey[index] = table[(samples[index] ?? 0) + offset] ?? 0;
  }
  return grey;
}
