import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256 } from '#main/chexnet/dataset/sha256';

describe('sha256', () => {
  it('gives the digest of FIPS 180-4, example B.1', () => {
    expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  it('equals OpenSSL for any text', () => {
    const text = fc.string({ unit: 'binary', maxLength: 300 });
    fc.assert(fc.property(text, (any) => sha256(any) === createHash('sha256').update(any, 'utf8').digest('hex')));
  });

  it.each([55, 56, 63, 64, 119, 120])('pads %i bytes', (length) => {
    const text = 'x'.repeat(length);
    expect(sha256(text)).toBe(createHash('sha256').update(text).digest('hex'));
  });
});
