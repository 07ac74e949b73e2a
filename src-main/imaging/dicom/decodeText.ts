/** Bytes of a text element → text, through Specific Character Set (PS3.3 C.12.1.1.2, PS3.5 6.1). */
import { convertBytes } from 'dicom-character-set';
import { EVERY_EXTENSION, standardTerms } from './characterSetTerms';
import { LATIN_1, LATIN_9, lettersOfLatin9, withLatin1Escapes } from './latin9';

export type DecodedText = {
  readonly text: string;
  /** False where bytes could not be read with the declared character set; what nothing explains stands as U+FFFD. */
  readonly certain: boolean;
};

const ESCAPE = 0x1b;

/** `characterSet` is the raw value of (0008,0005), `\` between several; '' = the default repertoire (ASCII). */
export function decodeText(padded: Uint8Array, characterSet: string, valueRepresentation: string): DecodedText {
  const bytes = withoutPadding(padded);
  if (bytes.every((byte) => byte < 0x80 && byte !== ESCAPE)) return { text: tidy(ascii(bytes)), certain: true };
  const sets = standardTerms(characterSet);
  const declared = sets === '' ? null : convert(bytes, sets, valueRepresentation);
  if (declared !== null && !declared.includes('\u001b')) {
    return { text: tidy(declared), certain: !declared.includes('\uFFFD') && !isUtf8AsLatin1(bytes, sets) };
  }
  // An escape sequence tells which set it begins, also where that was not declared.
  const escaped = bytes.includes(ESCAPE) ? convert(bytes, sets + EVERY_EXTENSION, valueRepresentation) : null;
  return { text: tidy(escaped ?? declared ?? undeclared(bytes)), certain: false };
}

/** Null for a set that is not known, or an escape sequence that the sets do not have. */
function convert(bytes: Uint8Array, sets: string, vr: string): string | null {
  try {
    return sets.includes(LATIN_9)
      ? lettersOfLatin9(convertBytes(sets.replace(LATIN_9, LATIN_1), withLatin1Escapes(bytes), { vr }))
      : convertBytes(sets, bytes, { vr });
  } catch {
    return null;
  }
}

/** Writers that end in a set of two-byte characters do not always leave it before they pad: the pad is half a character there. */
function withoutPadding(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(0, bytes.findLastIndex((byte) => byte !== 0x20 && byte !== 0) + 1);
}

/** UTF-8 is often declared as Latin-1, in which no name holds pairs such as "Ã¼": it is shown as declared, with doubt. */
function isUtf8AsLatin1(bytes: Uint8Array, sets: string): boolean {
  return /^ISO(_| 2022 )IR 100$/.test(sets) && utf8(bytes) !== null;
}

/** Null where the bytes are no UTF-8. */
function utf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** Bytes above ASCII without a declared set: UTF-8 where they are valid UTF-8, which other sets rarely are by chance. */
function undeclared(bytes: Uint8Array): string {
  return utf8(bytes) ?? ascii(bytes);
}

function ascii(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte < 0x80 ? String.fromCharCode(byte) : '\uFFFD';
  return text;
}

/**
 * Padding off, and control characters out, those too that turn the direction of writing: no text of a file may steer a
 * terminal, break a line of a table or look like another one.
 */
function tidy(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]+/g, ' ').trim();
}
