import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keptBytes, keptText, systemPath } from '#main/channel/systemPath';

describe.skipIf(process.platform === 'win32')('a path as Hilum keeps it', () => {
  test.each([
    ['of plain text', Buffer.from('/films/ü.png'), '/films/ü.png'],
    ['of a byte that is no text', Buffer.from([0x61, 0xe9, 0x2f, 0xc3, 0xbc, 0xff]), 'a\\xe9/ü\\xff'],
    ['that only looks so', Buffer.from('a\\xe9'), 'a\\x5cxe9'],
    ['with other backslashes', Buffer.from('a\\b\\x'), 'a\\b\\x'],
  ])('%s', (_, bytes, kept) => expect(keptBytes(bytes)).toBe(kept));

  const part = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 2 }), fc.constantFrom('\\', 'x', '5c', 'e9'));

  test('leads back to the same bytes, whatever they are', () => {
    const bytes = fc.oneof(
      fc.uint8Array(),
      part.map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(fc.array(bytes), (parts) => {
        const path = Buffer.concat(parts);
        expect(Buffer.from(systemPath(keptBytes(path)) as string).toString('hex')).toBe(path.toString('hex'));
      }),
    );
  });

  test('is the same for text and for its bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: part }), (text) => {
        expect(keptBytes(Buffer.from(text))).toBe(keptText(text));
      }),
    );
  });
});
