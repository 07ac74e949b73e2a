import { describe, expect, it } from 'vitest';
import { bytes, float, integer, message, toBytes } from '#main/chexnet/formats/protobuf';

/** The examples of https://protobuf.dev/programming-guides/encoding/ and of the format's conformance tests. */
describe('the wire format', () => {
  it.each([
    ['150 in field 1', integer(1, 150), '08 96 01'],
    ['-2 in field 1', integer(1, -2), '08 fe ff ff ff ff ff ff ff ff 01'],
    ['"testing" in field 2', bytes(2, 'testing'), '12 07 74 65 73 74 69 6e 67'],
    ['a message in field 3', bytes(3, message([integer(1, 150)])), '1a 03 08 96 01'],
    ['1.5 in field 20', float(20, 1.5), 'a5 01 00 00 c0 3f'],
  ])('writes %s', (_, written, expected) => {
    expect(Buffer.from(toBytes(written)).toString('hex')).toBe(expected.replaceAll(' ', ''));
  });

  it('puts a payload of megabytes into messages as it is, without copying it at each of them', () => {
    const payload = new Uint8Array(3_000_000).fill(7);
    const outer = bytes(1, message([bytes(2, message([integer(3, 1), bytes(4, payload)]))]));
    expect(outer.includes(payload)).toBe(true);
    const written = toBytes(outer);
    // 22 c0 8d b7 01 and the payload · 18 01 before it · 12 and the length of these · 0a and the length of those
    expect(Buffer.from(written.subarray(0, 17)).toString('hex')).toBe('0acc8db70112c78db701180122c08db701');
    expect(written).toHaveLength(3_000_017);
  });
});
