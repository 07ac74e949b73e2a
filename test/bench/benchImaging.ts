/**
 * Films of 2000×2500 pixels in each transfer syntax, from bytes to what is shown and judged, beside gdcm (where its
 * programs are installed) and dcmjs-imaging; and the import of a folder beside its own decoders.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { forkChild } from '#main/channel/forkChild';
import { AppError } from '#main/contract/errors';
import { createCodecs } from '#main/decoding/process/codecs/createCodecs';
import { readDicom, readDicomFacts } from '#main/imaging/dicom/readDicom';
import type { DicomCodecs, FilmPixels } from '#main/imaging/filmPixels';
import { displayGrey, displayTable } from '#main/imaging/grey/displayTable';
import { resizeBilinear } from '#main/imaging/resize/resizeBilinear';
import { DEFAULT_URGENCY_TIERS } from '#main/contract/findings';
import { createFilmReader } from '#main/workflows/analyseFilm';
import { importFilms } from '#main/workflows/importFilms';
import { openWorkplace, type Workplace } from '#main/workflows/openWorkplace';
import { decodeRequest } from '#main/workflows/readFilm';
import { makeDicom, type MadePicture } from '#test/helpers/makeDicom';
import { randomNumbers } from '#test/helpers/randomNumbers';
import { DIST, ROOT, THREADS as JOBS, type Bench } from './context';
import { interleave, time } from './interleave';
import { treeResidentBytes } from './machine';
import { installPeer } from './peer/installPeer';
import type { Row } from './table';

const DCMJS_IMAGING = {
  name: 'dcmjs-imaging',
  version: '0.2.5',
  integrity: 'sha512-GuflqcUwVpoNORwljlQ6rQ1sCoJy9tZypeOCmVIeyAqtWW+hvTQuHHIoeuX/62Hx8EaSkOZ3yNuwjRiJXu2ccg==',
};

const NATIVE = '1.2.840.10008.1.2.1';
const SYNTAXES: Readonly<Record<string, string>> = {
  [NATIVE]: 'uncompressed',
  '1.2.840.10008.1.2.1.99': 'deflated',
  '1.2.840.10008.1.2.5': 'RLE',
  '1.2.840.10008.1.2.4.50': 'JPEG baseline, 8 bit',
  '1.2.840.10008.1.2.4.70': 'JPEG lossless',
  '1.2.840.10008.1.2.4.80': 'JPEG-LS',
  '1.2.840.10008.1.2.4.90': 'JPEG 2000',
  '1.2.840.10008.1.2.4.201': 'HTJ2K',
};
const ROWS = 2500;
const COLUMNS = 2000;
const ADULTS = { ageRangeYears: [18, 120] } as const;

type MadeFilm = { readonly name: string; readonly uid: string; readonly bytes: Uint8Array; readonly path: string };

export async function benchImaging(bench: Bench): Promise<Row[]> {
  const codecs = await createCodecs(join(DIST, 'wasm'));
  bench.say(`films of ${COLUMNS}×${ROWS} pixels`);
  const films = await makeFilms(bench.scratch);
  const rows: Row[] = [];
  for (const film of films) rows.push(...(await benchDecoding(bench, codecs, film)));
  rows.push(...(await benchGrey(bench, codecs, films[0]!)));
  rows.push(...(await benchImport(bench)));
  return rows;
}

async function makeFilms(scratch: string): Promise<MadeFilm[]> {
  const { eight, twelve } = await makePictures(ROWS, COLUMNS);
  const films: MadeFilm[] = [];
  for (const [uid, name] of Object.entries(SYNTAXES)) {
    const bytes = makeDicom(uid, COMPUTED_RADIOGRAPHY, uid.endsWith('.4.50') ? eight : twelve);
    const path = join(scratch, `${uid}.dcm`);
    await writeFile(path, bytes);
    films.push({ name, uid, bytes: new Uint8Array(bytes), path });
  }
  return [...films, ...(await makeExtended(films[0]!, join(scratch, 'extended.dcm')))];
}

/** No encoder in JavaScript makes 12-bit JPEG: dcmtk does, where it is installed. */
async function makeExtended(native: MadeFilm, path: string): Promise<MadeFilm[]> {
  try {
    await promisify(execFile)('dcmcjpeg', ['+ee', native.path, path]);
  } catch {
    return [];
  }
  const bytes = new Uint8Array(await readFile(path));
  return [{ name: 'JPEG extended, 12 bit', uid: '1.2.840.10008.1.2.4.51', bytes, path }];
}

/** A sample film, enlarged, with the noise of a detector: without it lossless codecs would have nothing to do. */
async function makePictures(rows: number, columns: number): Promise<Record<'eight' | 'twelve', MadePicture>> {
  const folder = join(ROOT, 'resources', 'samples');
  const [sample = ''] = (await readdir(folder)).filter((name) => name.endsWith('.png')).sort();
  const picture = sharp(join(folder, sample)).greyscale().resize(columns, rows, { fit: 'fill' });
  const grey = await picture.toColourspace('b-w').raw().toBuffer();
  const random = randomNumbers(7);
  const deep = Uint16Array.from(grey, (value) => Math.min(4095, 16 * value + Math.floor(24 * random())));
  return {
    eight: { rows, columns, bitsAllocated: 8, bitsStored: 8, pixels: grey },
    twelve: { rows, columns, bitsAllocated: 16, bitsStored: 12, pixels: new Uint8Array(deep.buffer) },
  };
}

const COMPUTED_RADIOGRAPHY = [[0x0008, 0x0016, 'UI', '1.2.840.10008.5.1.4.1.1.1']] as const;

type Render = (bytes: Uint8Array) => unknown;

async function benchDecoding(bench: Bench, codecs: DicomCodecs, film: MadeFilm): Promise<Row[]> {
  bench.say(`decoding, ${film.name}`);
  const decode = () => time(() => Promise.resolve(readDicom(film.bytes, codecs, ADULTS)));
  const gdcm = await findGdcm(film.path);
  const render = await findDcmjsImaging(bench);
  const contestants = {
    hilum: decode,
    gdcm: gdcm === null ? null : () => time(() => gdcm(film.path)),
    shown: () => time(() => Promise.resolve(show(readDicom(film.bytes, codecs, ADULTS)))),
    dcmjs: render === null ? null : () => time(() => Promise.resolve(render(film.bytes))),
  };
  await interleave(contestants, 1);
  const { hilum, gdcm: other, shown, dcmjs } = await interleave(contestants, bench.rounds);
  return [
    {
      ...{ name: `bytes to pixels, ${film.name}`, unit: 'ms', hilum: figure(hilum) },
      ...{ peer: gdcm === null ? null : figure(other), peerName: 'gdcmconv' },
    },
    {
      ...{ name: `bytes to display grey, ${film.name}`, unit: 'ms', hilum: figure(shown) },
      ...{ peer: render === null ? null : figure(dcmjs), peerName: DCMJS_IMAGING.name },
    },
  ];
}

function show({ samples, grey }: FilmPixels): Uint8Array {
  const [preset] = grey.presets;
  if (preset === undefined) throw new Error('The film has no window.');
  return displayGrey(samples, grey.sample, displayTable(grey, preset, grey.inverted));
}

/** Null where gdcm's programs are not there, or do not read the film. */
async function findGdcm(path: string): Promise<((path: string) => Promise<unknown>) | null> {
  const run = (from: string) => promisify(execFile)('gdcmconv', ['--raw', from, `${from}.raw`]);
  return run(path).then(
    () => run,
    () => null,
  );
}

let dcmjsImaging: Promise<Render | null> | null = null;

/** Null where it can't be installed. */
function findDcmjsImaging(bench: Bench): Promise<Render | null> {
  return (dcmjsImaging ??= loadDcmjsImaging().catch((error: unknown) => {
    bench.say(`without ${DCMJS_IMAGING.name}: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }));
}

type DcmjsImaging = {
  readonly NativePixelDecoder: { initializeAsync(): Promise<void> };
  readonly DicomImage: new (bytes: ArrayBuffer) => { render(): unknown };
  readonly log?: { setLevel(level: string): void };
};

async function loadDcmjsImaging(): Promise<Render> {
  const folder = await installPeer(DCMJS_IMAGING);
  const require = createRequire(join(folder, 'node_modules', 'package.json'));
  const { DicomImage, NativePixelDecoder, log } = require(DCMJS_IMAGING.name) as DcmjsImaging;
  log?.setLevel('silent');
  await NativePixelDecoder.initializeAsync();
  return (bytes) => new DicomImage(bytes.slice().buffer).render();
}

/** What does not depend on the transfer syntax; no peer has the same. */
async function benchGrey(bench: Bench, codecs: DicomCodecs, film: MadeFilm): Promise<Row[]> {
  bench.say('header, display grey, thumbnail, resize');
  const pixels = readDicom(film.bytes, codecs, ADULTS);
  const grey = show(pixels);
  const raw = (height: number, width: number) => ({ raw: { width, height, channels: 1 } }) as const;
  const work: Readonly<Record<string, () => unknown>> = {
    'header facts': () => readDicomFacts(film.bytes, codecs),
    'pixels to display grey': () => show(pixels),
    'display grey to thumbnail': () =>
      sharp(resizeBilinear(grey, ROWS, COLUMNS, 256, 205), raw(256, 205))
        .toColourspace('b-w')
        .png()
        .toBuffer(),
    'display grey to 224×224': () => resizeBilinear(grey, ROWS, COLUMNS, 224, 224),
  };
  const rows: Row[] = [];
  for (const [name, run] of Object.entries(work)) {
    const measure = { hilum: () => time(() => Promise.resolve(run())) };
    await interleave(measure, 3);
    const { hilum } = await interleave(measure, 3 * bench.rounds);
    rows.push({ name, unit: 'ms', hilum: figure(hilum), peer: null });
  }
  return rows;
}

function figure(samplesMs: readonly number[], residentBytes: number | null = null): Row['hilum'] {
  return { samplesMs, residentBytes };
}

/** Films of an import, all different. */
const IMPORTED = 1000;
/** What a hospital's archive has most of. */
const IMPORTED_SYNTAX = '1.2.840.10008.1.2.4.70';

/** Without judging: the films then wait for an engine, and decoding is all that there is to do. */
async function benchImport(bench: Bench): Promise<Row[]> {
  bench.say(`import of ${IMPORTED} films`);
  // Of half the size, so that they fit on a disk.
  const { twelve } = await makePictures(ROWS / 2, COLUMNS / 2);
  const folder = join(bench.scratch, 'import');
  const paths = await writeCopies(folder, makeDicom(IMPORTED_SYNTAX, COMPUTED_RADIOGRAPHY, twelve));
  const reader = createFilmReader(bench.card, DEFAULT_URGENCY_TIERS, {
    analyse: () => Promise.reject(new AppError('engine/unavailable', 'The benchmark measures the import alone.')),
  });
  const decoders = await withPlace(bench, 'decoders alone', async ({ decoder, home }) => {
    const asked = { ...decodeRequest(reader, { path: '', entry: null }) };
    await inLanes(decoder, paths, (path, index) => ({
      ...{ ...asked, source: { path, entry: null } },
      ...{ pixelsTo: join(home, `${index}.raw`), thumbnailTo: join(home, `${index}.png`) },
    }));
  });
  const imported = await withPlace(bench, 'import', async (place) => {
    const nothing = (): void => undefined;
    const reporter = {
      signal: new AbortController().signal,
      total: nothing,
      phase: nothing,
      done: nothing,
      finished: nothing,
    };
    await importFilms(place, reader, [folder], reporter).catch((error: unknown) => {
      if (!(error instanceof AppError && error.code === 'engine/unavailable')) throw error;
    });
  });
  await rm(folder, { recursive: true });
  const name = `import of ${IMPORTED} films of 1.25 million pixels, JPEG lossless, without judging`;
  return [{ name, unit: 'films/s', hilum: imported, peer: decoders, peerName: 'its own decoders' }];
}

/** Copies that differ in their instance UID. */
async function writeCopies(folder: string, bytes: Uint8Array): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const uid = Buffer.from(bytes).indexOf(Buffer.from([0x08, 0x00, 0x18, 0x00]));
  const paths: string[] = [];
  for (let index = 0; index < IMPORTED; index++) {
    const copy = Buffer.from(bytes);
    copy.write(`1${String(index).padStart(5, '0')}`, uid + 8, 'latin1');
    const path = join(folder, `${String(index).padStart(4, '0')}.dcm`);
    await writeFile(path, copy);
    paths.push(path);
  }
  return paths;
}

type Decoder = Workplace['decoder'];

async function inLanes(
  decoder: Decoder,
  paths: readonly string[],
  request: (path: string, index: number) => Parameters<Decoder['decode']>[0],
): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < paths.length; index = next++) await decoder.decode(request(paths[index]!, index));
  };
  await Promise.all(Array.from({ length: 4 }, lane));
}

/** Time per film, memory at its highest, and how busy the cores were, of work in a fresh home. */
async function withPlace(bench: Bench, name: string, work: (place: Workplace) => Promise<void>): Promise<Row['hilum']> {
  const home = await mkdtemp(join(bench.scratch, 'home-'));
  const pids: number[] = [];
  const place = await openWorkplace({
    home,
    resources: join(ROOT, 'resources'),
    start: (child) => {
      const started = forkChild(join(DIST, `${child}.cjs`));
      if (started.pid !== undefined) pids.push(started.pid);
      return started;
    },
    databaseWorkerFile: join(DIST, 'database.cjs'),
    actor: 'bench',
    jobs: JOBS,
  });
  let peak = 0;
  const look = setInterval(() => (peak = Math.max(peak, treeResidentBytes(process.pid) ?? 0)), 500);
  const before = process.cpuUsage();
  try {
    const milliseconds = await time(() => work(place));
    const own = process.cpuUsage(before);
    const seconds = (own.user + own.system) / 1e6 + (await sumOf(pids.map(cpuSeconds)));
    const busy = (100 * seconds) / ((milliseconds / 1000) * JOBS);
    bench.say(`${name}: ${busy.toFixed(0)} % of ${JOBS} cores busy, ${Math.round(peak / 1e6)} MB at most`);
    return { samplesMs: [milliseconds / IMPORTED], residentBytes: peak || null };
  } finally {
    clearInterval(look);
    await place.close();
    await rm(home, { recursive: true });
  }
}

async function sumOf(numbers: readonly Promise<number>[]): Promise<number> {
  return (await Promise.all(numbers)).reduce((sum, value) => sum + value, 0);
}

/** Of a process and its threads since it began; 0 where the system has no /proc. Linux counts 100 ticks a second. */
async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
  const [user = 0, system = 0] = stat.split(') ')[1]?.split(' ').slice(11, 13).map(Number) ?? [];
  return (user + system) / 100;
}
