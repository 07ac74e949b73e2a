/** Bytes of a text element → text, through Specific Character Set (PS3.3 C.12.1.1.2, PS3.5 6.1). */
import { convertBytes } from 'dicom-character-set';

export type DecodedText = {
  readonly text: string;
  /** False where bytes could not be read with the declared character set; they stand as U+FFFD. */
  readonly certain: boolean;
};

/** `characterSet` is the raw value of (0008,0005), `\` between several; '' = the default repertoire (ASCII). */
export function decodeText(padded: Uint8Array, characterSet: string, valueRepresentation: string): DecodedText {
  const bytes = withoutPadding(padded);
  if (bytes.every((byte) => byte < 0x80 && byte !== 0x1b)) return { text: tidy(ascii(bytes)), certain: true };
  if (characterSet === '') return decodeUndeclared(bytes);
  try {
    const text = convertBytes(characterSet, bytes, { vr: valueRepresentation });
    return { text: tidy(text), certain: !text.includes('\uFFFD') };
  } catch {
    // An unknown set or a broken escape sequence.
    return { text: tidy(ascii(bytes)), certain: false };
  }
}

/** Writers that end in a set of two-byte characters do not always leave it before they pad: the pad is half a character there. */
function withoutPadding(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(0, bytes.findLastIndex((byte) => byte !== 0x20 && byte !== 0) + 1);
}

/** Bytes above ASCII without a declared set: UTF-8 where they are valid UTF-8, which other sets rarely are by chance. */
function decodeUndeclared(bytes: Uint8Array): DecodedText {
  try {
    return { text: tidy(new TextDecoder('utf-8', { fatal: true }).decode(bytes)), certain: false };
  } catch {
    return { text: tidy(ascii(bytes)), certain: false };
  }
}

function ascii(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte < 0x80 ? String.fromCharCode(byte) : '\uFFFD';
  return text;
}

/** Padding off, and control characters out: no text of a file may steer a terminal or break a line of a table. */
function tidy(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').trim();
}
