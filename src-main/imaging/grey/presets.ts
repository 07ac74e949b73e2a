/**
 * Windows that the file does not give: 8 bits as they are, the full range, and a percentile window where more bits
 * come without any VOI. The reader is told which one is used (label, origin).
 */
import type { GreyDescription, VoiPreset } from '#main/contract/film';
import { tableOffset, TABLE_LENGTH } from './displayTable';
import { modalityFunction, voiFunction } from './voiFunction';

/** 8-bit values shown as they are: (x - 127.5) / 255 + 0.5 = x / 255. */
export const IDENTITY_PRESET: VoiPreset = {
  kind: 'window',
  shape: 'LINEAR',
  center: 128,
  width: 256,
  label: 'As stored',
  origin: 'identity',
};

/** A window that the reader chose. `width` must be at least 1 (LINEAR). */
export function userWindow(center: number, width: number): VoiPreset {
  return { kind: 'window', shape: 'LINEAR', center, width: Math.max(width, 1), label: 'Own window', origin: 'user' };
}

/** The full range of the pixels outside the padding. */
export function fullRangeWindow(grey: GreyDescription): VoiPreset {
  const toModality = modalityFunction(grey);
  return windowOver(toModality(grey.minimum), toModality(grey.maximum), 'Full range', 'user');
}

/** Shares of the pixels outside the padding that fall below and above the chosen window. */
const PERCENTILES = [0.005, 0.995] as const;

/**
 * The window between the 0.5th and the 99.5th percentile of the pixels outside the padding, in modality values:
 * wide enough to cut nothing of the lung, narrow enough that a burnt-in marker or a hot pixel does not take all grey.
 * `counts` as countValues gives them.
 */
export function percentileWindow(
  grey: Pick<GreyDescription, 'sample' | 'rescale' | 'modalityTable' | 'padding'>,
  counts: Uint32Array,
): VoiPreset {
  const offset = tableOffset(grey.sample);
  let total = 0;
  for (let index = 0; index < counts.length; index++) if (!isPadding(grey, index - offset)) total += counts[index] ?? 0;
  const edges: number[] = [];
  for (const share of PERCENTILES) {
    let seen = 0;
    let edge = 0;
    for (let index = 0; index < counts.length; index++) {
      const count = counts[index] ?? 0;
      if (count === 0 || isPadding(grey, index - offset)) continue;
      edge = index - offset;
      seen += count;
      if (seen > share * total) break;
    }
    edges.push(edge);
  }
  const toModality = modalityFunction(grey);
  return windowOver(toModality(edges[0] ?? 0), toModality(edges[1] ?? 0), 'Chosen from the histogram', 'percentile');
}

/** Share of the pixels at one end of the grey scale from which a window is taken to show nothing. */
const NOTHING_SHOWN = 0.99;

/**
 * Whether a preset shows more than one shade: some files carry windows of other pixels, through which the whole film
 * is white or black.
 */
export function showsSomething(
  grey: Pick<GreyDescription, 'sample' | 'rescale' | 'modalityTable' | 'padding'>,
  preset: VoiPreset,
  counts: Uint32Array,
): boolean {
  const offset = tableOffset(grey.sample);
  const toModality = modalityFunction(grey);
  const toUnit = voiFunction(preset);
  let total = 0;
  let black = 0;
  let white = 0;
  for (let index = 0; index < counts.length; index++) {
    const count = counts[index] ?? 0;
    const stored = index - offset;
    if (count === 0 || isPadding(grey, stored)) continue;
    const unit = toUnit(toModality(stored));
    total += count;
    if (unit < 1 / 512) black += count;
    if (unit > 511 / 512) white += count;
  }
  return Math.max(black, white) < NOTHING_SHOWN * total;
}

function isPadding({ padding }: Pick<GreyDescription, 'padding'>, stored: number): boolean {
  return padding !== null && stored >= padding.low && stored <= padding.high;
}

/** How often each stored value occurs, at index stored + tableOffset. */
export function countValues(
  samples: Uint8Array | Uint16Array | Int16Array,
  sample: GreyDescription['sample'],
): Uint32Array {
  const counts = new Uint32Array(TABLE_LENGTH);
  const offset = tableOffset(sample);
  for (let index = 0; index < samples.length; index++) {
    const at = (samples[index] ?? 0) + offset;
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts;
}

/** LINEAR window whose lower edge is shown 0 and whose upper edge is shown 1, whichever comes first. */
function windowOver(one: number, other: number, label: string, origin: 'percentile' | 'user'): VoiPreset {
  const width = Math.abs(other - one) + 1;
  return { kind: 'window', shape: 'LINEAR', center: (one + other + 1) / 2, width, label, origin };
}
