import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { readRaster } from '#main/decoding/process/readRaster';
import { turnPicture } from '#main/imaging/grey/turn';
import { sniffFormat } from '#main/imaging/raster/sniffFormat';

const RASTERS = join(import.meta.dirname, '../../../fixtures/rasters');

/** What Pillow makes of each file: see fixtures/make/makeRasters.py. */
const pillow = JSON.parse(readFileSync(join(RASTERS, 'rasters.json'), 'utf8')) as {
  grey: Record<string, { sha256: string; bits: number }>;
};

/** More of them, in one file: see fixtures/make/makeRasterKinds.py. */
const kinds = JSON.parse(readFileSync(join(RASTERS, 'kinds.json'), 'utf8')) as {
  files: Record<string, { sha256: string; bits: number; base64: string }>;
  unread: Record<string, string>;
  damaged: Record<string, string>;
};

function readBytes(bytes: Uint8Array) {
  const format = sniffFormat(bytes);
  if (format === null || format === 'dicom' || format === 'zip') throw new Error('The fixture is no picture.');
  return readRaster(bytes, format, [18, 130]);
}

const read = (name: string) => readBytes(readFileSync(join(RASTERS, name)));

describe('readRaster', () => {
  it.each(Object.entries(pillow.grey))('gives the grey of %s that Pillow gives', async (name, { sha256, bits }) => {
    const { samples, geometry } = await read(name);
    const turned = turnPicture(samples, geometry.rows, geometry.columns, geometry.turn);
    expect(turned.BYTES_PER_ELEMENT * 8).toBe(bits);
    expect(createHash('sha256').update(turned).digest('hex')).toBe(sha256);
  });

  it.each(Object.entries(kinds.files))('gives the grey that was put into %s', async (_, { sha256, bits, base64 }) => {
    const { samples, warnings } = await readBytes(Buffer.from(base64, 'base64'));
    expect(samples.BYTES_PER_ELEMENT * 8).toBe(bits);
    expect(createHash('sha256').update(samples).digest('hex')).toBe(sha256);
    expect(warnings.map(({ code }) => code)).not.toContain('incomplete');
  });

  it.each(Object.entries(kinds.unread))('refuses %s by its kind, and does not call it damaged', async (_, base64) => {
    await expect(readBytes(Buffer.from(base64, 'base64'))).rejects.toMatchObject({
      code: 'image/unsupported',
      message: expect.stringMatching(/file holds .*(bits|values|compressed with|JPEG-LS)/) as string,
    });
  });

  it.each(Object.entries(kinds.damaged))('finds the damage in %s, and shows no tile as black', async (_, base64) => {
    await expect(readBytes(Buffer.from(base64, 'base64'))).rejects.toMatchObject({ code: 'image/malformed' });
  });

  it('describes an 8-bit film: shown as stored, nothing known of it', async () => {
    const { encoding, geometry, grey, warnings, refusal } = await read('grey8.png');
    expect({ encoding, geometry, presets: grey.presets }).toEqual({
      encoding: {
        format: 'png',
        transferSyntax: '',
        frames: 1,
        bitsAllocated: 8,
        bitsStored: 8,
        highBit: 7,
        pixelRepresentation: 0,
        photometricInterpretation: 'MONOCHROME2',
        samplesPerPixel: 1,
      },
      geometry: {
        rows: 56,
        columns: 64,
        pixelSpacingMm: null,
        spacingOrigin: null,
        pixelAspect: 1,
        turn: { quarterTurns: 0, mirrored: false },
      },
      presets: [{ kind: 'window', shape: 'LINEAR', center: 128, width: 256, label: 'As stored', origin: 'identity' }],
    });
    expect(warnings.map(({ code }) => code)).toEqual([
      'view-unknown',
      'body-part-unknown',
      'age-unknown',
      'low-resolution',
    ]);
    expect(refusal?.code).toBe('film/not-radiograph');
  });

  it('keeps 16 bits and chooses a window from their histogram', async () => {
    const { grey, samples, warnings } = await read('grey16.png');
    expect(samples).toBeInstanceOf(Uint16Array);
    expect(grey.presets[0]).toMatchObject({ kind: 'window', origin: 'percentile' });
    expect(warnings.map(({ code }) => code)).toContain('window-chosen');
  });

  it.each([
    ['rgb.png', true],
    ['rgb.jpg', true],
    ['cmyk.tif', true],
    ['rgb-equal.png', false],
    ['grey-alpha.png', false],
    ['grey.jpg', false],
  ])('warns of colour in %s: %s', async (name, isColoured) => {
    const { warnings } = await read(name);
    expect(warnings.some(({ code }) => code === 'colour')).toBe(isColoured);
  });

  it('takes no notice of rounding in a grey film kept as colour JPEG', async () => {
    const jpeg = await sharp(join(RASTERS, 'rgb-equal.png')).jpeg({ quality: 60 }).toBuffer();
    const { warnings } = await readBytes(jpeg);
    expect(warnings.map(({ code }) => code)).not.toContain('colour');
  });

  it('refuses to judge a plain colour photograph', async () => {
    const create = { width: 300, height: 300, channels: 3, background: '#c02040' } as const;
    const photograph = await sharp({ create })
      .composite([{ input: join(RASTERS, 'grey8.png') }])
      .png()
      .toBuffer();
    const { refusal } = await readBytes(photograph);
    expect(refusal).toMatchObject({
      code: 'film/not-radiograph',
      message: expect.stringContaining('colour') as string,
    });
  });

  it.each([
    ['truncated-grey8.png', 'image/malformed'],
    ['truncated-grey.jpg', 'image/malformed'],
    ['truncated-progressive.jpg', 'image/malformed'],
    ['truncated-grey8.tif', 'image/malformed'],
    ['no-end.jpg', 'image/malformed'],
    ['float.tif', 'image/unsupported'],
    ['huge.png', 'image/too-large'],
  ])('fails on %s with %s', async (name, code) => {
    await expect(read(name)).rejects.toMatchObject({ name: 'AppError', code });
  });

  it('shows a JPEG with damaged data and marks it incomplete', async () => {
    const { samples, warnings } = await read('stray-bytes.jpg');
    expect(samples.length).toBe(64 * 56);
    expect(warnings.map(({ code }) => code)).toContain('incomplete');
  });

  it('shows the first page of several and refuses to judge it', async () => {
    const { encoding, refusal, warnings } = await read('pages.tif');
    expect(encoding.frames).toBe(2);
    expect(refusal?.code).toBe('film/multi-frame');
    expect(warnings.map(({ code }) => code)).toContain('several-frames');
  });

  it('refuses to judge an animated PNG', async () => {
    const still = readFileSync(join(RASTERS, 'grey8.png'));
    const chunk = Buffer.from('\0\0\0\x08acTL\0\0\0\x03\0\0\0\0____', 'latin1');
    chunk.writeUInt32BE(crc32(chunk.subarray(4, -4)), chunk.length - 4);
    const afterHeader = 8 + 25;
    const animated = Buffer.concat([still.subarray(0, afterHeader), chunk, still.subarray(afterHeader)]);
    const { encoding, refusal } = await readBytes(animated);
    expect([encoding.frames, refusal?.code]).toEqual([3, 'film/multi-frame']);
  });
});
