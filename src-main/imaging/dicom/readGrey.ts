/** Grey description of a DICOM film: modality LUT, windows, VOI LUTs, padding and polarity (PS3.3 C.11, C.7.5.1.1.2). */
import type { GreyDescription, LookupTable, VoiPreset } from '#main/contract/film';
import { tableOffset } from '../grey/displayTable';
import { countValues, IDENTITY_PRESET, percentileWindow, showsSomething } from '../grey/presets';
import { modalityFunction } from '../grey/voiFunction';
import { readWords, swapPairs, type Attributes } from './attributes';
import type { Palette } from './colour';
import { expandSegments } from './expandSegments';
import type { StoredPicture } from './readEncoding';
import { TAG } from './tags';
import type { Samples } from './toSamples';

/** `repairs` gets what the header says but cannot mean. `isLittleEndian` is the data set's byte order. */
export function readGrey(
  attributes: Attributes,
  picture: StoredPicture,
  samples: Samples,
  isLittleEndian: boolean,
  repairs: string[],
): GreyDescription {
  const counts = countValues(samples.samples, samples.sample);
  const base = { sample: samples.sample, bitsStored: samples.bitsStored };
  if (samples.fromColour) {
    const plain = { rescale: { slope: 1, intercept: 0 }, modalityTable: null, inverted: false, padding: null };
    return { ...base, ...plain, presets: [IDENTITY_PRESET], ...rangeOf(counts, samples.sample, null) };
  }
  const isSigned = picture.pixelRepresentation === 1;
  const [modalityTable = null] = readTables(attributes, TAG.modalityLutSequence, isSigned, isLittleEndian);
  const rescale = readRescale(attributes, repairs);
  const padding = readPadding(attributes, isSigned);
  const range = rangeOf(counts, samples.sample, padding);
  const partial = { ...base, rescale, modalityTable, padding, ...range };
  const fromFile = [
    ...readWindows(attributes),
    ...readTables(attributes, TAG.voiLutSequence, canBeNegative(partial), isLittleEndian).map(tablePreset),
  ];
  const presets = [...fromFile];
  if (fromFile.length === 0 && samples.sample === 'uint8' && samples.bitsStored === 8 && isIdentity(partial)) {
    presets.push(IDENTITY_PRESET);
  } else if (!fromFile.some((preset) => showsSomething(partial, preset, counts))) {
    presets.unshift(percentileWindow(partial, counts));
  }
  const inverted = picture.photometricInterpretation === 'MONOCHROME1';
  if (!inverted && attributes.code(TAG.presentationLutShape).toUpperCase() === 'INVERSE') {
    repairs.push('PresentationLUTShape is INVERSE, which MONOCHROME2 contradicts; it was ignored.');
  }
  return { ...partial, presets, inverted };
}

/** Whether the modality transformation gives negative values, be it of stored values that do not occur in this film. */
function canBeNegative(grey: Pick<GreyDescription, 'sample' | 'rescale' | 'modalityTable' | 'bitsStored'>): boolean {
  if (grey.modalityTable !== null) return false;
  const toModality = modalityFunction(grey);
  const lowest = grey.sample === 'int16' ? -(2 ** (grey.bitsStored - 1)) : 0;
  return Math.min(toModality(lowest), toModality(lowest + 2 ** grey.bitsStored - 1)) < 0;
}

function isIdentity({ rescale, modalityTable }: Pick<GreyDescription, 'rescale' | 'modalityTable'>): boolean {
  return modalityTable === null && rescale.slope === 1 && rescale.intercept === 0;
}

function readRescale(attributes: Attributes, repairs: string[]): GreyDescription['rescale'] {
  const slope = attributes.decimals(TAG.rescaleSlope)[0] ?? 1;
  const intercept = attributes.decimals(TAG.rescaleIntercept)[0] ?? 0;
  if (slope !== 0) return { slope, intercept };
  repairs.push('RescaleSlope is 0 and was ignored.');
  return { slope: 1, intercept: 0 };
}

/** Padding lies in the domain of stored values; with a limit it is a closed range, in either order. */
function readPadding(attributes: Attributes, isSigned: boolean): GreyDescription['padding'] {
  const [value] = attributes.words(TAG.pixelPaddingValue, isSigned);
  if (value === undefined) return null;
  const [limit = value] = attributes.words(TAG.pixelPaddingRangeLimit, isSigned);
  return { low: Math.min(value, limit), high: Math.max(value, limit) };
}

/** Smallest and largest value that occurs outside the padding; inside it where nothing else occurs. */
function rangeOf(
  counts: Uint32Array,
  sample: GreyDescription['sample'],
  padding: GreyDescription['padding'],
): Pick<GreyDescription, 'minimum' | 'maximum'> {
  const offset = tableOffset(sample);
  let minimum = Infinity;
  let maximum = -Infinity;
  for (let index = 0; index < counts.length; index++) {
    const value = index - offset;
    if (counts[index] === 0 || (padding !== null && value >= padding.low && value <= padding.high)) continue;
    minimum = Math.min(minimum, value);
    maximum = value;
  }
  return minimum <= maximum ? { minimum, maximum } : rangeOf(counts, sample, null);
}

const SHAPES = { LINEAR: 'LINEAR', LINEAR_EXACT: 'LINEAR_EXACT', SIGMOID: 'SIGMOID' } as const;

/** The pairs of centre and width that exist; a width that its function does not allow is left out (C.11.2.1). */
function readWindows(attributes: Attributes): VoiPreset[] {
  const centers = attributes.decimals(TAG.windowCenter);
  const widths = attributes.decimals(TAG.windowWidth);
  const labels = attributes.text(TAG.windowExplanation).split('\\');
  const name = attributes.code(TAG.voiLutFunction).toUpperCase();
  const shape = SHAPES[name as keyof typeof SHAPES] ?? 'LINEAR';
  return centers.flatMap((center, index) => {
    const width = widths[index] ?? 0;
    if (center === null || width <= 0 || (shape === 'LINEAR' && width < 1)) return [];
    const label = labels[index]?.trim() || (centers.length > 1 ? `Window ${index + 1}` : 'Window of the file');
    return [{ kind: 'window', shape, center, width, label, origin: 'file' }];
  });
}

function tablePreset(table: LookupTable, index: number): VoiPreset {
  return { kind: 'lut', table, label: table.explanation || `VOI LUT ${index + 1}`, origin: 'file' };
}

/** All usable tables of a Modality or VOI LUT Sequence. */
function readTables(
  attributes: Attributes,
  sequence: string,
  isSigned: boolean,
  isLittleEndian: boolean,
): readonly LookupTable[] {
  return attributes.items(sequence).flatMap((item) => {
    const descriptor = readDescriptor(item, TAG.lutDescriptor, isSigned);
    if (descriptor === null) return [];
    const data = readTableData(item.bytes(TAG.lutData), descriptor, isLittleEndian);
    if (data.length === 0) return [];
    const { firstMapped, bits } = descriptor;
    return [{ firstMapped, bits, data, explanation: item.text(TAG.lutExplanation) }];
  });
}

type Descriptor = { readonly entries: number; readonly firstMapped: number; readonly bits: number };

/** C.11.1.1.1: 0 entries mean 65536; only the first mapped value is signed, whatever VR is written. */
function readDescriptor(item: Attributes, tag: string, isSigned: boolean): Descriptor | null {
  const [entries, , bits] = item.words(tag);
  const [, firstMapped] = item.words(tag, isSigned);
  if (entries === undefined || firstMapped === undefined || bits === undefined) return null;
  return { entries: entries === 0 ? 65536 : entries, firstMapped, bits: bits >= 1 && bits <= 16 ? bits : 16 };
}

/** 16-bit words, or bytes where the table has only as many bytes as entries. */
function readTableData(bytes: Uint8Array, { entries }: Descriptor, isLittleEndian: boolean): Uint16Array {
  const isPacked = bytes.length < entries * 2;
  return isPacked
    ? Uint16Array.from(packedBytes(bytes, isLittleEndian).subarray(0, entries))
    : Uint16Array.from(readWords(bytes.subarray(0, entries * 2), isLittleEndian));
}

/** Palette of a PALETTE COLOR picture; null where it is none or its tables can not be read. */
export function readPalette(
  attributes: Attributes,
  { photometricInterpretation }: StoredPicture,
  isLittleEndian: boolean,
): Palette | null {
  if (photometricInterpretation !== 'PALETTE COLOR') return null;
  const descriptor = readDescriptor(attributes, TAG.redPaletteDescriptor, false);
  if (descriptor === null) return null;
  const [red, green, blue] = PALETTE_TAGS.map(([data, segments]) => {
    return attributes.bytes(data).length > 0
      ? readTableData(attributes.bytes(data), descriptor, isLittleEndian)
      : readSegments(attributes.bytes(segments), descriptor, isLittleEndian);
  });
  if (!red || !green || !blue || red.length === 0) return null;
  // Of a wide palette one colour alone may be dark throughout.
  const isWide = [red, green, blue].some((table) => table.some((entry) => entry > 255));
  return {
    firstMapped: descriptor.firstMapped,
    red: topEight(red, isWide),
    green: topEight(green, isWide),
    blue: topEight(blue, isWide),
  };
}

const PALETTE_TAGS = [
  [TAG.redPaletteData, TAG.redPaletteSegments],
  [TAG.greenPaletteData, TAG.greenPaletteSegments],
  [TAG.bluePaletteData, TAG.bluePaletteSegments],
] as const;

function readSegments(bytes: Uint8Array, { entries, bits }: Descriptor, isLittleEndian: boolean): Uint16Array | null {
  const data = bits <= 8 ? packedBytes(bytes, isLittleEndian) : Uint16Array.from(readWords(bytes, isLittleEndian));
  return expandSegments(data, entries);
}

/** Bytes that lie two by two in words (OW), the first of them the lower one. */
function packedBytes(bytes: Uint8Array, isLittleEndian: boolean): Uint8Array {
  return isLittleEndian ? bytes : swapPairs(bytes);
}

/** 16-bit entries by the descriptor; some writers fill only 8 of them all the same. */
function topEight(table: Uint16Array, isWide: boolean): Uint8Array {
  return Uint8Array.from(table, (entry) => (isWide ? entry >> 8 : entry));
}
