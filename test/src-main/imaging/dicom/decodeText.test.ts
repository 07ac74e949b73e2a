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

test.each([
  ['ISO_IR 203', '\u00a4\u00a6\u00bd', '€Šœ'],
  ['ISO 2022 IR 6\\ISO 2022 IR 203', '\u001b-b\u00bd', 'œ'],
  ['ISO IR 100', 'M\u00fcller', 'Müller'],
  ['ISO_IR100', 'M\u00fcller', 'Müller'],
  ['ISO2022 IR 100', 'M\u00fcller', 'Müller'],
  ['UTF-8', 'M\u00c3\u00bcller', 'Müller'],
  ['ISO 2022 IR 87', `${TO_KANJI};3ED\u001b(B`, '山田'],
])('knows the set "%s"', (set, value, text) => {
  expect(decodeText(bytes(value), set, 'LO')).toEqual({ text, certain: true });
});

test.each([
  ['', `${TO_KANJI};3ED\u001b(B`, '山田'],
  ['ISO_IR 100', `${TO_KANJI};3ED\u001b(B`, '山田'],
  ['\\ISO 2022 IR 87', `${TO_KANJI};3ED\u001b(J`, '山田'],
  ['ISO_IR 100', 'M\u00fc\u001b[31m', 'Mü [31m'],
  ['NO SUCH SET', 'M\u00c3\u00bcller', 'Müller'],
  ['ISO_IR 100', 'M\u00c3\u00bcller', 'MÃ¼ller'],
])('in the set "%s", %j is %s, with doubt', (set, value, text) => {
  expect(decodeText(bytes(value), set, 'LO')).toEqual({ text, certain: false });
});

test('what turns the direction of writing is left out', () => {
  const value = new TextEncoder().encode('a\u202egnp.exe\u2066b');
  expect(decodeText(value, 'ISO_IR 192', 'LO')).toEqual({ text: 'a gnp.exe b', certain: true });
});
