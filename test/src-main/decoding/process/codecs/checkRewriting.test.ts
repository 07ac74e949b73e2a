/** What is found by coding again is measured in test/src-main/decoding/damage.test.ts; here is what is left alone. */
import { Context, NativeCodecs } from 'dcmjs-codecs';
import { expect, test } from 'vitest';
import { commentOf, isRewrittenOtherwise } from '#main/decoding/process/codecs/checkRewriting';
import { newCodecs } from '#test/helpers/dicomFixtures';

await newCodecs();

const SIDE = 64;
const pixels = Uint8Array.from({ length: 2 * SIDE * SIDE }, (_, at) => (at % 2 === 0 ? (at * 37) % 251 : at % 3));

function encode(decodedBuffer: Uint8Array, lossy: boolean, progressionOrder: number): Uint8Array {
  const shape = { width: SIDE, height: SIDE, bitsAllocated: 16, bitsStored: 16, samplesPerPixel: 1 };
  const kind = { pixelRepresentation: 0, planarConfiguration: 0, photometricInterpretation: 'MONOCHROME2' };
  const context = new Context({ ...shape, ...kind, decodedBuffer });
  const made = NativeCodecs.encodeHtJpeg2000(context, { lossy, progressionOrder }).getEncodedBuffer();
  return new Uint8Array(made ?? []);
}

const otherPixels = pixels.map((value) => value ^ 1);

test.each([0, 2])('a stream of our own codec is the same when it is written again, in the order %i', (order) => {
  const stream = encode(pixels, false, order);
  const again = (progressionOrder: number) => encode(pixels, false, progressionOrder);
  expect(isRewrittenOtherwise(stream, commentOf(stream), again)).toBe(false);
  const padded = Uint8Array.from([...stream, 0]);
  expect(isRewrittenOtherwise(padded, commentOf(stream), again)).toBe(false);
});

test('a stream whose pixels would be written otherwise was damaged', () => {
  const stream = encode(pixels, false, 0);
  expect(isRewrittenOtherwise(stream, commentOf(stream), (order) => encode(otherPixels, false, order))).toBe(true);
});

test('nothing is said of a stream that another program, or another version of it, wrote', () => {
  const stream = encode(pixels, false, 0);
  const own = commentOf(stream);
  expect(own).toMatch(/OpenJPH Ver/);
  stream[Buffer.from(stream).indexOf('OpenJPH') + 12]! ^= 1;
  expect(isRewrittenOtherwise(stream, own, () => expect.fail('It is not written again.'))).toBe(false);
});

test('nothing is said of a stream that was written with loss, or in another way', () => {
  const own = commentOf(encode(pixels, false, 0));
  const lossy = encode(pixels, true, 0);
  expect(isRewrittenOtherwise(lossy, own, () => expect.fail('It is not written again.'))).toBe(false);
  expect(isRewrittenOtherwise(encode(pixels, false, 2), own, () => encode(otherPixels, false, 0))).toBe(false);
});
