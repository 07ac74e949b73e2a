/** Streams of OpenJPH 0.26.3 (imagecodecs 2026.3.6) of 5 rows and 4 columns, with values that can be told by hand. */
import { expect, test } from 'vitest';
import { newCodecs } from '#test/helpers/dicomFixtures';

const ROWS = 5;
const COLUMNS = 4;
const SHAPE = { rows: ROWS, columns: COLUMNS, planarConfiguration: 0 } as const;
const GREY = { ...SHAPE, samplesPerPixel: 1, photometricInterpretation: 'MONOCHROME2' } as const;

/** 13 x + 29 y - 100 */
const SIGNED_8 =
  'ff4fff510029400000000004000000050000000000000000000000040000000500000000000000000001870101ff500008000200000002' +
  'ff52000c00020001000504044001ff5c00132048505050505050505050505050484848ff64001700014f70656e4a50482056657220302e' +
  '32362e332eff90000a0000000000320001ff93c025f5000774000000c01280e601077400c0130038fe000b7400c0270088f80323c27500' +
  'ffd9';
/** 900 x + 1700 y - 5000 */
const SIGNED_16 =
  'ff4fff5100294000000000040000000500000000000000000000000400000005000000000000000000018f0101ff50000800020000000a' +
  'ff52000c00020001000504044001ff5c00132088909090909090909090909090888888ff64001700014f70656e4a50482056657220302e' +
  '32362e332eff90000a00000000003c0001ff93c0002695fc028774000000c00013001ef504077400c0001380d00ffd030b7400c0002a80' +
  '061b6cf000a232827600ffd9';
/** 20 x + 9 y, 200 - 30 x, 40 y + x in tiles of 3 × 3, without a colour transform. */
const PLANES =
  'ff4fff51002f400000000004000000050000000000000000000000030000000300000000000000000003070101070101070101ff500008' +
  '000200000002ff52000c00020001000504044001ff5c00132048505050505050505050505050484848ff64001700014f70656e4a504820' +
  '56657220302e32362e332eff90000a0000000000540001ff93c025c501077400c025d200877400c025ad01077400000000000000000000' +
  'c012c01280ce00877400e200077400c01280f700877400c012401280fe1773009e01077400000000ff90000a0001000000290001ff93c0' +
  '26000fc701837400c02600c7e3008b7400c02600f3b301837400ff90000a00020000004f0001ff93c012802f01877400c01280a6010774' +
  '00c01280f200077400c01280ce00877400c01280f700877400c01200fe177300a0128031fe32330000a01300cfe700223400ff90000a00' +
  '03000000320001ff93c025804a8f01077400e300077400c02500c700877400c025804afa000774009f01077400ffd9';

const pixels = <Value>(value: (x: number, y: number) => Value): Value[] =>
  Array.from({ length: ROWS * COLUMNS }, (_, at) => value(at % COLUMNS, Math.floor(at / COLUMNS)));

const bytesOf = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'));

test.each([0, 1] as const)('signed samples keep their sign, also where the header says %i of it', async (sign) => {
  const { decodeFrame } = await newCodecs();
  const decode = (hex: string, bits: 8 | 16) => {
    const shape = { ...GREY, bitsAllocated: bits, bitsStored: bits, pixelRepresentation: sign };
    return decodeFrame('1.2.840.10008.1.2.4.201', bytesOf(hex), shape).bytes;
  };
  expect([...new Int8Array(decode(SIGNED_8, 8).buffer)]).toEqual(pixels((x, y) => 13 * x + 29 * y - 100));
  expect([...new Int16Array(decode(SIGNED_16, 16).buffer)]).toEqual(pixels((x, y) => 900 * x + 1700 * y - 5000));
});

test('colours without a transform lie side by side', async () => {
  const { decodeFrame } = await newCodecs();
  const colour = { samplesPerPixel: 3, pixelRepresentation: 0, photometricInterpretation: 'RGB' } as const;
  const shape = { ...SHAPE, ...colour, bitsAllocated: 8, bitsStored: 8 };
  expect([...decodeFrame('1.2.840.10008.1.2.4.201', bytesOf(PLANES), shape).bytes]).toEqual(
    pixels((x, y) => [20 * x + 9 * y, 200 - 30 * x, 40 * y + x]).flat(),
  );
});
