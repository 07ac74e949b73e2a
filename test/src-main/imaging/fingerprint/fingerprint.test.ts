import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { fingerprintDistance, NEAR_IDENTICAL_BITS } from '#main/contract/fingerprint';
import { fingerprint } from '#main/imaging/fingerprint/fingerprint';

const FILMS = join(import.meta.dirname, '../../../fixtures/golden/films');

async function fingerprintOf(picture: Sharp): Promise<string> {
  const { data, info } = await picture.toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
  return fingerprint(data, info.height, info.width);
}

const film = readFileSync(join(FILMS, 'images-1024/00000493_000.png'));

describe('fingerprint', () => {
  it('stays near-identical when the film is exported smaller and as JPEG', async () => {
    const original = await fingerprintOf(sharp(film));
    const jpeg = await sharp(film).resize(700).jpeg({ quality: 60 }).toBuffer();
    expect(fingerprintDistance(original, await fingerprintOf(sharp(jpeg)))).toBeLessThanOrEqual(NEAR_IDENTICAL_BITS);
  });

  it('tells other films and the mirrored film apart', async () => {
    const original = await fingerprintOf(sharp(film));
    const others = await Promise.all([
      fingerprintOf(sharp(film).flop()),
      ...['00000831_001', '00001063_000', '00001582_017'].map((name) =>
        fingerprintOf(sharp(join(FILMS, 'images-256', `${name}.png`))),
      ),
    ]);
    const near = others.filter((other) => fingerprintDistance(original, other) <= NEAR_IDENTICAL_BITS);
    expect(near).toEqual([]);
  });

  it('is 16 hex digits for any picture, a flat one included', () => {
    expect(fingerprint(new Uint8Array(6).fill(200), 2, 3)).toMatch(/^[0-9a-f]{16}$/);
  });
});

describe('fingerprintDistance', () => {
  it('counts differing bits', () => {
    expect(fingerprintDistance('00000000000000ff', '8000000000000000')).toBe(9);
  });
});
