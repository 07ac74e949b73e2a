/** Against real decode processes: started, killed, hung and replaced. */
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Child } from '#main/channel/channel';
import { forkChild } from '#main/channel/forkChild';
import { createDecodePool, type DecodePool, type DecodePoolOptions } from '#main/decoding/host/decodePool';
import { residentBytes } from '#main/decoding/host/residentBytes';
import type { DecodeRequest } from '#main/decoding/protocol/protocol';
import { buildProcess } from '#test/helpers/buildProcess';

const FIXTURES = join(import.meta.dirname, '../../../fixtures');
const FILM = join(FIXTURES, 'golden/films/images-1024/00000493_000.png');

let file: string;
let folder: string;
let large: string;

beforeAll(async () => {
  file = await buildProcess('decode');
  folder = await mkdtemp(join(tmpdir(), 'hilum-decode-'));
  large = await makeLargeFilm();
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** A pool of real processes, and the processes themselves, in the order of their start. */
function openPool(options: Partial<DecodePoolOptions> = {}): { pool: DecodePool; children: Child[] } {
  const children: Child[] = [];
  const pool = createDecodePool({
    start: () => {
      const child = forkChild(file);
      children.push(child);
      return child;
    },
    processes: 1,
    ...options,
  });
  onTestFinished(() => pool.close());
  return { pool, children };
}

function request(path: string, more: Partial<DecodeRequest> = {}): DecodeRequest {
  return {
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
}

const INPUT: DecodeRequest['input'] = {
  size: 224,
  channels: 3,
  source: 'display grey, 8 bit, after modality LUT, VOI and polarity',
  resize: 'pillow-bilinear',
  scale: '0..1',
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
};

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** A process that is stopped hangs for certain, however fast the machine is. */
function signalTo(child: Child | undefined, signal: NodeJS.Signals): void {
  if (child?.pid === undefined) throw new Error('The process was not started.');
  process.kill(child.pid, signal);
}

/** A small file of 81 megapixels in colour: some 400 MB of memory. */
async function makeLargeFilm(): Promise<string> {
  const path = join(folder, 'large.png');
  const create = { width: 9000, height: 9000, channels: 3, background: '#404142' } as const;
  await writeFile(path, await sharp({ create }).png().toBuffer());
  return path;
}

describe('decodePool', () => {
  it('makes the input that PyTorch was given, pixels and pictures, all in the decode process', async () => {
    const { pool } = openPool();
    const products = { pixelsTo: join(folder, 'a/film.pixels'), thumbnailTo: join(folder, 'a/film.png') };
    const render = { to: join(folder, 'a/render.png'), window: { kind: 'default' }, overlays: false } as const;
    const pgmTo = join(folder, 'a/film.pgm');
    const { film, input, rendered } = await pool.decode(
      request(FILM, { ...products, render, pgmTo, input: INPUT, md5: true }),
    );
    const pixels = await readFile(products.pixelsTo);
    const golden = JSON.parse(await readFile(join(FIXTURES, 'golden/golden.json'), 'utf8')) as {
      films: { film: string; resizedSha256: string }[];
    };
    expect(sha256((input?.[0]?.pixels as Uint8Array | undefined) ?? new Uint8Array())).toBe(
      golden.films.find(({ film: name }) => name === 'images-1024/00000493_000.png')?.resizedSha256,
    );
    expect(film).toMatchObject({
      contentSha256: sha256(await readFile(FILM)),
      byteLength: 331047,
      refusal: null,
      pixelsMd5: createHash('md5').update(pixels).digest('hex'),
    });
    expect(rendered).toEqual(film.grey.presets[0]);
    expect(pixels.length).toBe(1024 * 1024);
    const header = `P5\n1024 1024\n255\n`;
    expect((await readFile(pgmTo)).equals(Buffer.concat([Buffer.from(header), pixels]))).toBe(true);
    const shown = await sharp(render.to).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
    expect({ channels: shown.info.channels, equal: shown.data.equals(pixels) }).toEqual({ channels: 1, equal: true });
    const thumbnail = await sharp(products.thumbnailTo).metadata();
    expect([thumbnail.width, thumbnail.height, thumbnail.channels]).toEqual([256, 256, 1]);
    expect((await readdir(join(folder, 'a'))).toSorted()).toEqual([
      'film.pgm',
      'film.pixels',
      'film.png',
      'render.png',
    ]);
  });

  it('draws a small grey picture of a film', async () => {
    const { pool } = openPool();
    const to = join(folder, 'picture/film.jpg');
    await pool.picture({ source: { path: FILM, entry: null }, to });
    const { format, width, height, channels } = await sharp(to).metadata();
    expect({ format, width, height, channels }).toEqual({ format: 'jpeg', width: 512, height: 512, channels: 1 });
    const half = await sharp(FILM).resize(512, 512).toColourspace('b-w').raw().toBuffer();
    const drawn = await sharp(to).toColourspace('b-w').raw().toBuffer();
    const difference = drawn.reduce((sum, grey, index) => sum + Math.abs(grey - half[index]!), 0) / drawn.length;
    expect(difference).toBeLessThan(4);
    await expect(pool.picture({ source: { path: join(folder, 'none'), entry: null }, to })).rejects.toMatchObject({
      code: 'file/not-found',
    });
  });

  it('replaces a process that is killed from outside, and reads the film at hand all the same', async () => {
    const { pool, children } = openPool();
    const broken = pool.decode(request(FILM));
    const next = pool.decode(request(FILM));
    signalTo(children[0], 'SIGKILL');
    expect((await broken).film.geometry.rows).toBe(1024);
    expect((await next).film.geometry.rows).toBe(1024);
    expect(children.length).toBe(2);
  });

  it('tries a film whose processes are killed twice and no more', async () => {
    const children: Child[] = [];
    const start = (): Child => {
      const child = forkChild(file);
      children.push(child);
      signalTo(child, 'SIGKILL');
      return child;
    };
    const { pool } = openPool({ start });
    await expect(pool.decode(request(FILM))).rejects.toMatchObject({ code: 'decode/crashed' });
    expect(children.length).toBe(2);
  });

  it('replaces a process whose codec trapped on a damaged film', async () => {
    const { pool, children } = openPool();
    const good = join(FIXTURES, 'dicom/ts-chest/fuji_4.80.dcm');
    const bytes = await readFile(good);
    bytes.fill(0, bytes.length / 2, bytes.length / 2 + 2000);
    const damaged = join(folder, 'damaged.dcm');
    await writeFile(damaged, bytes);
    await expect(pool.decode(request(damaged))).rejects.toMatchObject({ code: 'decode/crashed' });
    await expect(pool.decode(request(good))).resolves.toMatchObject({ film: { geometry: { rows: 440 } } });
    expect(children.length).toBe(2);
  });

  it('tells whose film it is whose picture could not be read', async () => {
    const { pool } = openPool();
    const { facts } = (await pool.decode(request(join(FIXTURES, 'dicom/ts-chest/fuji_4.80.dcm')))).film;
    const bytes = await readFile(join(FIXTURES, 'dicom/ts-chest/fuji_4.80.dcm'));
    const source = { path: join(folder, 'cut.dcm'), entry: null };
    await writeFile(source.path, bytes.subarray(0, bytes.length / 2));
    await expect(pool.decode(request(source.path))).rejects.toMatchObject({ code: 'dicom/truncated' });
    const contentSha256 = sha256(bytes.subarray(0, bytes.length / 2));
    expect(facts.accessionNumber).toBe('FUJI95714');
    expect(await pool.describe(source)).toEqual({ facts, contentSha256, byteLength: Math.floor(bytes.length / 2) });
    expect(await pool.describe({ path: FILM, entry: null })).toMatchObject({ facts: null, byteLength: 331047 });
  });

  it('ends a process that takes too long', async () => {
    const { pool, children } = openPool({ timeLimitMs: 3000 });
    const hanging = pool.decode(request(FILM));
    signalTo(children[0], 'SIGSTOP');
    await expect(hanging).rejects.toMatchObject({ code: 'decode/timeout' });
    await expect(pool.decode(request(FILM))).resolves.toMatchObject({ film: { geometry: { rows: 1024 } } });
    expect(children.length).toBe(2);
  });

  it.runIf(process.platform === 'linux')('ends a process that takes too much memory', async () => {
    const { pool, children } = openPool({ memoryLimitBytes: 250 * 2 ** 20 });
    await expect(pool.decode(request(large))).rejects.toMatchObject({ code: 'decode/out-of-memory' });
    await expect(pool.decode(request(FILM))).resolves.toMatchObject({ film: { geometry: { rows: 1024 } } });
    expect(children.length).toBe(2);
  });

  it.runIf(process.platform === 'linux')('replaces a process that has kept too much memory', async () => {
    const measuring = openPool();
    await measuring.pool.decode(request(FILM));
    const kept = (await residentBytes(measuring.children[0]?.pid)) ?? 0;
    const { pool, children } = openPool({ memoryLimitBytes: kept * 1.6 });
    await pool.decode(request(FILM));
    await pool.decode(request(FILM));
    expect(children.length).toBe(2);
  });

  it('never starts what was cancelled while it waited, and keeps the process of what was cancelled at work', async () => {
    const { pool, children } = openPool();
    const controller = new AbortController();
    const running = pool.decode(request(FILM), controller.signal);
    const waiting = pool.decode(request(FILM, { thumbnailTo: join(folder, 'never.png') }), controller.signal);
    const after = pool.decode(request(FILM));
    signalTo(children[0], 'SIGSTOP');
    controller.abort();
    await expect(running).rejects.toMatchObject({ code: 'task/cancelled' });
    await expect(waiting).rejects.toMatchObject({ code: 'task/cancelled' });
    signalTo(children[0], 'SIGCONT');
    await expect(after).resolves.toMatchObject({ film: { geometry: { rows: 1024 } } });
    expect(await readdir(folder)).not.toContain('never.png');
    expect(children.length).toBe(1);
  });

  it('starts processes when they are needed and never more than allowed', async () => {
    const { pool, children } = openPool({ processes: 2 });
    expect(children.length).toBe(0);
    const films = await Promise.all(Array.from({ length: 6 }, () => pool.decode(request(FILM))));
    expect(new Set(films.map(({ film }) => film.contentSha256)).size).toBe(1);
    expect(children.length).toBe(2);
  });

  it('fails what is open when it is closed, and leaves no process behind', async () => {
    const { pool, children } = openPool();
    const running = pool.decode(request(FILM));
    const waiting = pool.decode(request(FILM));
    const outcomes = Promise.allSettled([running, waiting]);
    await pool.close();
    expect((await outcomes).map((outcome) => outcome.status === 'rejected' && (outcome.reason as object))).toEqual([
      expect.objectContaining({ code: 'task/cancelled' }),
      expect.objectContaining({ code: 'task/cancelled' }),
    ]);
    expect(() => process.kill(children[0]?.pid ?? 0, 0)).toThrow('ESRCH');
  });
});
