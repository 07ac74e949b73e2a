import { expect, test } from 'vitest';
import { ageAt, formatDate, formatPersonName, formatTime, parseAge, yearOf } from '#main/imaging/dicom/readFacts';

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
  ['20201301', ''],
  ['0120', ''],
])('the year of the birth date "%s" is "%s"', (value, year) => {
  expect(yearOf(value)).toBe(year);
});

test('a year alone gives the age', () => {
  expect(ageAt('2020', '2026-01-01')).toBe(6);
});
