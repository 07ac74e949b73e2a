/** Values of Specific Character Set as the package dicom-character-set knows them (PS3.3 C.12.1.1.2). */

/** Every set that an escape sequence can begin, to stand behind those that a file declares. */
export const EVERY_EXTENSION = [100, 101, 109, 110, 144, 127, 126, 138, 148, 13, 166, 87, 159, 149, 58]
  .map((number) => `\\ISO 2022 IR ${number}`)
  .join('');

/** Sets of two bytes a character, which can only follow another set. */
const NEVER_FIRST = /^ISO 2022 IR (87|159|149|58)\b/;

/** Terms as the standard has them for `ISO IR 100`, `ISO_IR192` or `UTF-8`, which are met; others stay as they are. */
export function standardTerms(characterSet: string): string {
  const terms = characterSet.split('\\').map(standardTerm).join('\\');
  return NEVER_FIRST.test(terms) ? `\\${terms}` : terms;
}

function standardTerm(written: string): string {
  const term = written.trim();
  const [, extended, number] = /^ISO[ _-]*(2022)?[ _-]*IR[ _-]*(\d+)$/i.exec(term) ?? [];
  if (number === '192' || /^UTF[ _-]?8$/i.test(term)) return 'ISO_IR 192';
  return number === undefined ? term : `${extended === undefined ? 'ISO_IR' : 'ISO 2022 IR'} ${number}`;
}
