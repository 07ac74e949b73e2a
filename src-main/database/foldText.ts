/** Text as it is searched and sorted: without case, accents and the carets of DICOM names. */

/** `MÜLLER^Jürgen` → `muller jurgen`; `Straße` → `strasse`. */
export function foldText(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replaceAll('ø', 'o')
    .replaceAll('ł', 'l')
    .replaceAll('đ', 'd')
    .replaceAll('æ', 'ae')
    .replaceAll('œ', 'oe')
    .replace(/[\^=\s]+/g, ' ')
    .trim();
}
