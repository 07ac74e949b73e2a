/**
 * Damage inside compressed pixel data that leaves the DICOM around it whole: how much of what changes the picture is
 * found out. Each damaged film goes through a real decode process.
 */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toErrorBody } from '#main/contract/errors';
import { createDecodePool, type DecodePool } from '#main/decoding/host/decodePool';
import type { StartChild } from '#main/channel/channel';
import { fixtureBytes } from '#test/helpers/dicomFixtures';
import { randomNumbers } from '#test/helpers/randomNumbers';

export const DAMAGE_KINDS = ['flip', 'noise', 'hole', 'cut', 'zeros', 'swap'] as const;
type DamageKind = (typeof DAMAGE_KINDS)[number];

type DamageCount = {
  /** Damaged films whose pixels changed, or that could not be decoded. */
  changed: number;
  /** Of these: refused, failed, or marked incomplete. */
  found: number;
};

/**
 * One bit; 64 bytes overwritten at random; up to 64 bytes missing; the rest missing; 512 bytes overwritten with zeros;
 * two pieces of 1 KB exchanged.
 */
const DAMAGES: Readonly<Record<DamageKind, (stream: Buffer, from: number, random: () => number) => Buffer>> = {
  flip(stream, from, random) {
    const copy = Buffer.from(stream);
    const at = within(copy, from, 0, random);
    copy[at] = copy[at]! ^ (1 << Math.floor(random() * 8));
    return copy;
  },
  noise(stream, from, random) {
    const copy = Buffer.from(stream);
    const at = within(copy, from, 64, random);
    for (let offset = 0; offset < 64; offset++) copy[at + offset] = Math.floor(random() * 256);
    return copy;
  },
  hole(stream, from, random) {
    const at = within(stream, from, 64, random);
    return Buffer.concat([stream.subarray(0, at), stream.subarray(at + 1 + Math.floor(random() * 64))]);
  },
  cut(stream, from, random) {
    return stream.subarray(0, within(stream, from, 0, random));
  },
  zeros(stream, from, random) {
    const copy = Buffer.from(stream);
    const at = within(copy, from, 512, random);
    return copy.fill(0, at, at + 512);
  },
  swap(stream, from, random) {
    const at = within(stream, from, 2048, random);
    const [one, other] = [stream.subarray(at, at + 1024), stream.subarray(at + 1024, at + 2048)];
    return Buffer.concat([stream.subarray(0, at), other, one, stream.subarray(at + 2048)]);
  },
};

/** A place in the compressed data that leaves `room` bytes and the end marker behind it. */
function within(stream: Buffer, from: number, room: number, random: () => number): number {
  return from + Math.floor(random() * (stream.length - 4 - room - from));
}

type DamageOptions = {
  /** A fixture of one frame in one fragment. */
  readonly film: string;
  /** Of each kind. */
  readonly files: number;
  readonly seed: number;
  readonly processes: number;
  readonly start: StartChild;
  readonly scratch: string;
};

export async function measureDamage(options: DamageOptions): Promise<Readonly<Record<DamageKind, DamageCount>>> {
  const { film, files, seed, processes, start, scratch } = options;
  const pool = createDecodePool({ start, processes, timeLimitMs: 5000 });
  const none = (): DamageCount => ({ changed: 0, found: 0 });
  const counts = Object.fromEntries(DAMAGE_KINDS.map((kind) => [kind, none()])) as Record<DamageKind, DamageCount>;
  try {
    const good = Buffer.from(fixtureBytes(film));
    const whole = await endOf(pool, good, join(scratch, 'whole'));
    const parts = splitFilm(good);
    const jobs = DAMAGE_KINDS.flatMap((kind) =>
      Array.from({ length: files }, (_, index) => async () => {
        const stream = DAMAGES[kind](parts.stream, parts.dataStart, randomNumbers(seed * 100_003 + index));
        const end = await endOf(pool, withStream(parts, stream), join(scratch, `${kind}${index}`));
        if (end.md5 === whole.md5) return;
        counts[kind].changed += 1;
        if (end.found) counts[kind].found += 1;
      }),
    );
    const lane = async (): Promise<void> => {
      for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) await job();
    };
    await Promise.all(Array.from({ length: processes }, lane));
    return counts;
  } finally {
    await pool.close();
  }
}

async function endOf(pool: DecodePool, bytes: Buffer, path: string): Promise<{ md5: string | null; found: boolean }> {
  await writeFile(path, bytes);
  try {
    const { film } = await pool.decode({
      ...{ source: { path, entry: null }, input: null, pixelsTo: null, thumbnailTo: null, render: null, pgmTo: null },
      ...{ md5: true, override: null, ageRangeYears: [18, 120] },
    });
    return { md5: film.pixelsMd5, found: film.warnings.some(({ code }) => code === 'incomplete') };
  } catch (error) {
    return { md5: toErrorBody(error).code, found: true };
  } finally {
    await rm(path, { force: true });
  }
}

type SplitFilm = { readonly before: Buffer; readonly stream: Buffer; readonly dataStart: number };

/** Pixel Data of undefined length: an empty offset table, one item, the delimiter. */
function splitFilm(film: Buffer): SplitFilm {
  const at = film.lastIndexOf(Buffer.from([0xe0, 0x7f, 0x10, 0x00, 0x4f]));
  const table = at + 12;
  const item = table + 8 + film.readUInt32LE(table + 4);
  const stream = film.subarray(item + 8, item + 8 + film.readUInt32LE(item + 4));
  return { before: film.subarray(0, item), stream, dataStart: dataStart(stream) };
}

/** After SOS of a JPEG, SOD of a JPEG 2000, the header of RLE. */
function dataStart(stream: Buffer): number {
  const markers = { 0xd8: 0xda, 0x4f: 0x93 } as Readonly<Record<number, number>>;
  const marker = stream[0] === 0xff ? markers[stream[1]!] : undefined;
  return marker === undefined ? 64 : stream.indexOf(Buffer.from([0xff, marker])) + 12;
}

function withStream({ before }: SplitFilm, stream: Buffer): Buffer {
  const even = stream.length % 2 === 0 ? stream : Buffer.concat([stream, Buffer.alloc(1)]);
  const head = Buffer.from([0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0]);
  head.writeUInt32LE(even.length, 4);
  return Buffer.concat([before, head, even, Buffer.from([0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0])]);
}
