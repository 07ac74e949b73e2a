import { deflateRawSync } from 'node:zlib';
import { Context, NativeCodecs } from 'dcmjs-codecs';
import { expect, test } from 'vitest';
import { newCodecs } from '#test/helpers/dicomFixtures';

const SHAPE = {
  rows: 2,
  columns: 2,
  bitsAllocated: 8,
  bitsStored: 8,
  samplesPerPixel: 1,
  pixelRepresentation: 0,
  planarConfiguration: 0,
  photometricInterpretation: 'MONOCHROME2',
} as const;

const WIDE = { ...SHAPE, rows: 48, columns: 64, bitsAllocated: 16, bitsStored: 12 };
/** Syntaxes of which no file was found: what the module encodes without loss comes back. */
const ENCODERS = {
  '1.2.840.10008.1.2.4.110': (context: Context) => NativeCodecs.encodeJpegXl(context, { lossy: false }),
  '1.2.840.10008.1.2.4.202': (context: Context) => NativeCodecs.encodeHtJpeg2000(context, { lossy: false }),
} as const;

test.each(Object.entries(ENCODERS))('%s gives back what was encoded', async (transferSyntax, encode) => {
  const { decodeFrame } = await newCodecs();
  const { rows: height, columns: width, ...rest } = WIDE;
  const pixels = new Uint8Array(Uint16Array.from({ length: width * height }, (_, at) => (at * 37) & 4095).buffer);
  const stream = encode(new Context({ ...rest, width, height, decodedBuffer: pixels })).getEncodedBuffer();
  expect(decodeFrame(transferSyntax, stream ?? new Uint8Array(), WIDE).bytes).toEqual(pixels);
});

test('raw deflate is inflated, also with a byte of padding behind it', async () => {
  const { inflateRaw } = await newCodecs();
  const text = new TextEncoder().encode('a data set');
  const padded = Uint8Array.from([...deflateRawSync(text), 0]);
  expect([...inflateRaw(padded)]).toEqual([...text]);
});

test('what is no deflate stream is malformed', async () => {
  const { inflateRaw } = await newCodecs();
  expect(() => inflateRaw(Uint8Array.of(0xff, 0xff, 0xff, 0xff))).toThrow(
    expect.objectContaining({ code: 'dicom/malformed' }) as Error,
  );
});

test('a broken stream is an error after which the process is to be replaced', async () => {
  const { decodeFrame } = await newCodecs();
  const broken = Uint8Array.of(0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0, 2, 0, 2, 1, 1, 0x11, 0, 0xff, 0xd9, 0);
  expect(() => decodeFrame('1.2.840.10008.1.2.4.50', broken, SHAPE)).toThrow(
    expect.objectContaining({ code: 'decode/failed', details: { fatal: true } }) as Error,
  );
});

test.each([
  ['JPEG 2000, of which the codec loses half without a word', '1.2.840.10008.1.2.4.91'],
  ['JPEG XL with loss, which the codec gives in another colour space', '1.2.840.10008.1.2.4.112'],
])('colours of 16 bits of %s: they are refused', async (_, transferSyntax) => {
  const { decodeFrame } = await newCodecs();
  const shape = { ...SHAPE, bitsAllocated: 16, bitsStored: 16, samplesPerPixel: 3, photometricInterpretation: 'RGB' };
  expect(() => decodeFrame(transferSyntax, new Uint8Array(2), shape)).toThrow(
    expect.objectContaining({ code: 'dicom/unsupported-pixels' }) as Error,
  );
});

test('a transfer syntax without a codec is refused', async () => {
  const { decodeFrame } = await newCodecs();
  expect(() => decodeFrame('1.2.840.10008.1.2.4.100', new Uint8Array(2), SHAPE)).toThrow(
    expect.objectContaining({ code: 'dicom/unsupported-transfer-syntax' }) as Error,
  );
});
