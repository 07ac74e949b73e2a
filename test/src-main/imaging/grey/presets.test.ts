import { expect, test } from 'vitest';
import { countValues, percentileWindow, showsSomething } from '#main/imaging/grey/presets';

const GREY = {
  sample: 'uint16',
  rescale: { slope: 2, intercept: -100 },
  modalityTable: null,
  padding: { low: 0, high: 0 },
} as const;

/** 1,000 padding pixels, values 1000 … 1999 once each, and one hot pixel. */
const SAMPLES = Uint16Array.from([
  ...new Array<number>(1000).fill(0),
  ...Array.from({ length: 1000 }, (_, index) => 1000 + index),
  65535,
]);

test('the chosen window leaves out padding and half a percent at either end, in modality values', () => {
  const counts = countValues(SAMPLES, 'uint16');
  const low = 2 * 1005 - 100;
  const high = 2 * 1995 - 100;
  expect(percentileWindow(GREY, counts)).toMatchObject({
    center: (low + high + 1) / 2,
    width: high - low + 1,
    origin: 'percentile',
  });
});

test('a window of other pixels, through which all is white, shows nothing', () => {
  const counts = countValues(SAMPLES, 'uint16');
  const preset = { kind: 'window', shape: 'LINEAR', width: 100, label: '', origin: 'file' } as const;
  expect([
    showsSomething(GREY, { ...preset, center: 50 }, counts),
    showsSomething(GREY, { ...preset, center: 2900 }, counts),
  ]).toEqual([false, true]);
});
