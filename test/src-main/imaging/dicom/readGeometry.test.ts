/** Spacing and shape of pixels (PS3.3 10.7, C.7.6.3.1.7) in a film whose header is written for it. */
import { expect, test } from 'vitest';
import { newCodecs, readFilm } from '#test/helpers/dicomFixtures';
import { makeDicom, type Element } from '#test/helpers/makeDicom';

await newCodecs();

async function geometryWith(...elements: Element[]) {
  const film = await readFilm(new Uint8Array(makeDicom('1.2.840.10008.1.2.1', elements)));
  const { pixelSpacingMm, spacingOrigin, pixelAspect } = film.geometry;
  const warnings = film.warnings.map(({ code }) => code).filter((code) => /pixels-not|repaired/.test(code));
  return { pixelSpacingMm, spacingOrigin, pixelAspect, warnings };
}

const pixelSpacing = (value: string): Element => [0x0028, 0x0030, 'DS', value];
const detectorSpacing = (value: string): Element => [0x0018, 0x1164, 'DS', value];
const scannedSpacing = (value: string): Element => [0x0018, 0x2010, 'DS', value];
const calibration = (value: string): Element => [0x0028, 0x0a02, 'CS', value];
const aspectRatio = (value: string): Element => [0x0028, 0x0034, 'IS', value];
const SQUARE = { pixelAspect: 1, warnings: [] };

test.each([
  ['nothing', [], { pixelSpacingMm: null, spacingOrigin: null, ...SQUARE }],
  ['zeros', [pixelSpacing('0\\0')], { pixelSpacingMm: null, spacingOrigin: null, ...SQUARE }],
  ['a spacing alone', [pixelSpacing('0.2\\0.2')], { pixelSpacingMm: [0.2, 0.2], spacingOrigin: 'unknown', ...SQUARE }],
  [
    'the detector’s alone',
    [detectorSpacing('0.14\\0.14')],
    { pixelSpacingMm: [0.14, 0.14], spacingOrigin: 'detector', ...SQUARE },
  ],
  [
    'the detector’s twice',
    [detectorSpacing('0.14\\0.14'), pixelSpacing('0.14\\0.14')],
    { pixelSpacingMm: [0.14, 0.14], spacingOrigin: 'detector', ...SQUARE },
  ],
  [
    'one that differs from the detector’s',
    [detectorSpacing('0.14\\0.14'), pixelSpacing('0.13\\0.13')],
    { pixelSpacingMm: [0.13, 0.13], spacingOrigin: 'calibrated', ...SQUARE },
  ],
  [
    'the detector’s again, and how it was calibrated',
    [detectorSpacing('0.14\\0.14'), pixelSpacing('0.14\\0.14'), calibration('FIDUCIAL')],
    { pixelSpacingMm: [0.14, 0.14], spacingOrigin: 'calibrated', ...SQUARE },
  ],
  [
    'that of the film which was scanned',
    [scannedSpacing('0.2\\0.2')],
    { pixelSpacingMm: [0.2, 0.2], spacingOrigin: 'detector', ...SQUARE },
  ],
  [
    'blanks and a comma for the point',
    [pixelSpacing(' 0,14 \\0.14 ')],
    { pixelSpacingMm: [0.14, 0.14], spacingOrigin: 'unknown', ...SQUARE },
  ],
  ['half a spacing', [pixelSpacing('\\0.14')], { pixelSpacingMm: null, spacingOrigin: null, ...SQUARE }],
  ['words for a spacing', [pixelSpacing('NaN\\0.14')], { pixelSpacingMm: null, spacingOrigin: null, ...SQUARE }],
] as const)('a header with %s gives its spacing', async (_, elements, expected) => {
  expect(await geometryWith(...elements)).toEqual(expected);
});

test.each([
  ['rows further apart than columns', [pixelSpacing('0.3\\0.2')], 1.5],
  ['spacing, which counts more than the ratio', [pixelSpacing('0.2\\0.2'), aspectRatio('2\\1')], 1],
  ['spacing that was rounded', [pixelSpacing('0.1431\\0.1433')], 1],
  ['a ratio without spacing: vertical first', [aspectRatio('1\\2')], 0.5],
  ['a ratio of 1', [aspectRatio('1\\1')], 1],
] as const)('pixels have the shape of %s', async (_, elements, aspect) => {
  const { pixelAspect, warnings } = await geometryWith(...elements);
  expect(pixelAspect).toBeCloseTo(aspect, 12);
  expect(warnings).toEqual(aspect === 1 ? [] : ['pixels-not-square']);
});

test('a shape that no pixel has is ignored, and said', async () => {
  expect(await geometryWith(aspectRatio('9\\1'))).toMatchObject({ pixelAspect: 1, warnings: ['header-repaired'] });
});

// PS3.3 C.8.11.2.1.3: how the detector's picture was turned before it was stored; PatientOrientation holds of what is stored.
test('how the picture was turned on its way from the detector turns nothing again', async () => {
  const plain = await readFilm(new Uint8Array(makeDicom('1.2.840.10008.1.2.1')));
  const elements: Element[] = [
    [0x0018, 0x7032, 'DS', '90'],
    [0x0018, 0x7034, 'CS', 'YES'],
    [0x0020, 0x0020, 'CS', 'L\\F'],
    [0x0020, 0x0062, 'CS', 'R'],
  ];
  const film = await readFilm(new Uint8Array(makeDicom('1.2.840.10008.1.2.1', elements)));
  expect(film.geometry).toEqual(plain.geometry);
});

test.each([
  ['R\\F\\H', ['header-repaired']],
  ['L\\R', ['header-repaired']],
  ['L\\F', []],
  ['A\\F', []],
  ['\\', []],
])('PatientOrientation %s turns nothing, which is said where it should have: %j', async (orientation, said) => {
  const elements: Element[] = [[0x0020, 0x0020, 'CS', orientation]];
  const film = await readFilm(new Uint8Array(makeDicom('1.2.840.10008.1.2.1', elements)));
  const codes = film.warnings.map(({ code }) => code).filter((code) => /^(header|turned)/.test(code));
  expect({ turn: film.geometry.turn, codes }).toEqual({ turn: { quarterTurns: 0, mirrored: false }, codes: said });
});
