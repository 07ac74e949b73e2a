/** Pixel Data whose bytes do not lie as they are meant. */
import { Context, NativeCodecs } from 'dcmjs-codecs';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import type { FilmPixels } from '#main/imaging/filmPixels';
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

/** A film of `picture`, which gives its size alone, whose pixels are `stream`. */
function filmOf(syntax: string, more: readonly Element[], picture: MadePicture, stream: Buffer): Promise<FilmPixels> {
  const made = makeDicom(syntax, more, picture);
  const start = made.lastIndexOf(Buffer.from([0xfe, 0xff, 0x00, 0xe0])) + 8;
  return readFilm(withStream(made, start, stream));
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
  const film = await filmOf('1.2.840.10008.1.2.4.110', [], picture, Buffer.from(hex, 'hex'));
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

const colour = (photometricInterpretation: string): Element[] => [
  [0x0028, 0x0002, 'US', 3],
  [0x0028, 0x0004, 'CS', photometricInterpretation],
  [0x0028, 0x0006, 'US', 0],
];

/** 6 × 4 pixels of (20 x + 40 y + 70 c) mod 256 in three scans, by gdcm 3.0.21. */
const JPEG_LS_PLANES =
  'ffd8fff70011080004000603011100021100031100ffda0008010100000000801c01c01ca930000080042c5090010000021079c68b1730b28914' +
  'ffda00080102000000000000018a0072a4c8be00001000858a12002171079c68b1630b28f4' +
  'ffda0008010300000000000001e50072a4c8be00001000858a1285c41e8000010008591738d160ffd9';

test('JPEG-LS whose colours have a scan each gives them side by side', async () => {
  const picture: MadePicture = { rows: 4, columns: 6, bitsAllocated: 8, bitsStored: 8, pixels: new Uint8Array(24) };
  const film = await filmOf('1.2.840.10008.1.2.4.80', colour('RGB'), picture, Buffer.from(JPEG_LS_PLANES, 'hex'));
  const expected = Array.from({ length: 72 }, (_each, at) => {
    const pixel = Math.floor(at / 3);
    return (20 * (pixel % 6) + 40 * Math.floor(pixel / 6) + 70 * (at % 3)) % 256;
  });
  expect([...film.storedBytes]).toEqual(expected);
});

const NARROW: MadePicture = { rows: 16, columns: 12, bitsAllocated: 8, bitsStored: 8, pixels: new Uint8Array(192) };
const WIDE: MadePicture = { ...NARROW, bitsAllocated: 16, pixels: new Uint8Array(384) };
const narrowValue = (at: number) => (at * 7) & 255;

/** A stream of 8 bits without loss, and without the byte of padding that may follow it. */
function encodeNarrow(encode: (context: Context) => Context): Buffer {
  const { rows: height, columns: width, ...bits } = NARROW;
  const kind = {
    samplesPerPixel: 1,
    pixelRepresentation: 0,
    planarConfiguration: 0,
    photometricInterpretation: 'MONOCHROME2',
  };
  const decodedBuffer = Uint8Array.from(bits.pixels, (_, at) => narrowValue(at));
  const stream = encode(new Context({ ...bits, ...kind, width, height, decodedBuffer })).getEncodedBuffer();
  return Buffer.from(stream ?? []);
}

test.each([
  ['1.2.840.10008.1.2.4.50', (context: Context) => NativeCodecs.encodeJpeg(context, { lossy: false, predictor: 1 })],
  ['1.2.840.10008.1.2.4.70', (context: Context) => NativeCodecs.encodeJpeg(context, { lossy: false, predictor: 1 })],
  ['1.2.840.10008.1.2.4.80', (context: Context) => NativeCodecs.encodeJpegLs(context, {})],
  ['1.2.840.10008.1.2.4.90', (context: Context) => NativeCodecs.encodeJpeg2000(context, {})],
  ['1.2.840.10008.1.2.4.201', (context: Context) => NativeCodecs.encodeHtJpeg2000(context, {})],
])('8 bits of %s in a film of 16 allocated ones fill the whole picture', async (syntax, encode) => {
  const film = await filmOf(syntax, [], WIDE, encodeNarrow(encode));
  expect([...film.samples]).toEqual(Array.from(NARROW.pixels, (_, at) => narrowValue(at)));
  expect(film.storedBytes.filter((_, at) => at % 2 === 1).some((byte) => byte !== 0)).toBe(false);
});

/** 4 × 5 signed samples of 13 x + 29 y - 100 in 8 bits, by imagecodecs 2026.3.6 (OpenJPEG 2.5.4). */
const JPEG_2000_SIGNED =
  'ff4fff510029000000000004000000050000000000000000000000040000000500000000000000000001870101ff52000c0000000100000404' +
  '0001ff5c00044040ff640025000143726561746564206279204f70656e4a5045472076657273696f6e20322e352e34ff90000a000000000024' +
  '0001ff93cfb44c10e23072e6d31748e45c1322a4fe837a7e9e2dffd9';

test('the sign of 8 bits fills 16 allocated ones where JPEG 2000 says that there is one', async () => {
  const picture: MadePicture = { ...WIDE, rows: 5, columns: 4, pixels: new Uint8Array(40) };
  const signed: Element = [0x0028, 0x0103, 'US', 1];
  const stream = Buffer.from(JPEG_2000_SIGNED, 'hex');
  const { samples, storedBytes } = await filmOf('1.2.840.10008.1.2.4.90', [signed], picture, stream);
  const expected = Array.from({ length: 20 }, (_, at) => 13 * (at % 4) + 29 * Math.floor(at / 4) - 100);
  expect([...samples]).toEqual(expected);
  expect([...new Int16Array(storedBytes.buffer, storedBytes.byteOffset, 20)]).toEqual(expected);
});

test('a stream of more bits than the header allocates is malformed, not cut off', async () => {
  const stream = (film: Buffer) => film.subarray(film.indexOf(Buffer.from([0xff, 0x4f, 0xff, 0x51])));
  const made = stream(makeDicom('1.2.840.10008.1.2.4.201'));
  const small: MadePicture = { ...NARROW, rows: 104, columns: 100 };
  await expect(filmOf('1.2.840.10008.1.2.4.201', [], small, Buffer.from(made))).rejects.toMatchObject({
    code: 'dicom/malformed',
  });
});

/** A tinted ramp, by a JPEG library that marks its streams: as YBR of 4:2:0, as nearly all do. */
function tintedJpeg(): Promise<Buffer> {
  const raw = Buffer.from(Array.from({ length: 16 * 12 }, (_, at) => [at, at, Math.floor(at / 2)]).flat());
  return sharp(raw, { raw: { width: 12, height: 16, channels: 3 } })
    .jpeg({ quality: 100 })
    .toBuffer();
}

test.each(['RGB', 'YBR_ICT'])('a JPEG stream that says it is YBR_FULL is not taken for %s', async (written) => {
  const jpeg = await tintedJpeg();
  const right = await filmOf('1.2.840.10008.1.2.4.50', colour('YBR_FULL_422'), NARROW, jpeg);
  const wrong = await filmOf('1.2.840.10008.1.2.4.50', colour(written), NARROW, jpeg);
  expect(wrong.samples).toEqual(right.samples);
  const codes = [right, wrong].map(({ warnings }) => warnings.some(({ code }) => code === 'pixel-header-mismatch'));
  expect(codes).toEqual([false, true]);
});

test.each(['1.2.840.10008.1.2.1', '1.2.840.10008.1.2.1.98'])(
  'two pixels of YBR_FULL_422 share their colours in %s',
  async (syntax) => {
    const pixels = Uint8Array.from({ length: 2 * 16 * 12 }, (_, at) => (at % 4 < 2 ? at % 251 : 128));
    const film = await readFilm(new Uint8Array(makeDicom(syntax, colour('YBR_FULL_422'), { ...NARROW, pixels })));
    expect(film.storedBytes).toEqual(pixels);
    expect([...film.samples]).toEqual([...pixels].filter((_, at) => at % 4 < 2));
    expect(film.refusal?.code).not.toBe('film/incomplete');
  },
);

test('items of compressed pixels are items, also where Pixel Data has a length', async () => {
  const made = makeDicom('1.2.840.10008.1.2.4.80');
  const right = await readFilm(new Uint8Array(made));
  const from = made.indexOf(Buffer.from([0xff, 0xff, 0xff, 0xff, 0xfe, 0xff, 0x00, 0xe0]));
  made.writeUInt32LE(made.length - from - 4, from);
  const { storedBytes, warnings } = await readFilm(new Uint8Array(made));
  expect({ storedBytes, warnings }).toEqual({ storedBytes: right.storedBytes, warnings: right.warnings });
});
