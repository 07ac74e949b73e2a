/**
 * Latin alphabet No. 9 (ISO_IR 203, PS3.3 table C.12-2), which the package dicom-character-set does not know, is Latin-1
 * with letters for eight of its symbols: it is read as that. Names that mix both do not hold the symbols.
 */
export const LATIN_1 = 'IR 100';
export const LATIN_9 = 'IR 203';

const LETTERS: Readonly<Record<string, string>> = {
  ...{ '¤': '€', '¦': 'Š', '¨': 'š', '´': 'Ž' },
  ...{ '¸': 'ž', '¼': 'Œ', '½': 'œ', '¾': 'Ÿ' },
};

export function lettersOfLatin9(latin1: string): string {
  return latin1.replace(/[¤¦¨´¸¼½¾]/g, (symbol) => LETTERS[symbol] ?? symbol);
}

/** ESC - b, which begins Latin-9, becomes ESC - A, which begins Latin-1. */
export function withLatin1Escapes(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte, at) => (byte === 0x62 && bytes[at - 1] === 0x2d && bytes[at - 2] === 0x1b ? 0x41 : byte));
}
