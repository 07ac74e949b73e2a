/** Bytes of texts; whole names of every character set are read in readDicom.test.ts. */
import { expect, test } from 'vitest';
import { decodeText } from '#main/imaging/dicom/decodeText';

const bytes = (...parts: (string | number[])[]) =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'string' ? [...Buffer.from(part, 'latin1')] : part)));

const TO_KANJI = '\u001b$B';
const YAMADA = [0x3b, 0x33, 0x45, 0x44];

test.each([
  ['a space', [0x20]],
  ['two', [0x20, 0x20]],
  ['a NUL', [0]],
])('padding of %s behind characters of two bytes is none of them', (_, pad) => {
  const text = decodeText(bytes(TO_KANJI, YAMADA, pad), '\\ISO 2022 IR 87', 'LO');
  expect(text).toEqual({ text: '山田', certain: true });
});

test.each([
  ['ISO_IR 192', [0xe5, 0xb1, 0xb1, 0x20], '山', true],
  ['GB18030', [0xcd, 0xf5, 0x20, 0x20], '王', true],
  ['', [0xe5, 0xb1, 0xb1], '山', false],
  ['', [0xcf, 0xf0], '\uFFFD\uFFFD', false],
  ['ISO_IR 100', [0x4d, 0xfc, 0x6c], 'Mül', true],
  ['NO SUCH SET', [0x4d, 0xfc], 'M\uFFFD', false],
] as const)('in the set "%s" the bytes %o are "%s"', (set, value, text, certain) => {
  expect(decodeText(Uint8Array.from(value), set, 'LO')).toEqual({ text, certain });
});
