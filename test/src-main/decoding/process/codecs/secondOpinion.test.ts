/**
 * Two decoders agree: what dcmjs-codecs makes of every compressed fixture, beside other implementations of the same
 * standards (CharLS, OpenJPEG, OpenJPH and libjpeg-turbo as cornerstone builds them; a JPEG lossless decoder in
 * JavaScript).
 */
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { attributesOf, readCount } from '#main/imaging/dicom/attributes';
import { readFrames } from '#main/imaging/dicom/frames';
import { parseDataSet } from '#main/imaging/dicom/parseDataSet';
import { readDicom } from '#main/imaging/dicom/readDicom';
import { TAG } from '#main/imaging/dicom/tags';
import { expectedFixtures, fixtureBytes, newCodecs } from '#test/helpers/dicomFixtures';

const require = createRequire(import.meta.url);

type CornerstoneDecoder = {
  getEncodedBuffer(length: number): Uint8Array;
  decode(): void;
  getDecodedBuffer(): Uint8Array;
  delete(): void;
};
type CornerstoneModule = Readonly<Record<string, new () => CornerstoneDecoder>>;
type CornerstoneFactory = (options: object) => Promise<CornerstoneModule>;

type Decode = (frame: Uint8Array) => Promise<Uint8Array>;

function cornerstone(path: string, decoderName: string): Decode {
  const factory = require(path) as CornerstoneFactory;
  const quiet = { print: () => undefined, printErr: () => undefined };
  const loading = factory({ ...quiet, locateFile: (name: string) => `${dirname(path)}/${name}` });
  return async (frame) => {
    const decoder = new (await loading)[decoderName]!();
    decoder.getEncodedBuffer(frame.length).set(frame);
    decoder.decode();
    const bytes = decoder.getDecodedBuffer().slice();
    decoder.delete();
    return bytes;
  };
}

const jpegLs = cornerstone(require.resolve('@cornerstonejs/codec-charls/decodewasmjs'), 'JpegLSDecoder');
const jpeg2000 = cornerstone(require.resolve('@cornerstonejs/codec-openjpeg/decodewasmjs'), 'J2KDecoder');
const htj2k = cornerstone(require.resolve('@cornerstonejs/codec-openjph/wasmjs'), 'HTJ2KDecoder');
const jpeg8 = cornerstone(require.resolve('@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs'), 'JPEGDecoder');
const { Decoder: JpegLosslessDecoder } = require('jpeg-lossless-decoder-js') as {
  readonly Decoder: new () => { decompress(bytes: ArrayBuffer, from: number, length: number): ArrayBuffer };
};
const jpegLossless: Decode = (frame) => {
  const own = frame.slice();
  return Promise.resolve(new Uint8Array(new JpegLosslessDecoder().decompress(own.buffer, 0, own.length)));
};

const OPINIONS: Readonly<Record<string, Decode>> = {
  '1.2.840.10008.1.2.4.50': jpeg8,
  '1.2.840.10008.1.2.4.57': jpegLossless,
  '1.2.840.10008.1.2.4.70': jpegLossless,
  '1.2.840.10008.1.2.4.80': jpegLs,
  '1.2.840.10008.1.2.4.81': jpegLs,
  '1.2.840.10008.1.2.4.90': jpeg2000,
  '1.2.840.10008.1.2.4.91': jpeg2000,
  '1.2.840.10008.1.2.4.201': htj2k,
  '1.2.840.10008.1.2.4.202': htj2k,
};

type Compressed = { readonly name: string; readonly transferSyntax: string; readonly frame: Uint8Array };

const codecs = await newCodecs();

/** First frames of all grey films that can be decoded and are not damaged; colour is converted by each in its own way. */
const compressed = Object.entries(expectedFixtures()).flatMap(([name, { md5, outcome }]): Compressed[] => {
  if (md5 === null || outcome === 'film/incomplete') return [];
  const parsed = parseDataSet(fixtureBytes(name), codecs);
  const { transferSyntax, bytes } = parsed;
  const attributes = attributesOf(parsed);
  if (OPINIONS[transferSyntax] === undefined || readCount(attributes, TAG.samplesPerPixel) === 3) return [];
  const [frame] = readFrames(bytes, attributes, 1);
  return frame === undefined ? [] : [{ name, transferSyntax, frame: frame.bytes }];
});

describe('another decoder finds the same pixels', () => {
  test('in films of every family', () => {
    const families = new Set(compressed.map(({ transferSyntax }) => transferSyntax));
    expect([...families].sort()).toEqual(
      Object.keys(OPINIONS)
        .filter((uid) => !uid.endsWith('.202'))
        .sort(),
    );
  });

  test.each(compressed)('$name', async ({ name, transferSyntax, frame }) => {
    const film = readDicom(fixtureBytes(name), codecs, { ageRangeYears: [0, 200] });
    const other = await OPINIONS[transferSyntax]!(frame);
    const own = film.storedBytes.subarray(0, film.storedBytes.length / film.encoding.frames);
    expect({ length: other.length, isEqual: Buffer.from(other).equals(own) }).toEqual({
      length: own.length,
      isEqual: true,
    });
  });
});
