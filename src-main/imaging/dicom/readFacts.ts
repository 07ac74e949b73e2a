/** What a DICOM file says of patient, study and film. Nothing is guessed: a silent header is ''. */
import type { FilmFacts } from '#main/contract/film';
import { bodyPartOf, namesOtherPart } from '../kind/headerTerms';
import { viewOfCode } from '../kind/viewCodes';
import { viewNamed } from '../kind/viewTerms';
import type { Attributes } from './attributes';
import { readOverlays } from './readOverlays';
import { TAG } from './tags';

export function readFacts(attributes: Attributes): FilmFacts {
  const { code, text } = attributes;
  const birthDate = formatDate(code(TAG.patientBirthDate));
  const studyDateTime = readDateTime(attributes);
  return {
    patientId: text(TAG.patientId),
    patientIdIssuer: text(TAG.issuerOfPatientId),
    patientName: formatPersonName(text(TAG.patientName, 'PN')),
    patientBirthDate: birthDate,
    patientSex: /^[MFO]$/.exec(code(TAG.patientSex).toUpperCase())?.[0] ?? '',
    patientAgeYears: parseAge(text(TAG.patientAge)) ?? ageByBirthDate(attributes, studyDateTime),
    accessionNumber: text(TAG.accessionNumber),
    studyUid: code(TAG.studyInstanceUid),
    seriesUid: code(TAG.seriesInstanceUid),
    instanceUid: code(TAG.sopInstanceUid),
    sopClassUid: code(TAG.sopClassUid),
    studyDescription: text(TAG.studyDescription),
    seriesDescription: text(TAG.seriesDescription),
    studyDateTime,
    modality: code(TAG.modality).toUpperCase(),
    bodyPart: readBodyPart(attributes),
    view: readView(attributes),
    station: text(TAG.stationName),
    manufacturerModel: [text(TAG.manufacturer), text(TAG.manufacturerModelName)].filter(Boolean).join(' '),
    institution: text(TAG.institutionName),
    laterality: code(TAG.imageLaterality).toUpperCase() || code(TAG.laterality).toUpperCase(),
    patientOrientation: code(TAG.patientOrientation).toUpperCase(),
    presentationIntent: code(TAG.presentationIntentType).toUpperCase(),
    imageType: code(TAG.imageType).toUpperCase(),
    identityRemoved: code(TAG.patientIdentityRemoved).toUpperCase(),
    overlays: readOverlays(attributes),
  };
}

/**
 * `Family^Given^Middle^Prefix^Suffix` → `Family, Prefix Given Middle Suffix`; the alphabetic, ideographic and phonetic
 * groups (PS3.5 6.2.1) in this order with ` = ` between them.
 */
export function formatPersonName(value: string): string {
  return value.split('=').map(formatNameGroup).filter(Boolean).join(' = ');
}

function formatNameGroup(group: string): string {
  const [family = '', given = '', middle = '', prefix = '', suffix = ''] = group
    .split('^')
    .map((part) => part.trim().replace(/\s+/g, ' '));
  const rest = [prefix, given, middle, suffix].filter(Boolean).join(' ');
  return [family, rest].filter(Boolean).join(', ');
}

/** DA `19950720`, or the old `1995.07.20`, → `1995-07-20`; '' where it is no date. */
export function formatDate(value: string): string {
  const match = /^(\d{4})[.\-/]?(\d{2})[.\-/]?(\d{2})/.exec(value);
  if (match === null) return '';
  const [, year = '', month = '', day = ''] = match;
  const isDate = Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= 31;
  return isDate && Number(year) > 0 ? `${year}-${month}-${day}` : '';
}

/** TM `HHMMSS.FFFFFF`, cut anywhere after the hour, or `HH:MM:SS`, → `HH:MM:SS`; '' where it is no time. */
export function formatTime(value: string): string {
  const match = /^([01]\d|2[0-3]):?([0-5]\d)?:?([0-5]\d)?/.exec(value);
  return match === null ? '' : `${match[1] ?? '00'}:${match[2] ?? '00'}:${match[3] ?? '00'}`;
}

/**
 * What the words for a unit begin with → how many are a year: English, French, Spanish, Portuguese, Italian, German,
 * Dutch, Russian, Japanese, Chinese and Korean. A `J` alone is a day or a year.
 */
const UNITS_PER_YEAR: Readonly<Record<string, number>> = {
  ...{ D: 365.25, JO: 365.25, TA: 365.25 },
  ...{ W: 365.25 / 7, SE: 365.25 / 7 },
  M: 12,
  ...{ Y: 1, A: 1, JA: 1, Л: 1, Г: 1, 歳: 1, 才: 1, 岁: 1, 세: 1 },
};
const UNIT = Object.keys(UNITS_PER_YEAR).join('|');

/** Number before its unit, with words, signs and further parts behind it; and unit before its number. One value. */
const AGES = [
  new RegExp(`^[<>]?0*(?<number>\\d{1,3}(?:[.,]\\d+)?)(?!\\d)(?:\\s*(?<unit>${UNIT})|(?!\\s*\\p{L}))[^\\\\]*$`, 'iu'),
  /^(?<unit>[DWMY])0*(?<number>\d{1,3})$/i,
];

/**
 * AS `045Y`, `018M`, `003W`, `010D` → years. What people type is not lost: a bare number is taken as years, and
 * `5 years`, `5 ans`, `5 Jahre`, `Y005`, `6 mo` and `4Y6M` (its first part) are read. Null where it is no age.
 */
export function parseAge(value: string): number | null {
  const groups = AGES.map((form) => form.exec(value.trim())?.groups).find((found) => found !== undefined);
  if (groups === undefined) return null;
  const { number = '', unit = 'Y' } = groups;
  return Number(number.replace(',', '.')) / (UNITS_PER_YEAR[unit.toUpperCase()] ?? 1);
}

/** Whole years from the birth date, or from the year alone where no more of it is sure, to a `YYYY-MM-DD…` day. */
export function ageByBirthDate({ code }: Attributes, day: string): number | null {
  return ageAt(formatDate(code(TAG.patientBirthDate)) || yearOf(code(TAG.patientBirthDate)), day);
}

/**
 * The year in `2020`, `202001`, `20200100`, `01/02/2020`, `2.1.2020` or `01022020`, whose day and month may be either way
 * round; else ''.
 */
export function yearOf(value: string): string {
  return (
    /^((?:18|19|20)\d\d)(?:\D|\d\d$|(?:0\d|1[0-2])00$|$)/.exec(value)?.[1] ??
    /(?:\D|^(?:0[1-9]|[12]\d|3[01]){2})((?:18|19|20)\d\d)$/.exec(value)?.[1] ??
    ''
  );
}

/** Whole years between two `YYYY-MM-DD…` days; null where one is missing or the first is the later one. */
export function ageAt(birthDate: string, studyDateTime: string): number | null {
  if (birthDate === '' || studyDateTime === '') return null;
  const years = Number(studyDateTime.slice(0, 4)) - Number(birthDate.slice(0, 4));
  const hadBirthday = studyDateTime.slice(5, 10) >= birthDate.slice(5, 10);
  const age = hadBirthday ? years : years - 1;
  return age < 0 || age > 150 ? null : age;
}

/** The study's own date, else the nearest thing to it that the file has. */
const DATES = [
  [TAG.studyDate, TAG.studyTime],
  [TAG.acquisitionDateTime, TAG.acquisitionDateTime],
  [TAG.acquisitionDate, TAG.acquisitionTime],
  [TAG.contentDate, TAG.contentTime],
  [TAG.seriesDate, TAG.seriesTime],
] as const;

export function readDateTime({ code }: Attributes): string {
  for (const [dateTag, timeTag] of DATES) {
    const date = formatDate(code(dateTag));
    if (date === '') continue;
    // DT is a date with its time behind it.
    const time = formatTime(dateTag === timeTag ? code(timeTag).slice(8) : code(timeTag));
    return time === '' ? date : `${date}T${time}`;
  }
  return '';
}

/** PS3.16 CID 4009: chest. */
const CHEST_CODES = new Set(['T-D3000', '51185008']);

/** BodyPartExamined, unless the coded region names another part: a stale protocol often leaves CHEST behind. */
function readBodyPart(attributes: Attributes): string {
  const [region] = attributes.items(TAG.anatomicRegionSequence);
  const isChest = CHEST_CODES.has(region?.code(TAG.codeValue) ?? '');
  const coded = (isChest ? 'CHEST' : (region?.text(TAG.codeMeaning) ?? '')).toUpperCase();
  // By the standard a code in ASCII; where people write it in their language, dropping its letters would hide the word.
  const written = attributes.text(TAG.bodyPartExamined).toUpperCase();
  if (bodyPartOf(written) === 'other') return written;
  return written === '' || namesOtherPart(coded) ? coded : written;
}

/**
 * DX gives a code, which wins over the free ViewPosition (PS3.3 C.8.11.5), except where that says that the film is no
 * frontal one: of two views that contradict each other the one that is not judged is the safe one.
 */
function readView(attributes: Attributes): string {
  const position = attributes.text(TAG.viewPosition).toUpperCase();
  const [item] = attributes.items(TAG.viewCodeSequence);
  if (item === undefined) return position;
  const coded = viewOfCode(item.code(TAG.codeValue), item.code(TAG.codingSchemeDesignator)) || viewMeant(item);
  if (coded === '') return position;
  return viewNamed(coded) === 'frontal' && viewNamed(position) === 'lateral' ? position : coded;
}

/** The meaning of a code that is not known, where it helps; in DICOM's short terms where there are such. */
function viewMeant(item: Attributes): string {
  const meaning = item.text(TAG.codeMeaning).toUpperCase();
  const named = viewNamed(meaning);
  if (named === 'frontal') return FRONTAL_MEANINGS.find(([pattern]) => pattern.test(meaning))?.[1] ?? 'FRONTAL';
  return named === 'lateral' ? meaning : '';
}

const FRONTAL_MEANINGS: readonly (readonly [RegExp, string])[] = [
  [/POSTERO[- ]?ANTERIOR|\bP\.?A\b/, 'PA'],
  [/ANTERO[- ]?POSTERIOR|\bA\.?P\b/, 'AP'],
];
