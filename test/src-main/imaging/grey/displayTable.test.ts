import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GreyDescription, VoiPreset } from '#main/contract/film';
import { displayGrey, displayTable } from '#main/imaging/grey/displayTable';
import { fullRangeWindow, IDENTITY_PRESET } from '#main/imaging/grey/presets';
import { voiFunction } from '#main/imaging/grey/voiFunction';
import { fixtureBytes, goldenPicture, readFilm } from '#test/helpers/dicomFixtures';

const GREY: GreyDescription = {
  sample: 'uint16',
  bitsStored: 12,
  rescale: { slope: 1, intercept: 0 },
  modalityTable: null,
  presets: [IDENTITY_PRESET],
  inverted: false,
  padding: null,
  minimum: 0,
  maximum: 4095,
};

function window(shape: 'LINEAR' | 'LINEAR_EXACT' | 'SIGMOID', center: number, width: number): VoiPreset {
  return { kind: 'window', shape, center, width, label: '', origin: 'file' };
}

const EXACT = window('LINEAR_EXACT', 2200, 1800);

function isLut({ kind }: VoiPreset): boolean {
  return kind === 'lut';
}

describe('what dcmj2pnm and pydicom show, within one grey level', () => {
  const goldens: readonly { golden: string; file: string; shown?: (presets: readonly VoiPreset[]) => unknown }[] = [
    { golden: 'bits_u08', file: 'ts-chest/bits_u08' },
    { golden: 'bits_u12', file: 'ts-chest/bits_u12_junk_upper4' },
    { golden: 'bits_u12_junk_upper4', file: 'ts-chest/bits_u12_junk_upper4' },
    { golden: 'bits_u12_high15_leftjust', file: 'ts-chest/bits_u12_high15_leftjust' },
    { golden: 'bits_s16', file: 'ts-chest/s16_4.90' },
    { golden: 'pixelpadding_u12', file: 'ts-chest/pixelpadding_u12' },
    { golden: 'voi_sigmoid_u12', file: 'ts-chest/voi_sigmoid_u12' },
    { golden: 'voi_two_windows_u12', file: 'ts-chest/voi_two_windows_u12' },
    { golden: 'voi_two_windows_u12.w2', file: 'ts-chest/voi_two_windows_u12', shown: (presets) => presets[1] },
    { golden: 'vlut_04', file: 'voi/vlut_04_8bit_voilut', shown: (presets) => presets.find(isLut) },
    { golden: 'functional_groups', file: 'voi/functional_groups' },
    { golden: 'palette_segmented_8', file: 'voi/palette_segmented_8' },
    { golden: 'palette_segmented_16', file: 'voi/palette_segmented_16' },
    // The same pixels and window as LINEAR; dcmtk 3.6.7 shows LINEAR_EXACT as LINEAR.
    { golden: 'voi_linear_exact_u12', file: 'ts-chest/voi_two_windows_u12', shown: () => EXACT },
  ];
  test.each(goldens)('$golden', async ({ golden, file, shown: choose }) => {
    const film = await readFilm(fixtureBytes(`${file}.dcm`));
    const preset = (choose?.(film.grey.presets) ?? film.grey.presets[0]) as VoiPreset;
    const table = displayTable(film.grey, preset, film.grey.inverted, 'kept');
    const shown = displayGrey(film.samples, film.grey.sample, table);
    const expected = goldenPicture(golden, shown.length);
    const worst = shown.reduce((most, grey, at) => Math.max(most, Math.abs(grey - (expected[at] ?? 0))), 0);
    expect(worst).toBeLessThanOrEqual(golden.includes('exact') ? 2 : 1);
  });
});

test('8 bits without a window are shown as they are', () => {
  const table = displayTable({ ...GREY, sample: 'uint8', bitsStored: 8 }, IDENTITY_PRESET, false);
  expect([...table.subarray(0, 256)]).toEqual(Array.from({ length: 256 }, (_, value) => value));
});

test('LINEAR has the edges of PS3.3 C.11.2.1.2.1', () => {
  const toUnit = voiFunction(window('LINEAR', 2048, 4096));
  expect([toUnit(-1), toUnit(0), toUnit(4095), toUnit(4096)]).toEqual([0, 0, 1, 1]);
  const step = voiFunction(window('LINEAR', 100, 1));
  expect([step(99), step(100)]).toEqual([0, 1]);
});

test('LINEAR_EXACT and SIGMOID are half-way at their centre', () => {
  expect(voiFunction(window('LINEAR_EXACT', 0.5, 0.25))(0.5)).toBe(0.5);
  expect(voiFunction(window('SIGMOID', 1024, 512))(1024)).toBe(0.5);
});

test('a LUT answers below and above with its first and last entry', () => {
  const table = { firstMapped: -2, bits: 8, data: Uint16Array.of(10, 20, 255), explanation: '' };
  const toUnit = voiFunction({ kind: 'lut', table, label: '', origin: 'file' });
  expect([-9, -2, -1, 0, 9].map((value) => Math.round(toUnit(value) * 255))).toEqual([10, 10, 20, 255, 255]);
});

test('a modality LUT replaces slope and intercept', () => {
  const modalityTable = { firstMapped: 0, bits: 16, data: Uint16Array.of(0, 255), explanation: '' };
  const grey = { ...GREY, rescale: { slope: 100, intercept: 100 }, modalityTable };
  const table = displayTable(grey, window('LINEAR', 128, 256), false);
  expect([table[0], table[1], table[2]]).toEqual([0, 255, 255]);
});

test('padding is black in either polarity, and only inside its range', () => {
  const grey = { ...GREY, padding: { low: 0, high: 3 } };
  const inverted = displayTable(grey, window('LINEAR', 2048, 4096), true);
  expect([inverted[0], inverted[3], inverted[4]]).toEqual([0, 0, 255]);
});

test('signed values lie at their value plus 32768', () => {
  const grey: GreyDescription = { ...GREY, sample: 'int16', minimum: -2, maximum: 1 };
  const table = displayTable(grey, fullRangeWindow(grey), false);
  expect([...displayGrey(Int16Array.of(-2, -1, 0, 1), 'int16', table)]).toEqual([0, 85, 170, 255]);
});

const anyPreset = fc.record({
  shape: fc.constantFrom('LINEAR', 'LINEAR_EXACT', 'SIGMOID'),
  center: fc.double({ min: -70000, max: 70000, noNaN: true }),
  width: fc.double({ min: 1, max: 140000, noNaN: true }),
});

test('any window rises with the value, stays within 0 and 1, and inverts to its complement', () => {
  fc.assert(
    fc.property(
      anyPreset,
      fc.double({ min: -1e5, max: 1e5, noNaN: true }),
      fc.double({ min: 0, max: 1e5, noNaN: true }),
      ({ shape, center, width }, value, step) => {
        const toUnit = voiFunction(window(shape, center, width));
        const [low, high] = [toUnit(value), toUnit(value + step)];
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(high).toBeGreaterThanOrEqual(low);
      },
    ),
  );
  fc.assert(
    fc.property(anyPreset, ({ shape, center, width }) => {
      const preset = window(shape, center, width);
      const [plain, inverted] = [displayTable(GREY, preset, false), displayTable(GREY, preset, true)];
      expect(plain.every((grey, at) => Math.abs(255 - grey - (inverted[at] ?? 0)) <= 1)).toBe(true);
    }),
    { numRuns: 20 },
  );
});
