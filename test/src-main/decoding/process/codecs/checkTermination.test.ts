import { describe, expect, test } from 'vitest';
import { promiseTermination, saysWrongTermination } from '#main/decoding/process/codecs/checkTermination';

const SIZ = [0xff, 0x51, 0, 41, ...new Array<number>(34).fill(0), 0, 1, 11, 1, 1];
const cod = (style: number) => [0xff, 0x52, 0, 12, 0, 0, 0, 1, 0, 5, 4, 4, style, 1];
const coc = (style: number) => [0xff, 0x53, 0, 9, 0, 0, 5, 4, 4, style, 1];
const TILE = [0xff, 0x90, 0, 10, 0, 0, 0, 0, 0, 0, 0, 1, ...cod(0), 0xff, 0x93, 1, 0xff, 0xd9];

describe('predictable termination', () => {
  test.each([
    ['promised by COD and COC of the main header', [cod(0), coc(1)], [cod(0x10), coc(0x11)]],
    ['not promised by HTJ2K', [cod(0x40)], [cod(0x40)]],
  ])('is %s', (_, given, made) => {
    const stream = Buffer.from([0xff, 0x4f, ...SIZ, ...given.flat(), ...TILE]);
    const before = Buffer.from(stream).toString('hex');
    expect([...promiseTermination(stream)]).toEqual([0xff, 0x4f, ...SIZ, ...made.flat(), ...TILE]);
    // The film's own bytes are hashed.
    expect(stream.toString('hex')).toBe(before);
  });

  test.each([
    ['PTERM check failure: 3 synthetized 0xFF markers read', false],
    ['PTERM check failure: 8 remaining bytes in code block (100 used / 110)', false],
    ['PTERM check failure: 9 remaining bytes in code block (100 used / 111)', true],
    ['Header of tile 12 / 40 has been read.', false],
  ])('%s', (words, isWrong) => expect(saysWrongTermination(words)).toBe(isWrong));
});
