/**
 * npm run soak: thousands of different films through the road that `hilum triage` takes (decode processes, engine,
 * database), on WASM or with `--native`, and the memory of every process on the way. The exit code is 0 only where memory is flat.
 */
import { mkdir, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { forkChild } from '#main/channel/forkChild';
import { helperEnvironment } from '#main/channel/helperEnvironment';
import type { FilmReader } from '#main/workflows/analyseFilm';
import { openWorkplace, type Workplace } from '#main/workflows/openWorkplace';
import { storeReading } from '#main/workflows/storeReading';
import { triageFolder } from '#main/workflows/triageFolder';
import { findNativeAddon } from '#test/helpers/nativePack';
import { buildHilum } from '../buildHilum';
import { DIST, ROOT } from '../context';
import { describeMachine } from '../machine';
import { startHelper } from '../startHelper';
import { withScratch } from '../withScratch';
import type { FilmMakerProtocol } from './filmMakerProcess';
import { growthPerFilm, sampleMemory, type MemorySample } from './memorySeries';

/** Films that lie on disk at the same time. */
const BATCH = 50;
/** The first part of the films fills caches and heaps; growth is measured after it. */
const WARM_UP = 0.2;
/**
 * A process is flat where it grew by no more than this in the films after the warm-up: what garbage collection moves
 * it by from one look to the next, and one film of 1024×1024 (1 MB) leaked in five hundred. Over a few hundred films
 * the first hides the second: only thousands of films say something.
 */
const PLAY_BYTES = 20e6;
const LEAK_BYTES_PER_FILM = 2_000;
/** SQLite keeps this much of its file in memory (`cache_size`), which fills with the first 2,000 films or so. */
const DATABASE_CACHE_BYTES = 16 * 2 ** 20;
const USAGE = 'npm run soak -- [--films N] [--every N] [--native] [--no-build]   (N at least 250)\n';

/** Returns the exit code: 0 flat, 1 growing, 2 wrong usage. */
export async function runSoak(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    allowNegative: true,
    options: {
      films: { type: 'string', default: '10000' },
      every: { type: 'string' },
      native: { type: 'boolean', default: false },
      build: { type: 'boolean', default: true },
    },
  });
  const films = Number(values.films);
  const every = Number(values.every ?? Math.max(BATCH, Math.round(films / 25)));
  if (!(films >= 250) || !(every >= 1) || process.platform !== 'linux') {
    process.stderr.write(process.platform === 'linux' ? USAGE : 'Memory is read from /proc: Linux only.\n');
    return 2;
  }
  if (values.build) await buildHilum();
  const addon = values.native ? await findNativeAddon(join(DIST, 'engine.cjs')) : null;
  if (values.native && addon === null) return 1;
  process.stdout.write(`${describeMachine()} · ${addon === null ? 'wasm' : 'native TensorFlow'}\n\n`);
  return withScratch('hilum-soak', async (scratch) => judge(await soak(scratch, addon, films, every)));
}

async function soak(scratch: string, addon: string | null, films: number, every: number): Promise<MemorySample[]> {
  const folder = join(scratch, 'films');
  const home = join(scratch, 'home');
  await mkdir(home);
  if (addon !== null) await symlink(dirname(dirname(addon)), join(home, 'engine'));
  const workplace = await openWorkplace({
    home,
    resources: join(ROOT, 'resources'),
    start: (name) => forkChild(join(DIST, `${name}.cjs`), helperEnvironment(name)),
    databaseWorkerFile: join(DIST, 'database.cjs'),
    actor: 'soak',
  });
  const maker = startHelper<FilmMakerProtocol>(join(import.meta.dirname, 'filmMakerProcess.ts'), {
    ...process.env,
    NODE_OPTIONS: `--import=${join(import.meta.dirname, '..', 'loadTypeScript.mjs')}`,
  });
  const samples: MemorySample[] = [];
  let done = 0;
  try {
    const reader = await workplace.reader();
    while (done < films) {
      await mkdir(folder, { recursive: true });
      const count = Math.min(BATCH, films - done);
      await maker.request('write', { folder, first: done, count });
      done += await triageAll(workplace, reader, folder);
      await rm(folder, { recursive: true });
      if (done >= (samples.length + 1) * every) samples.push(print(sampleMemory(done)));
    }
  } finally {
    maker.stop();
    await workplace.close();
  }
  return samples;
}

/** Returns how many films were judged; one that was not is a fault of the product, and ends the soak. */
async function triageAll(workplace: Workplace, reader: FilmReader, folder: string): Promise<number> {
  let judged = 0;
  const options = { jobs: workplace.jobs, maps: true };
  for await (const reading of triageFolder(workplace.decoder, reader, [folder], options)) {
    if (reading.judged === null) throw new Error(`${reading.found.file}: ${reading.report.reason}`);
    await storeReading(workplace.database, reader, reading);
    judged++;
  }
  return judged;
}

function print(sample: MemorySample): MemorySample {
  const cells = Object.entries(sample.bytes).map(([name, bytes]) => `${name} ${megabytes(bytes).padStart(7)}`);
  const sum = megabytes(totalOf(sample));
  process.stdout.write(
    `${String(sample.films).padStart(7)} films   ${cells.join('   ')}   together ${sum.padStart(7)}\n`,
  );
  return sample;
}

/** Each kind of process by itself, so that what one gives back does not hide what another one keeps. */
function judge(samples: readonly MemorySample[]): number {
  const settled = samples.slice(Math.floor(samples.length * WARM_UP));
  const span = (settled.at(-1)?.films ?? 0) - (settled[0]?.films ?? 0);
  process.stdout.write(`\nGrowth over the last ${span} films:\n`);
  const growing = Object.keys(settled[0]?.bytes ?? {}).filter((name) => {
    const growth = growthPerFilm(settled.map((sample) => [sample.films, sample.bytes[name] ?? 0])) * span;
    const limit = PLAY_BYTES + LEAK_BYTES_PER_FILM * span + (name === 'main' ? DATABASE_CACHE_BYTES : 0);
    process.stdout.write(`${name.padStart(10)} ${megabytes(growth).padStart(7)}, limit ${megabytes(limit)}\n`);
    return growth > limit;
  });
  const isFlat = settled.length >= 3 && growing.length === 0;
  process.stdout.write(
    isFlat ? 'Memory is flat.\n' : `Memory is not flat: ${growing.join(', ') || 'too few looks'}.\n`,
  );
  return isFlat ? 0 : 1;
}

function totalOf(sample: MemorySample): number {
  return Object.values(sample.bytes).reduce((sum, bytes) => sum + bytes, 0);
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
