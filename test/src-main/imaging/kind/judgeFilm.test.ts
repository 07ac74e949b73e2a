import { describe, expect, test } from 'vitest';
import { NO_FACTS, type FilmFacts } from '#main/contract/film';
import { judgeFilm, NO_HINTS, type FilmEvidence, type FilmHints } from '#main/imaging/kind/judgeFilm';

const CHEST_PA: FilmFacts = {
  ...NO_FACTS,
  modality: 'DX',
  bodyPart: 'CHEST',
  view: 'PA',
  patientAgeYears: 50,
};

function evidence(facts: Partial<FilmFacts>, rest: Partial<FilmEvidence> = {}): FilmEvidence {
  return {
    facts: { ...CHEST_PA, ...facts },
    hints: NO_HINTS,
    rows: 2500,
    columns: 2000,
    frames: 1,
    bitsAllocated: 16,
    missing: null,
    isConstant: false,
    isBilevel: false,
    colourfulness: 0,
    ...rest,
  };
}

function refusalOf(film: FilmEvidence): string | null {
  return judgeFilm(film, [18, 120]).refusal?.code ?? null;
}

function hints(part: Partial<FilmHints>): Partial<FilmEvidence> {
  return { hints: { ...NO_HINTS, ...part } };
}

test('a frontal chest film of an adult is judged without a word', () => {
  expect(judgeFilm(evidence({}), [18, 120])).toEqual({ refusal: null, warnings: [] });
});

test('a silent header refuses nothing and says what is unknown', () => {
  const { refusal, warnings } = judgeFilm({ ...evidence({}), facts: NO_FACTS }, [18, 120]);
  expect({ refusal, codes: warnings.map(({ code }) => code) }).toEqual({
    refusal: null,
    codes: ['view-unknown', 'body-part-unknown', 'age-unknown'],
  });
});

describe('refused', () => {
  const films: readonly (readonly [string, FilmEvidence, string])[] = [
    ['a left lateral', evidence({ view: 'LL' }), 'film/lateral'],
    ['a right lateral', evidence({ view: 'RL' }), 'film/lateral'],
    ['a lateral in words', evidence({ view: 'LATERAL' }), 'film/lateral'],
    ['a decubitus', evidence({ view: 'LLD' }), 'film/lateral'],
    ['a lateral by orientation', evidence({ view: '', patientOrientation: 'A\\F' }), 'film/lateral'],
    ['a lateral by orientation, though a PA by name', evidence({ patientOrientation: 'P\\F' }), 'film/lateral'],
    ['a lateral by its series', evidence({ view: '' }, hints({ descriptions: ['Chest LAT'] })), 'film/lateral'],
    ['a lateral by its columns', evidence({ view: '', patientOrientation: 'H\\A' }), 'film/lateral'],
    ['a lateral by an oblique row', evidence({ view: '', patientOrientation: 'AR\\F' }), 'film/lateral'],
    ['a lateral by its image type', evidence({ view: '', imageType: 'ORIGINAL\\PRIMARY\\LL' }), 'film/lateral'],
    ['an unknown view', evidence({ view: 'SWIMMERS' }), 'film/view-unsupported'],
    ['a hand by its series', evidence({ bodyPart: '', seriesDescription: 'Hand PA' }), 'film/not-chest'],
    ['a shoulder by its study', evidence({ bodyPart: '', studyDescription: 'Schulter links' }), 'film/not-chest'],
    ['a hip by its protocol', evidence({ bodyPart: '' }, hints({ descriptions: ['Hüfte ap'] })), 'film/not-chest'],
    ['a child by its birth date', evidence({}, hints({ ageByBirthDateYears: 6 })), 'film/age-out-of-range'],
    ['a child of today', evidence({ patientAgeYears: null }, hints({ ageTodayYears: 3 })), 'film/age-out-of-range'],
    ['a fax', evidence({}, { isBilevel: true }), 'film/not-radiograph'],
    ['a hand', evidence({ bodyPart: 'HAND' }), 'film/not-chest'],
    ['a mammogram', evidence({ modality: 'MG', bodyPart: '' }), 'film/not-chest'],
    ['a CT slice of the chest', evidence({ modality: 'CT' }), 'film/not-radiograph'],
    ['any captured picture', evidence({ modality: 'OT', bodyPart: '' }), 'film/not-radiograph'],
    ['a dog', evidence({}, hints({ species: 'Canine' })), 'film/not-human'],
    ['a dog by its protocol', evidence({}, hints({ descriptions: ['CANINE THORAX'] })), 'film/not-human'],
    ['a child', evidence({ patientAgeYears: 7 }), 'film/age-out-of-range'],
    ['a newborn', evidence({ patientAgeYears: 0 }), 'film/age-out-of-range'],
    ['raw data', evidence({ presentationIntent: 'FOR PROCESSING' }), 'film/for-processing'],
    ['raw data in its own spelling', evidence({ presentationIntent: 'FOR_PROCESSING' }), 'film/for-processing'],
    ['a loop', evidence({}, { frames: 30 }), 'film/multi-frame'],
    ['a truncated film', evidence({}, { missing: '2 of 8 pixel bytes are missing.' }), 'film/incomplete'],
    ['an icon', evidence({}, { rows: 64, columns: 64 }), 'film/not-radiograph'],
    ['an empty picture', evidence({}, { isConstant: true }), 'film/not-radiograph'],
    ['a photograph', evidence({}, { colourfulness: 60 }), 'film/not-radiograph'],
  ];
  test.each(films)('%s', (_, film, code) => {
    expect(refusalOf(film)).toBe(code);
  });
});

test('a refusal tells all that speaks against the film, the gravest first', () => {
  const film = evidence(
    { bodyPart: 'HAND', view: 'LL', patientAgeYears: 7 },
    { rows: 64, columns: 64, isConstant: true },
  );
  expect(judgeFilm(film, [18, 120]).refusal).toEqual({
    code: 'film/not-chest',
    message:
      'The body part is HAND, not the chest alone. Besides: The film is not a frontal view (LL). ' +
      'The patient is 7 years old; this model was made for ages 18 to 120. The picture is only 64 × 64 pixels.',
    details: { besides: 'film/lateral, film/age-out-of-range, film/not-radiograph' },
  });
});

describe('judged', () => {
  const films: readonly (readonly [string, FilmEvidence])[] = [
    ['an AP film', evidence({ view: 'AP' })],
    ['a series that names both views', evidence({ view: '' }, hints({ descriptions: ['CHEST PA/LAT'] }))],
    ['a chest and hand study', evidence({ bodyPart: '', studyDescription: 'Chest and hand' })],
    ['a film whose ages differ by rounding', evidence({ patientAgeYears: 18 }, hints({ ageByBirthDateYears: 17 }))],
    ['a film whose ages differ, both of adults', evidence({}, hints({ ageByBirthDateYears: 30, ageTodayYears: 40 }))],
    ['a thorax', evidence({ bodyPart: 'THORAX' })],
    ['a scanned chest film', evidence({ modality: 'OT' })],
    ['a person of a named species', evidence({}, hints({ species: 'Homo sapiens' }))],
    ['an eighteen-year-old', evidence({ patientAgeYears: 18 })],
  ];
  test.each(films)('%s', (_, film) => {
    expect(refusalOf(film)).toBeNull();
  });
});

test.each([
  ['of an image type', { imageType: 'DERIVED\\SECONDARY\\AI_RESULT' }, [], 'AI_RESULT'],
  ['by its series', { seriesDescription: 'Chest CAD overlay' }, [], 'Chest CAD overlay'],
  ['by its derivation', {}, ['Grad-CAM of the chest film'], 'Grad-CAM'],
  ['by equipment that had a part in it', {}, ['Artificial Intelligence'], 'Artificial Intelligence'],
  ['by a name', { seriesDescription: 'qXR result' }, [], 'qXR result'],
  [
    'that took out the bones',
    { seriesDescription: 'Bone-suppressed' },
    [],
    'taken out of the film ("Bone-suppressed")',
  ],
] as const)('a film of another program, %s, is said to be one', (_, facts, derivation, word) => {
  const { refusal, warnings } = judgeFilm(evidence(facts, hints({ derivation })), [18, 120]);
  expect(refusal).toBeNull();
  expect(warnings).toEqual([{ code: 'derived', message: expect.stringContaining(word) as string }]);
});

test.each([
  ['ORIGINAL\\PRIMARY', []],
  [
    'ORIGINAL\\PRIMARY',
    ['Main gain adapted', 'CADAVER', 'energy 60 kV, bone window', 'lossy compression', 'Aichi hospital'],
  ],
])('words that only look like such programs say nothing', (imageType, derivation) => {
  expect(judgeFilm(evidence({ imageType }, hints({ derivation })), [18, 120]).warnings).toEqual([]);
});

test('a picture that is far too long for a film is called unusual', () => {
  const { warnings } = judgeFilm(evidence({}, { rows: 600, columns: 2000 }), [18, 120]);
  expect(warnings.map(({ code }) => code)).toEqual(['unusual-picture']);
});
