/** Pixel Data whose bytes do not lie as they are meant. */
import { expect, test } from 'vitest';
import { newCodecs, readFilm } from '#test/helpers/dicomFixtures';
import { makeDicom, type Element, type MadePicture } from '#test/helpers/makeDicom';

await newCodecs();

const SIDE = 101;
const bytes = Uint8Array.from({ length: SIDE * SIDE + 1 }, (_, at) => (at < SIDE * SIDE ? at % 251 : 0));
const ODD: MadePicture = { rows: SIDE, columns: SIDE, bitsAllocated: 8, bitsStored: 8, pixels: bytes };

test.each(['1.2.840.10008.1.2.1', '1.2.840.10008.1.2.2'])(
  'an odd number of bytes in words loses none of them in %s, and its padding is no pixel',
  async (syntax) => {
    const film = await readFilm(new Uint8Array(makeDicom(syntax, [], ODD)));
    expect(film.storedBytes).toEqual(bytes.subarray(0, SIDE * SIDE));
    expect(film.warnings.map(({ code }) => code)).not.toContain('incomplete');
  },
);

/** The film with another stream in the place of its own. */
function withStream(film: Buffer, start: number, stream: Buffer): Uint8Array {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(stream.length);
  const rest = film.subarray(start + film.readUInt32LE(start - 4));
  return new Uint8Array(Buffer.concat([film.subarray(0, start - 4), length, stream, rest]));
}

const box = (type: string, content: Buffer, length = content.length + 8) => {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(length);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, content]);
};

test.each([undefined, 0])(
  'a JP2 file in the place of a codestream (its box of length %s) gives the same pixels',
  async (length) => {
    const good = makeDicom('1.2.840.10008.1.2.4.90');
    const start = good.indexOf(Buffer.from([0xff, 0x4f, 0xff, 0x51]));
    const stream = good.subarray(start, start + good.readUInt32LE(start - 4));
    const file = Buffer.concat([
      box('jP  ', Buffer.from([0x0d, 0x0a, 0x87, 0x0a])),
      box('ftyp', Buffer.from('jp2 \0\0\0\0jp2 ', 'latin1')),
      box('jp2c', stream, length),
    ]);
    const film = await readFilm(withStream(good, start, file));
    expect(film.samples).toEqual((await readFilm(new Uint8Array(good))).samples);
    expect(film.warnings.map(({ code }) => code)).not.toContain('incomplete');
  },
);

/** 8 × 8 samples of 73 x + 511 y in 12 bits, by imagecodecs 2026.3.6 (libjxl 0.11.2), with a byte of padding. */
const JPEG_XL_12 =
  'ff0a416050b40808040100e8004b386818c2db250a1292e2e2a902fc84104208a16184104208bd21841042e80d21' +
  '8410426f082184107a43082184d01b42082184de104208210400';
const JPEG_XL_BOX = '0000000c4a584c200d0a870a00000014667479706a786c20000000006a786c20000000506a786c63';

test.each([
  ['bare', JPEG_XL_12],
  ['in a container', JPEG_XL_BOX + JPEG_XL_12],
])('JPEG XL of 12 bits, %s, keeps its values, which the decoder stretches to 16', async (_, hex) => {
  const pixels = new Uint8Array(2 * 64);
  const picture: MadePicture = { rows: 8, columns: 8, bitsAllocated: 16, bitsStored: 12, pixels };
  const made = makeDicom('1.2.840.10008.1.2.4.110', [], picture);
  const start = made.lastIndexOf(Buffer.from([0xfe, 0xff, 0x00, 0xe0])) + 8;
  const film = await readFilm(withStream(made, start, Buffer.from(hex, 'hex')));
  const expected = Array.from({ length: 64 }, (_each, at) => 73 * (at % 8) + 511 * (at >> 3));
  expect([...film.samples]).toEqual(expected);
});

test.each(['1.2.840.10008.1.2.4.91', '1.2.840.10008.1.2.4.203', '1.2.840.10008.1.2.4.81'])(
  'samples of %s far above what the header allows are damage, which coding with loss does not make',
  async (syntax) => {
    const bitsStored = (bits: number) => [0x0028, 0x0101, 'US', bits] as const;
    const highBit = (bit: number) => [0x0028, 0x0102, 'US', bit] as const;
    const good = await readFilm(new Uint8Array(makeDicom(syntax)));
    const wild = await readFilm(new Uint8Array(makeDicom(syntax, [bitsStored(10), highBit(9)])));
    expect([good.refusal?.code, wild.refusal?.code]).toEqual([undefined, 'film/incomplete']);
  },
);

/** 6 × 4 pixels of (20 x + 40 y + 70 c) mod 256 in three scans, by gdcm 3.0.21. */
const JPEG_LS_PLANES =
  'ffd8fff70011080004000603011100021100031100ffda0008010100000000801c01c01ca930000080042c5090010000021079c68b1730b28914' +
  'ffda00080102000000000000018a0072a4c8be00001000858a12002171079c68b1630b28f4' +
  'ffda0008010300000000000001e50072a4c8be00001000858a1285c41e8000010008591738d160ffd9';

test('JPEG-LS whose colours have a scan each gives them side by side', async () => {
  const picture: MadePicture = { rows: 4, columns: 6, bitsAllocated: 8, bitsStored: 8, pixels: new Uint8Array(24) };
  const colour: Element[] = [
    [0x0028, 0x0002, 'US', 3],
    [0x0028, 0x0004, 'CS', 'RGB'],
    [0x0028, 0x0006, 'US', 0],
  ];
  const made = makeDicom('1.2.840.10008.1.2.4.80', colour, picture);
  const start = made.lastIndexOf(Buffer.from([0xfe, 0xff, 0x00, 0xe0])) + 8;
  const film = await readFilm(withStream(made, start, Buffer.from(JPEG_LS_PLANES, 'hex')));
  const expected = Array.from({ length: 72 }, (_each, at) => {
    const pixel = Math.floor(at / 3);
    return (20 * (pixel % 6) + 40 * Math.floor(pixel / 6) + 70 * (at % 3)) % 256;
  });
  expect([...film.storedBytes]).toEqual(expected);
});
