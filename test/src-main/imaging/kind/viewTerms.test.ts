import { expect, test } from 'vitest';
import { viewOfCode } from '#main/imaging/kind/viewCodes';
import { frontalView, viewDescribed, viewNamed } from '#main/imaging/kind/viewTerms';

const FRONTAL_POSITIONS =
  'PA|AP|AP ERECT|PA UPRIGHT|AP SUPINE|AP_SUPINE|PORTABLE AP|FRONTAL|P.A.|P-A|A/P|A.P|POSTEROANTERIOR|ANTERO-POSTERIOR|AP/PA|CHEST PA|PA L|APERECT|AP SEMI ERECT';
const LATERAL_POSITIONS =
  'LL|RL|LAT|LATERAL|LEFT LAT|LAT ERECT|LATERAL LEFT|CXR LAT|LAT.|CHEST LAT|LL ERECT|L|R|LAT_L|LATL|PROFIL|SEITLICH|XTABLE LAT|LATERALE|LEFTLAT|AP LAT|LLD|RAO|OBLIQUE|LATERAL DECUBITUS|L LAT';
const OTHER_POSITIONS = 'SWIMMERS|AXIAL|LORDOTIC|AP AXIAL|SUBMENTOVERTICAL|XYZZY';
const SILENT_POSITIONS = '|UNKNOWN|PORTABLE|CHEST|ERECT|N/A|-';

test.each([
  [FRONTAL_POSITIONS, 'frontal'],
  [LATERAL_POSITIONS, 'lateral'],
  [OTHER_POSITIONS, 'other'],
  [SILENT_POSITIONS, 'none'],
])('the view positions %s are %s', (positions, view) => {
  const words = positions.split('|');
  expect(words.map((word) => [word, viewNamed(word)])).toEqual(words.map((word) => [word, view]));
});

test.each([
  ['AP|AP ERECT|AP SUPINE|AP_SUPINE|AP_horizontal|PORTABLE AP|A.P|APERECT|AP SEMI ERECT|ANTERO-POSTERIOR', 'AP'],
  ['PA|PA UPRIGHT|P.A.|POSTEROANTERIOR|POSTERO ANTERIOR|CHEST PA|pa', 'PA'],
  // Neither, both, and no plain frontal film.
  ['FRONTAL|AP/PA|LL|LATERAL|AP LAT|AP AXIAL|AP LLD|PORTABLE|SUPINE|UNKNOWN|', null],
])('of the positions %s the frontal view is %s', (positions, view) => {
  const words = positions.split('|');
  expect(words.map((word) => [word, frontalView(word)])).toEqual(words.map((word) => [word, view]));
});

test.each([
  [
    'CHEST_LAT|Chest LAT|Thorax lat.|W034 Chest-Lat|CHEST LATERAL LL|Thorax seitl.|Thorax_seitlich|lat links|ChestLat|Thorax profil|RX TORACE LL|Tórax perfil|胸部側面|Klatka piersiowa boczna|Hrudník bočná|Thorax zijdelings|LATERAL_CHEST|lateral_view',
    'lateral',
  ],
  ['PA LAT|Chest, lateral (AP table)|CHEST PA/LAT|PA and lateral|Thorax p.a. und seitlich', 'both'],
  ['CHEST AP|W033 Chest p.a.|Rx Tórax AP decúbito supino', 'frontal'],
  ['CHEST|Thorax bilateral|LATERALITY|platform', 'none'],
])('the descriptions %s tell of %s', (descriptions, view) => {
  const texts = descriptions.split('|');
  expect(texts.map((text) => [text, viewDescribed(text)])).toEqual(texts.map((text) => [text, view]));
});

test('view codes of CID 4010 decide with their scheme, in both editions of SNOMED', () => {
  const codes = [
    ['R-10206', 'SRT', 'AP'],
    ['399348003', 'SCT', 'AP'],
    ['R-10214', 'SNM3', 'PA'],
    ['272479007', 'SCT', 'PA'],
    ['R-10236', 'SRT', 'LL'],
    ['399198007', 'SCT', 'RL'],
    ['R-10228', 'SRT', 'LATERO-MEDIAL'],
    ['R-10204', 'SRT', 'OBLIQUE'],
    ['R-10206', '99LOCAL', ''],
    ['R-99999', 'SRT', ''],
  ] as const;
  expect(codes.map(([code, scheme]) => viewOfCode(code, scheme))).toEqual(codes.map(([, , view]) => view));
});
