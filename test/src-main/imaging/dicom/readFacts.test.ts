import { describe, expect, test } from 'vitest';
import type { Attributes } from '#main/imaging/dicom/attributes';
import {
  ageAt,
  formatDate,
  formatPersonName,
  formatTime,
  parseAge,
  readFacts,
  yearOf,
} from '#main/imaging/dicom/readFacts';
import { TAG } from '#main/imaging/dicom/tags';

test.each([
  ['Yamada^Tarou=山田^太郎=やまだ^たろう', 'Yamada, Tarou = 山田, 太郎 = やまだ, たろう'],
  ['Adams^John Robert Quincy^^Rev.^B.A. M.Div.', 'Adams, Rev. John Robert Quincy B.A. M.Div.'],
  ['=山田^太郎', '山田, 太郎'],
  ['^^^^', ''],
])('the person name %s is shown as "%s"', (value, shown) => {
  expect(formatPersonName(value)).toBe(shown);
});

test.each([
  ['045Y', 45],
  ['018M', 1.5],
  ['000Y', 0],
  ['81', 81],
  ['', null],
  ['45 years', 45],
  ['0005Y', 5],
  ['Y005', 5],
  ['18 months', 1.5],
  ['old', null],
  ['5 ans', 5],
  ['012A', 12],
  ['6 mo', 0.5],
  ['4Y6M', 4],
  ['5.5Y', 5.5],
  ['>89Y', 89],
  ['12yo', 12],
  ['12Jahre', 12],
  ['73 jours', 73 / 365.25],
  ['5歳', 5],
  ['12 лет', 12],
  // Months, which no other word begins with; days.
  ['5ヶ月', null],
  ['20日', null],
  // Days or years: both begin so.
  ['5 J', null],
  ['1990', null],
  ['19900101', null],
  ['045Y\\010Y', null],
])('the age "%s" is %s years', (value, years) => {
  expect(parseAge(value)).toBe(years);
});

test('the age at the study counts birthdays', () => {
  expect([
    ageAt('1980-06-15', '2020-06-14'),
    ageAt('1980-06-15', '2020-06-15T08:00:00'),
    ageAt('', '2020-06-15'),
    ageAt('2021-01-01', '2020-06-15'),
  ]).toEqual([39, 40, null, null]);
});

test.each([
  ['19950720', '1995-07-20'],
  ['1995.07.20', '1995-07-20'],
  ['19951320', ''],
  ['unknown', ''],
])('the date "%s" is "%s"', (value, date) => {
  expect(formatDate(value)).toBe(date);
});

test.each([
  ['104702.826', '10:47:02'],
  ['1047', '10:47:00'],
  ['10:47:02', '10:47:02'],
  ['9', ''],
])('the time "%s" is "%s"', (value, time) => {
  expect(formatTime(value)).toBe(time);
});

test.each([
  ['2020', '2020'],
  ['202001', '2020'],
  ['01/02/2020', '2020'],
  ['2.1.2020', '2020'],
  ['31012020', '2020'],
  ['20200000', '2020'],
  ['20200500', '2020'],
  ['20201301', ''],
  ['0120', ''],
])('the year of the birth date "%s" is "%s"', (value, year) => {
  expect(yearOf(value)).toBe(year);
});

test('a year alone gives the age', () => {
  expect(ageAt('2020', '2026-01-01')).toBe(6);
});

type Values = { readonly [keyword in keyof typeof TAG]?: string | readonly Values[] };

/** A data set of ASCII values, by keyword; a list is a sequence of items. */
function dataSetOf(values: Values): Attributes {
  const byTag = new Map<string, string | readonly Values[]>();
  for (const [keyword, value] of Object.entries(values)) byTag.set(TAG[keyword as keyof typeof TAG], value);
  const codeOf = (tag: string): string => {
    const value = byTag.get(tag);
    return typeof value === 'string' ? value : '';
  };
  return {
    element: () => null,
    bytes: () => new Uint8Array(),
    code: codeOf,
    text: codeOf,
    decimals: () => [],
    words: () => [],
    items: (tag) => {
      const value = byTag.get(tag);
      return value === undefined || typeof value === 'string' ? [] : value.map(dataSetOf);
    },
    hasUncertainText: () => false,
  };
}

describe('the view of a coded film', () => {
  const coded = (codeValue: string, codeMeaning: string): readonly Values[] => [
    { codeValue, codingSchemeDesignator: 'SRT', codeMeaning },
  ];
  test.each([
    ['is the code, whatever it is called', coded('R-10236', 'profil gauche'), '', 'LL'],
    ['is the code before a frontal position', coded('R-10236', ''), 'PA', 'LL'],
    ['is the code before an unknown position', coded('R-10206', ''), 'XYZZY', 'AP'],
    ['is a lateral position before a frontal code', coded('R-10206', ''), 'LL', 'LL'],
    ['is the meaning of an unknown code', coded('R-99999', 'postero-anterior'), '', 'PA'],
    ['is the position where code and meaning are unknown', coded('R-99999', 'special'), 'PA', 'PA'],
    ['is unknown where nothing helps', coded('R-99999', 'special'), '', ''],
  ])('%s', (_, viewCodeSequence, viewPosition, view) => {
    expect(readFacts(dataSetOf({ viewCodeSequence, viewPosition })).view).toBe(view);
  });
});

describe('the body part', () => {
  const region = (codeValue: string, codeMeaning: string): readonly Values[] => [{ codeValue, codeMeaning }];
  test.each([
    ['is the coded region of a silent film', region('T-D8700', 'Hand'), '', 'HAND'],
    ['is the chest by its code in any language', region('51185008', 'Hrudník'), '', 'CHEST'],
    ['is the coded region that contradicts a chest', region('T-11502', 'Thoracic spine'), 'CHEST', 'THORACIC SPINE'],
    ['is the written one otherwise', region('T-28000', 'Lung'), 'CHEST', 'CHEST'],
  ])('%s', (_, anatomicRegionSequence, bodyPartExamined, part) => {
    expect(readFacts(dataSetOf({ anatomicRegionSequence, bodyPartExamined })).bodyPart).toBe(part);
  });
});

test('the age comes from the birth date and any date of the film', () => {
  const { patientAgeYears, studyDateTime } = readFacts(
    dataSetOf({ patientBirthDate: '01/02/2020', acquisitionDateTime: '20260301101010.5' }),
  );
  expect({ patientAgeYears, studyDateTime }).toEqual({ patientAgeYears: 6, studyDateTime: '2026-03-01T10:10:10' });
});
