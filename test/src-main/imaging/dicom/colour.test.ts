/** Colours whose grey can be told by hand; whole colour films are compared with their goldens in readDicom.test.ts. */
import { expect, test } from 'vitest';
import { colourToGrey } from '#main/imaging/dicom/colour';

const PIXELS = { planar: false, subsampled: false };

test.each([
  ['YBR_FULL', [0, 128, 128], 0],
  ['YBR_FULL', [200, 128, 128], 200],
  // PS3.3 C.7.6.3.1.2: black is 16 and white 235.
  ['YBR_PARTIAL_422', [16, 128, 128], 0],
  ['YBR_PARTIAL_422', [235, 128, 128], 255],
  ['YBR_PARTIAL_422', [81, 90, 240], 76],
  ['RGB', [255, 0, 0], 76],
] as const)('%s %o is the grey %i', (interpretation, pixel, grey) => {
  expect([...colourToGrey(Uint8Array.from(pixel), 1, interpretation, PIXELS).grey]).toEqual([grey]);
});

test('of subsampled pixels each two share their colours', () => {
  const pair = Uint8Array.of(16, 235, 128, 128);
  const layout = { planar: false, subsampled: true };
  expect([...colourToGrey(pair, 2, 'YBR_PARTIAL_422', layout).grey]).toEqual([0, 255]);
});
