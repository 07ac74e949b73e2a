import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeFile, digestFile } from '#main/decoding/process/decodeFile';
import { drawOverlays } from '#main/decoding/process/drawOverlays';
import { resizeBilinear } from '#main/imaging/resize/resizeBilinear';
import { overlaysPath } from '#main/contract/film';
import type { DecodeRequest } from '#main/decoding/protocol/protocol';
import { newCodecs } from '#test/helpers/dicomFixtures';
import { makeDicom } from '#test/helpers/makeDicom';
import { makeZip } from '#test/helpers/makeZip';

const FIXTURES = join(import.meta.dirname, '../../../fixtures');
const RASTERS = join(FIXTURES, 'rasters');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hilum-decode-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const INPUT: DecodeRequest['input'] = {
  size: 224,
  channels: 3,
  source: 'display grey, 8 bit, after modality LUT, VOI and polarity',
  resize: 'pillow-bilinear',
  scale: '0..1',
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
};

function decode(path: string, more: Partial<DecodeRequest> = {}, signal = new AbortController().signal) {
  const request: DecodeRequest = {
    source: { path, entry: null },
    input: null,
    pixelsTo: null,
    thumbnailTo: null,
    render: null,
    pgmTo: null,
    md5: false,
    override: null,
    ageRangeYears: [18, 130],
    ...more,
  };
  return decodeFile(request, newCodecs, signal);
}

async function fileOf(name: string, bytes: Uint8Array | string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const greyOf = (path: string) => sharp(path).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });

describe('decodeFile', () => {
  it('says what is wrong with what is no film', async () => {
    const nested = await fileOf(
      'nested.zip',
      makeZip([{ name: 'inner.zip', bytes: makeZip([{ name: 'film', bytes: Buffer.from('film') }]) }]),
    );
    const paths: Record<string, string> = {
      none: join(folder, 'none.dcm'),
      'below a file': join(RASTERS, 'grey8.png/film.dcm'),
      folder,
      empty: await fileOf('empty.dcm', ''),
      text: await fileOf('letter.dcm', 'Dear colleague, thank you for sending this patient. '.repeat(100)),
      archive: nested,
      binary: await fileOf('noise.png', Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7919) % 251))),
    };
    await symlink(folder, join(folder, 'link'));
    const outcomes = await Promise.all(
      Object.entries(paths).map(async ([what, path]) => [what, await decode(path).catch((error: unknown) => error)]),
    );
    const inner = await decode(nested, { source: { path: nested, entry: 'inner.zip' } }).catch(
      (error: unknown) => error,
    );
    expect(Object.fromEntries([...outcomes, ['nested', inner]])).toEqual({
      none: expect.objectContaining({ code: 'file/not-found' }) as object,
      'below a file': expect.objectContaining({ code: 'file/not-found' }) as object,
      folder: expect.objectContaining({ code: 'file/unreadable' }) as object,
      empty: expect.objectContaining({ code: 'file/empty' }) as object,
      text: expect.objectContaining({ code: 'file/unknown-format' }) as object,
      archive: expect.objectContaining({ code: 'file/unknown-format' }) as object,
      binary: expect.objectContaining({ code: 'file/unknown-format' }) as object,
      nested: expect.objectContaining({ code: 'archive/nested' }) as object,
    });
  });

  it('knows a film by its bytes, whatever its name, and out of an archive', async () => {
    const bytes = await readFile(join(RASTERS, 'grey.jpg'));
    const archive = await fileOf('study.zip', makeZip([{ name: 'a/film.dcm', bytes }]));
    const named = await decode(await fileOf('film.dcm', bytes));
    const entry = await decode(archive, { source: { path: archive, entry: 'a/film.dcm' } });
    expect(named.film.encoding.format).toBe('jpeg');
    expect(entry).toEqual(named);
    expect(await digestFile({ path: archive, entry: 'a/film.dcm' }, join(folder, 'copies/film.jpg'))).toEqual({
      contentSha256: named.film.contentSha256,
      byteLength: bytes.length,
    });
    expect(await readFile(join(folder, 'copies/film.jpg'))).toEqual(bytes);
  });

  it.each([
    ['golden/films/dicom/render/voi_two_windows_u12.pgm', 'dicom/ts-chest/voi_two_windows_u12.dcm'],
    ['golden/films/dicom/render/voi_sigmoid_u12.pgm', 'dicom/ts-chest/voi_sigmoid_u12.dcm'],
  ])('shows as dcmj2pnm showed it, within one grey: %s', async (pgm, dicom) => {
    const render = { to: join(folder, 'dicom.png'), window: { kind: 'default' }, overlays: false } as const;
    await decode(join(FIXTURES, dicom), { render });
    const shown = (await greyOf(render.to)).data;
    const expected = (await readFile(join(FIXTURES, pgm))).subarray(-440 * 440);
    expect(shown.reduce((most, grey, index) => Math.max(most, Math.abs(grey - expected[index]!)), 0)).toBeLessThan(2);
  });

  it('gives a refused film no input, unless its refusal is the one that is overridden', async () => {
    const small = join(RASTERS, 'grey8.png');
    const refused = await decode(small, { input: INPUT });
    const other = await decode(small, { input: INPUT, override: 'film/lateral' });
    const overridden = await decode(small, { input: INPUT, override: 'film/not-radiograph' });
    expect(refused.film.refusal?.code).toBe('film/not-radiograph');
    expect([refused.input, other.input, overridden.input?.[0]?.pixels.length]).toEqual([null, null, 224 * 224]);
    expect(overridden.film).toEqual(refused.film);
  });

  it('keeps pixels as stored and turns what is looked at', async () => {
    const turned = join(RASTERS, 'turned6.jpg');
    const pixelsTo = join(folder, 'turned.pixels');
    const render = { to: join(folder, 'turned.png'), window: { kind: 'default' }, overlays: false } as const;
    const { film } = await decode(turned, { pixelsTo, render, thumbnailTo: join(folder, 'turned-small.png') });
    const stored = await greyOf(turned);
    const upright = await sharp(turned).autoOrient().toColourspace('b-w').raw().toBuffer();
    const shown = await greyOf(render.to);
    expect(film.geometry).toMatchObject({ rows: 24, columns: 32, turn: { quarterTurns: 1, mirrored: false } });
    expect(sha256(await readFile(pixelsTo))).toBe(sha256(stored.data));
    expect([shown.info.width, shown.info.height, sha256(shown.data)]).toEqual([24, 32, sha256(upright)]);
    const small = await sharp(join(folder, 'turned-small.png')).metadata();
    expect([small.width, small.height]).toEqual([24, 32]);
  });

  it('writes 16-bit values as PGM, big-endian, and shows them through the window that was asked for', async () => {
    const pgmTo = join(folder, 'deep.pgm');
    const pixelsTo = join(folder, 'deep.pixels');
    const to = join(folder, 'deep.png');
    const window = { kind: 'window', center: 30000, width: 20001 } as const;
    const { rendered } = await decode(join(RASTERS, 'grey16.png'), {
      pgmTo,
      pixelsTo,
      render: { to, window, overlays: false },
    });
    const pixels = await readFile(pixelsTo);
    const values = new Uint16Array(pixels.buffer.slice(pixels.byteOffset, pixels.byteOffset + pixels.length));
    const pgm = Buffer.concat([Buffer.from('P5\n64 56\n65535\n'), Buffer.from(pixels).swap16()]);
    expect((await readFile(pgmTo)).equals(pgm)).toBe(true);
    expect(rendered).toMatchObject({ center: 30000, width: 20001, origin: 'user' });
    // PS3.3 C.11.2.1.2.1
    const shown = [...values].map((value) =>
      Math.floor(Math.min(Math.max(((value - 29999.5) / 20000 + 0.5) * 255, 0), 255) + 0.5),
    );
    expect([...(await greyOf(to)).data]).toEqual(shown);
  });

  it.each([
    [{ kind: 'preset', number: 2 } as const, 'The film has 1 window(s), not 2.'],
    [{ kind: 'lut' } as const, 'The film has no VOI lookup table.'],
  ])('refuses a window that the film has not: %o', async (window, message) => {
    const render = { to: join(folder, 'never.png'), window, overlays: false };
    await expect(decode(join(RASTERS, 'grey8.png'), { render })).rejects.toMatchObject({
      code: 'usage/invalid',
      message,
    });
  });

  it('writes what overlays draw beside the pixels, and gives the network none of it', async () => {
    const film = join(FIXTURES, 'dicom/voi/overlays.dcm');
    const pixelsTo = join(folder, 'overlays.pixels');
    const { input } = await decode(film, { pixelsTo, input: INPUT });
    const plane = await readFile(overlaysPath(pixelsTo));
    expect([plane.length, plane.some((bits) => bits !== 0)]).toEqual([120 * 110, true]);
    const bytes = await readFile(film);
    // The same film without what makes a group an overlay: its rows and columns get other tags.
    for (let at = 0; at + 6 < bytes.length; at += 2) {
      const isSize =
        [0x10, 0x11].includes(bytes.readUInt16LE(at + 2)) && bytes.toString('latin1', at + 4, at + 6) === 'US';
      if (bytes[at + 1] === 0x60 && isSize) bytes[at + 3] = 0x09;
    }
    const bare = await decode(await fileOf('bare.dcm', bytes), { pixelsTo: join(folder, 'bare.pixels'), input: INPUT });
    expect(bare.film.facts.overlays).toEqual([]);
    await expect(readFile(overlaysPath(join(folder, 'bare.pixels')))).rejects.toMatchObject({ code: 'ENOENT' });
    expect(input).toEqual(bare.input);
    expect(input?.[0]?.pixels.length).toBe(224 * 224);
  });

  it('shows, exports and judges a film whose pixels are not square in its true shape', async () => {
    const elements = [[0x0028, 0x0034, 'IS', '3\\2']] as const;
    const tall = await fileOf('tall.dcm', makeDicom('1.2.840.10008.1.2.1', elements));
    const square = await fileOf('square.dcm', makeDicom('1.2.840.10008.1.2.1'));
    const [pixelsTo, to] = [join(folder, 'tall.pixels'), join(folder, 'tall.png')];
    const render = { to, window: { kind: 'default' }, overlays: false } as const;
    const stretched = await decode(tall, {
      pixelsTo,
      render,
      thumbnailTo: join(folder, 'tall-small.png'),
      input: INPUT,
    });
    const plain = await decode(square, { input: INPUT, render: { ...render, to: join(folder, 'square.png') } });
    const { data, info } = await greyOf(to);
    const expected = resizeBilinear((await greyOf(join(folder, 'square.png'))).data, 104, 100, 156, 100);
    expect({ rows: info.height, columns: info.width, isEqual: data.equals(expected) }).toEqual({
      ...{ rows: 156, columns: 100, isEqual: true },
    });
    expect((await sharp(join(folder, 'tall-small.png')).metadata()).height).toBe(156);
    expect((await readFile(pixelsTo)).length).toBe(2 * 104 * 100);
    // A square of the whole film is the same picture, but for the second rounding.
    const [one, other] = [stretched.input![0]!.pixels, plain.input![0]!.pixels];
    expect(Math.max(...one.map((grey, index) => Math.abs(grey - other[index]!)))).toBeLessThanOrEqual(2);
  });

  it('leaves nothing half written where it cannot write', async () => {
    await mkdir(join(folder, 'full/pixels'), { recursive: true });
    await expect(decode(join(RASTERS, 'grey8.png'), { pixelsTo: join(folder, 'full/pixels') })).rejects.toMatchObject({
      code: 'file/unwritable',
    });
    expect(await readdir(join(folder, 'full'))).toEqual(['pixels']);
  });

  it('stops when it is cancelled, before it writes', async () => {
    const controller = new AbortController();
    const pixelsTo = join(folder, 'cancelled.pixels');
    const work = decode(join(RASTERS, 'grey8.png'), { pixelsTo }, controller.signal);
    controller.abort();
    await expect(work).rejects.toMatchObject({ code: 'task/cancelled' });
    expect(await readdir(folder)).not.toContain('cancelled.pixels');
  });
});

describe('drawOverlays', () => {
  it('paints where the map is positive, leaves the rest of the film, and carries caption and notice', async () => {
    const path = join(FIXTURES, 'golden/films/images-1024/00000493_000.png');
    const map = new Float32Array(49).fill(-1);
    map[24] = 2;
    const to = join(folder, 'overlay.png');
    const request = { source: { path, entry: null }, overlays: [{ map, caption: 'Mass 0.118494', to }] };
    await drawOverlays(request, newCodecs, new AbortController().signal);
    const film = (await greyOf(path)).data;
    const { data, info } = await sharp(to).raw().toBuffer({ resolveWithObject: true });
    const spreadAt = (row: number, column: number) => {
      const pixel = data.subarray(3 * (row * 1024 + column), 3 * (row * 1024 + column) + 3);
      return Math.max(...pixel) - Math.min(...pixel);
    };
    expect([info.width, info.channels, info.height > 1024]).toEqual([1024, 3, true]);
    expect(spreadAt(512, 512)).toBeGreaterThan(60);
    // Two cells and more from the positive one.
    expect(data.subarray(0, 3 * 1024 * 200).every((value, index) => value === film[Math.floor(index / 3)])).toBe(true);
    expect((await sharp(to).metadata()).exif?.toString('latin1')).toContain('Research software. Not for diagnosis.');
    expect(data.subarray(3 * 1024 * 1024).some((value) => value === 255)).toBe(true);
  });
});
