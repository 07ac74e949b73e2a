import { describe, expect, it } from 'vitest';
import { bytes, float, integer, message } from '#main/chexnet/formats/protobuf';

/** The examples of https://protobuf.dev/programming-guides/encoding/ and of the format's conformance tests. */
describe('the wire format', () => {
  it.each([
    ['150 in field 1', integer(1, 150), '08 96 01'],
    ['-2 in field 1', integer(1, -2), '08 fe ff ff ff ff ff ff ff ff 01'],
    ['"testing" in field 2', bytes(2, 'testing'), '12 07 74 65 73 74 69 6e 67'],
    ['a message in field 3', bytes(3, message([integer(1, 150)])), '1a 03 08 96 01'],
    ['1.5 in field 20', float(20, 1.5), 'a5 01 00 00 c0 3f'],
  ])('writes %s', (_, written, expected) => {
    expect(Buffer.from(written).toString('hex')).toBe(expected.replaceAll(' ', ''));
  });
});
