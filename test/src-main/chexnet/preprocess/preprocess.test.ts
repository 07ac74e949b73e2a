import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describePreprocessing, normalise, preprocess, type NetworkInput } from '#main/chexnet/preprocess/preprocess';

const GOLDEN = join(import.meta.dirname, '../../../fixtures/golden');

const CARD: NetworkInput = {
  size: 224,
  channels: 3,
  source: 'display grey, 8 bit, after modality LUT, VOI and polarity',
  resize: 'pillow-bilinear',
  scale: '0..1',
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
};

/** A binary PGM as dcmj2pnm writes it: three header lines, then bytes. */
function readPgm(path: string) {
  const file = readFileSync(path);
  const header = /^P5\s+(?:#[^\n]*\n)?(\d+)\s+(\d+)\s+255\n/.exec(file.toString('latin1', 0, 200));
  if (header === null) throw new Error(`${path} is no 8-bit PGM.`);
  return { grey: new Uint8Array(file.subarray(header[0].length)), rows: Number(header[2]), columns: Number(header[1]) };
}

type Golden = { films: { film: string; resizedSha256: string }[] };
const golden = JSON.parse(readFileSync(join(GOLDEN, 'golden.json'), 'utf8')) as Golden;

describe('preprocess', () => {
  it.each(golden.films.filter(({ film }) => film.endsWith('.pgm')))(
    'makes of $film the bytes that PyTorch was given',
    ({ film, resizedSha256 }) => {
      const { grey, rows, columns } = readPgm(join(GOLDEN, 'films', film));
      const [view] = preprocess(grey, rows, columns, CARD);
      expect(createHash('sha256').update(view!.pixels).digest('hex')).toBe(resizedSha256);
    },
  );
});

describe('normalise', () => {
  it('gives torchvision numbers, film after film, channels last', () => {
    const films = [new Uint8Array(224 * 224).fill(0), new Uint8Array(224 * 224).fill(255)];
    const input = normalise(films, CARD);
    // What torchvision's ToTensor and Normalize make of 0 and of 255, in the float32 arithmetic of numpy 2.4.
    const black = [-2.1179039478302, -2.0357141494750977, -1.804444432258606];
    const white = [2.248908281326294, 2.4285714626312256, 2.640000104904175];
    expect([...input.subarray(0, 3)]).toEqual(black);
    expect([...input.subarray(224 * 224 * 3, 224 * 224 * 3 + 3)]).toEqual(white);
    expect(input.length).toBe(2 * 224 * 224 * 3);
  });

  it('refuses a card whose mean does not fit its channels', () => {
    expect(() => normalise([], { ...CARD, mean: [0.5] })).toThrow(expect.objectContaining({ code: 'model/invalid' }));
  });
});

describe('describePreprocessing', () => {
  it('names every number of the road in one line', () => {
    expect(describePreprocessing(CARD)).toBe(
      'display grey 8 bit → pillow-bilinear 224×224 → 3 equal channels → 0..1 → mean 0.485 0.456 0.406, std 0.229 0.224 0.225',
    );
  });
});
