/** What a DICOM file says of patient, study and film. Nothing is guessed: a silent header is ''. */
import type { FilmFacts } from '#main/contract/film';
import type { Attributes } from './attributes';
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
    patientAgeYears: parseAge(code(TAG.patientAge)) ?? ageAt(birthDate, studyDateTime),
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

/** AS `045Y`, `018M`, `003W`, `010D` → years; a bare number is taken as years. Null where it is no age. */
export function parseAge(value: string): number | null {
  const match = /^(\d{1,3})\s*([DWMY]?)$/i.exec(value.trim());
  if (match === null) return null;
  const perYear = { D: 365.25, W: 365.25 / 7, M: 12, Y: 1 }[match[2]?.toUpperCase() ?? ''] ?? 1;
  return Number(match[1]) / perYear;
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
  [TAG.acquisitionDate, TAG.acquisitionTime],
  [TAG.contentDate, TAG.contentTime],
  [TAG.seriesDate, TAG.seriesTime],
] as const;

function readDateTime({ code }: Attributes): string {
  for (const [dateTag, timeTag] of DATES) {
    const date = formatDate(code(dateTag));
    if (date === '') continue;
    const time = formatTime(code(timeTag));
    return time === '' ? date : `${date}T${time}`;
  }
  return '';
}

function readBodyPart(attributes: Attributes): string {
  const coded = attributes.items(TAG.anatomicRegionSequence)[0]?.text(TAG.codeMeaning) ?? '';
  return (attributes.code(TAG.bodyPartExamined) || coded).toUpperCase();
}

/** Names of views in View Code Sequence (CID 4010), by code meaning. */
const VIEW_MEANINGS: readonly (readonly [RegExp, string])[] = [
  [/postero[- ]?anterior/i, 'PA'],
  [/antero[- ]?posterior/i, 'AP'],
  [/left lateral decubitus/i, 'LLD'],
  [/right lateral decubitus/i, 'RLD'],
  [/left lateral/i, 'LL'],
  [/right lateral/i, 'RL'],
  [/lateral/i, 'LATERAL'],
  [/oblique/i, 'OBLIQUE'],
];

/** DX gives a code, which wins over the free ViewPosition (PS3.3 C.8.11.5). */
function readView(attributes: Attributes): string {
  const meaning = attributes.items(TAG.viewCodeSequence)[0]?.text(TAG.codeMeaning) ?? '';
  const coded = VIEW_MEANINGS.find(([pattern]) => pattern.test(meaning))?.[1];
  return coded ?? attributes.code(TAG.viewPosition).toUpperCase();
}
