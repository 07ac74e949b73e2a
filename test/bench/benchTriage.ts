/** The command line beside the peer's loop: from the start of the process to the first number, and films per second. */
import { mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { DIST, type Bench } from './context';
import { interleave, type Measure } from './interleave';
import { createFilmMaker } from './makeFilms';
import { runProgram, type ProgramRun } from './runProgram';
import type { Row } from './table';

/** Enough that the first batch, which comes late, does not count. */
const FILMS = 48;

export async function benchTriage(bench: Bench): Promise<Row[]> {
  const folder = join(bench.scratch, 'films');
  await mkdir(folder, { recursive: true });
  const films = await (await createFilmMaker()).write(folder, 0, FILMS);
  const [oneFilm = ''] = films;
  bench.say('command line, first probability');
  const first = await compare(bench, (run) => run.linesAtMs[0] ?? NaN, {
    hilum: ['analyse', oneFilm, '--json'],
    peer: [oneFilm],
  });
  bench.say(`triage of ${FILMS} films`);
  const triage = await compare(bench, millisecondsPerFilm, { hilum: ['triage', folder, '--json'], peer: films });
  return [
    { name: 'command line, start of the process to the first probability', unit: 'ms', ...first },
    { name: 'triage, 1024×1024 PNG, with maps and database', unit: 'films/s', ...triage },
  ];
}

/** Between the first line and the last: the start of the process is another row. */
function millisecondsPerFilm({ linesAtMs }: ProgramRun): number {
  return ((linesAtMs.at(-1) ?? NaN) - (linesAtMs[0] ?? NaN)) / (linesAtMs.length - 1);
}

type Arguments = { readonly hilum: readonly string[]; readonly peer: readonly string[] };

async function compare(
  { peer, scratch, rounds }: Bench,
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
    // A fresh home for every run: a film that was stored before would not be stored again.
    const home = await mkdtemp(join(scratch, 'home-'));
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
