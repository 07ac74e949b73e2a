/**
 * Broken files through real decode processes, as import and triage send them. Each must end as a film or with a code;
 * a process may be lost to a file, the pool never, and no file may cost more than its time and memory.
 */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StartChild } from '#main/channel/channel';
import { ERROR_CODES, toErrorBody } from '#main/contract/errors';
import { createDecodePool, type DecodePool } from '#main/decoding/host/decodePool';
import { residentBytes } from '#main/decoding/host/residentBytes';
import type { DecodeRequest } from '#main/decoding/protocol/protocol';
import { randomNumbers } from '#test/helpers/randomNumbers';
import type { Seed } from './makeSeeds';
import { mutateFile } from './mutateFile';

export type FuzzOptions = {
  readonly seeds: readonly Seed[];
  readonly files: number;
  /** The same number makes the same files. */
  readonly seed: number;
  readonly processes: number;
  readonly timeLimitMs: number;
  readonly memoryLimitBytes: number;
  readonly start: StartChild;
  /** Broken files lie here while they are read. */
  readonly scratch: string;
};

export type FuzzReport = {
  /** How often each end came: `film`, `film, CODE` for one that may not be judged, or the code of an error. */
  readonly ends: Readonly<Record<string, number>>;
  /** Files that ended in no known way, and how they were made. */
  readonly unexpected: readonly string[];
  /** Files that cost a process: it hung, grew too large, or died without a word. */
  readonly costly: readonly string[];
  readonly slowestMs: number;
  readonly slowest: string;
  /** Largest memory seen of one decode process. */
  readonly peakBytes: number;
  readonly seconds: number;
};

const MEMORY_LOOK_MS = 50;
const COSTLY = new Set(['decode/timeout', 'decode/out-of-memory']);
const KNOWN: ReadonlySet<string> = new Set(ERROR_CODES.filter((code) => code !== 'internal/unexpected'));

export async function fuzzFiles(options: FuzzOptions): Promise<FuzzReport> {
  const { processes, timeLimitMs, memoryLimitBytes } = options;
  const startedAt = performance.now();
  const pids = new Set<number>();
  const start: StartChild = (name) => {
    const child = options.start(name);
    const { pid } = child;
    if (pid !== undefined) {
      pids.add(pid);
      child.onExit(() => pids.delete(pid));
    }
    return child;
  };
  const pool = createDecodePool({ start, processes, timeLimitMs, memoryLimitBytes });
  const tally = newTally();
  let peakBytes = 0;
  const watch = setInterval(() => {
    for (const pid of pids) void residentBytes(pid).then((bytes) => (peakBytes = Math.max(peakBytes, bytes ?? 0)));
  }, MEMORY_LOOK_MS);
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < options.files) {
      const index = next++;
      await tryFile(pool, options, index, tally);
    }
  };
  try {
    await Promise.all(Array.from({ length: processes }, lane));
  } finally {
    clearInterval(watch);
    await pool.close();
  }
  return { ...tally, peakBytes, seconds: (performance.now() - startedAt) / 1000 };
}

type Tally = {
  ends: Record<string, number>;
  unexpected: string[];
  costly: string[];
  slowestMs: number;
  slowest: string;
};

function newTally(): Tally {
  return { ends: {}, unexpected: [], costly: [], slowestMs: 0, slowest: '' };
}

async function tryFile(pool: DecodePool, options: FuzzOptions, index: number, tally: Tally): Promise<void> {
  const { seeds, seed, scratch } = options;
  // Each file has a seed of its own, so that one of them can be made again without the ones before it.
  const random = randomNumbers(seed * 1_000_003 + index);
  const good = seeds[index % seeds.length]!;
  const { bytes, how } = mutateFile(good.bytes, random);
  const path = join(scratch, `${index}`);
  await writeFile(path, bytes);
  const startedAt = performance.now();
  const ends = good.name.endsWith('.zip')
    ? await readArchive(pool, path)
    : /dicomdir/i.test(good.name)
      ? [await readDicomdir(pool, path)]
      : [await readOne(pool, path, null)];
  const milliseconds = performance.now() - startedAt;
  const name = `${index}: ${good.name}, ${how}`;
  for (const { code, end, isSilentDeath } of ends) {
    tally.ends[end] = (tally.ends[end] ?? 0) + 1;
    if (code !== null && !KNOWN.has(code)) tally.unexpected.push(`${name}: ${end}`);
    if (isSilentDeath || COSTLY.has(end)) tally.costly.push(`${name}: ${end}`);
  }
  if (milliseconds > tally.slowestMs) Object.assign(tally, { slowestMs: milliseconds, slowest: name });
  // A process that was killed may have left its thumbnail.
  for (const file of [path, `${path}.thumbnail`]) await rm(file, { force: true });
}

type End = { readonly code: string | null; readonly end: string; readonly isSilentDeath: boolean };

async function readArchive(pool: DecodePool, path: string): Promise<End[]> {
  try {
    const ends: End[] = [];
    for (const entry of await pool.listArchive(path)) ends.push(await readOne(pool, path, entry));
    return ends;
  } catch (error) {
    return [endOf(error)];
  }
}

/** What was broken until it is none is an archive that can't be read. */
async function readDicomdir(pool: DecodePool, path: string): Promise<End> {
  return pool.listArchive(path).then(() => ({ code: null, end: 'DICOMDIR', isSilentDeath: false }), endOf);
}

/** A busy machine starves a process now and then; a file that hangs a codec hangs it again. */
async function readOne(pool: DecodePool, path: string, entry: string | null): Promise<End> {
  const end = await readOnce(pool, path, entry);
  return end.code === 'decode/timeout' ? readOnce(pool, path, entry) : end;
}

/** All that an import asks for: the network's input, a thumbnail, the pixels' hash; after an error, the header. */
async function readOnce(pool: DecodePool, path: string, entry: string | null): Promise<End> {
  const source = { path, entry };
  try {
    const { refusal } = (await pool.decode({ ...ASKED, source, thumbnailTo: `${path}.thumbnail` })).film;
    const code = refusal?.code ?? null;
    return { code, end: code === null ? 'film' : `film, ${code}`, isSilentDeath: false };
  } catch (error) {
    const described = await pool.describe(source).then(() => null, endOf);
    return described !== null && !KNOWN.has(described.end) ? described : endOf(error);
  }
}

function endOf(error: unknown): End {
  const { code, message, details } = toErrorBody(error);
  const end = KNOWN.has(code) ? code : `${code} ${message}`;
  return { code, end, isSilentDeath: code === 'decode/crashed' && 'exitCode' in details };
}

const ASKED: Omit<DecodeRequest, 'source' | 'thumbnailTo'> = {
  input: {
    ...{ size: 224, channels: 3, source: '', resize: 'pillow-bilinear', scale: '0..1' },
    ...{ mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
  },
  ...{ pixelsTo: null, render: null, pgmTo: null, md5: true, override: null },
  ageRangeYears: [18, 120],
};

/** The report as people read it. */
export function describeFuzz({ ends, unexpected, costly, slowestMs, slowest, peakBytes, seconds }: FuzzReport): string {
  const counts = Object.entries(ends).sort(([, one], [, other]) => other - one);
  const lines = [
    ...counts.map(([end, count]) => `${String(count).padStart(8)}  ${end}`),
    `slowest ${(slowestMs / 1000).toFixed(2)} s (${slowest})`,
    `memory of one process at most ${Math.round(peakBytes / 2 ** 20)} MB, ${seconds.toFixed(0)} s in all`,
    `${unexpected.length} ended in no known way, ${costly.length} cost a process`,
    ...[...unexpected, ...costly].map((line) => `  ${line}`),
  ];
  return `${lines.join('\n')}\n`;
}
