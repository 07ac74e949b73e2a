/**
 * From stored value to display grey, step by step, each a function of one number: modality LUT or rescale
 * (PS3.3 C.11.1), then VOI window or VOI LUT (PS3.3 C.11.2). Polarity and 8 bits are displayTable's.
 */
import type { GreyDescription, LookupTable, VoiPreset } from '#main/contract/film';

/** Stored value → modality value. A modality LUT replaces slope and intercept; it never follows them. */
export function modalityFunction(grey: Pick<GreyDescription, 'rescale' | 'modalityTable'>): (stored: number) => number {
  const { rescale, modalityTable } = grey;
  if (modalityTable !== null) return (stored) => lookUp(modalityTable, stored);
  return (stored) => rescale.slope * stored + rescale.intercept;
}

/** Modality value → 0 … 1 (0 = the smallest value of the range). */
export function voiFunction(preset: VoiPreset): (value: number) => number {
  if (preset.kind === 'lut') {
    const top = 2 ** preset.table.bits - 1;
    return (value) => clampUnit(lookUp(preset.table, Math.trunc(value)) / top);
  }
  return WINDOWS[preset.shape](preset.center, preset.width);
}

type WindowFunction = (center: number, width: number) => (value: number) => number;

const WINDOWS: Record<'LINEAR' | 'LINEAR_EXACT' | 'SIGMOID', WindowFunction> = {
  // C.11.2.1.2.1: the half and the one stand there because centre and width count whole grey values.
  LINEAR: (center, width) =>
    width <= 1
      ? (value) => (value > center - 0.5 ? 1 : 0)
      : (value) => clampUnit((value - (center - 0.5)) / (width - 1) + 0.5),
  // C.11.2.1.3.2: a real interval; the width may be below 1.
  LINEAR_EXACT: (center, width) => (value) => clampUnit((value - center) / width + 0.5),
  // C.11.2.1.3.1
  SIGMOID: (center, width) => (value) => 1 / (1 + Math.exp((-4 * (value - center)) / width)),
};

/** Inputs below or above the table take its first or last entry. An empty table gives 0. */
function lookUp(table: LookupTable, input: number): number {
  const index = Math.min(Math.max(input - table.firstMapped, 0), table.data.length - 1);
  return table.data[index] ?? 0;
}

function clampUnit(value: number): number {
  return value < 0 ? 0 : value > 1 ? 1 : value;
}
