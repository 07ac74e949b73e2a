/** The command line beside the peer's loop: from the start of the process to the first number, and films per second. */
import { mkdir, mkdtemp, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BACKEND_IDS } from '#main/contract/engine';
import { findNativeAddon } from '#test/helpers/nativePack';
import { DIST, type Bench } from './context';
import { explainThroughput, measureFilmCost } from './filmCost';
import { interleave, summarise, type Measure } from './interleave';
import { createFilmMaker } from './makeFilms';
import { runProgram, type ProgramRun } from './runProgram';
import { formatTable, type Row } from './table';

/** The engine settles with its first two batches, which do not count. */
const SETTLING = 16;
const FILMS = SETTLING + 240;

export async function benchTriage(bench: Bench, markdown: boolean): Promise<string> {
  const folder = join(bench.scratch, 'films');
  await mkdir(folder, { recursive: true });
  const films = await (await createFilmMaker()).write(folder, 0, FILMS);
  const [oneFilm = ''] = films;
  const addon = await findNativeAddon(join(DIST, 'engine.cjs'));
  const rows: Row[] = [];
  const explanations: string[] = [];
  for (const backend of BACKEND_IDS) {
    const pack = backend === 'tensorflow' ? addon : null;
    if (backend === 'tensorflow' && pack === null) continue;
    bench.say(`command line on ${backend}, first probability`);
    const first = await compare(bench, pack, (run) => run.linesAtMs[0] ?? NaN, {
      hilum: ['analyse', oneFilm, '--json'],
      peer: [oneFilm],
    });
    bench.say(`triage of ${FILMS} films on ${backend}`);
    const args = { hilum: ['triage', folder, '--json'], peer: films };
    const triage = await compare(bench, pack, millisecondsPerFilm, args);
    const cost = await measureFilmCost(await makeHome(bench.scratch, pack), backend, films);
    explanations.push(explainThroughput(backend, cost, 1000 / summarise(triage.hilum.samplesMs).firstQuartile));
    rows.push({ name: `command line on ${backend}, start to the first probability`, unit: 'ms', ...first });
    rows.push({ name: `triage on ${backend}, 1024×1024 PNG, with maps and database`, unit: 'films/s', ...triage });
  }
  return [formatTable(rows, markdown), ...explanations].join('\n\n');
}

/** A fresh home for every run: a film that was stored before would not be stored again. The pack is the tests'. */
async function makeHome(scratch: string, addon: string | null): Promise<string> {
  const home = await mkdtemp(join(scratch, 'home-'));
  if (addon !== null) await symlink(dirname(dirname(addon)), join(home, 'engine'));
  return home;
}

/** Once all parts are at work: the start of the process is another row. */
function millisecondsPerFilm({ linesAtMs }: ProgramRun): number {
  return ((linesAtMs.at(-1) ?? NaN) - (linesAtMs[SETTLING] ?? NaN)) / (linesAtMs.length - 1 - SETTLING);
}

type Arguments = { readonly hilum: readonly string[]; readonly peer: readonly string[] };

async function compare(
  { peer, scratch, rounds }: Bench,
  addon: string | null,
  read: (run: ProgramRun) => number,
  args: Arguments,
): Promise<Pick<Row, 'hilum' | 'peer'>> {
  const peaks = { hilum: 0, peer: 0 };
  function measure(who: 'hilum' | 'peer', run: () => Promise<ProgramRun>): Measure {
    return async () => {
      const result = await run();
      peaks[who] = Math.max(peaks[who], result.peakResidentBytes ?? 0);
      return read(result);
    };
  }
  const hilum = measure('hilum', async () => {
    const home = await makeHome(scratch, addon);
    return runProgram([join(DIST, 'cli.cjs'), ...args.hilum], { HILUM_HOME: home });
  });
  const other =
    peer && measure('peer', () => runProgram([peer.programs.triage, JSON.stringify(peer.model), ...args.peer], {}));
  await interleave({ hilum, peer: other }, 1);
  const samples = await interleave({ hilum, peer: other }, rounds);
  return {
    hilum: { samplesMs: samples.hilum, residentBytes: peaks.hilum || null },
    peer: peer === null ? null : { samplesMs: samples.peer, residentBytes: peaks.peer || null },
  };
}
