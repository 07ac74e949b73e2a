/** `hilum triage PATH…`: folders of films → one row per file, most urgent first. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { AppError, isCancelled } from '#main/contract/errors';
import { NOTICE } from '#main/contract/prediction';
import type { FilmReader, Override } from '#main/workflows/analyseFilm';
import { countFiles } from '#main/workflows/countFiles';
import type { FilmReport } from '#main/workflows/filmReport';
import type { Workbench } from '#main/workflows/openWorkbench';
import type { Workplace } from '#main/workflows/openWorkplace';
import { storeReading } from '#main/workflows/storeReading';
import { triageFolder } from '#main/workflows/triageFolder';
import { readJournal, startJournal, writeAtomically, type TriageJournal } from '#main/workflows/triageJournal';
import { compareReports, triageCsv } from '#main/workflows/triageTable';
import { checkOutput, JOURNAL, TABLE } from '../checkOutput';
import type { Composition } from '../composition';
import { EXIT, exitCodeOfReports, type ExitCode } from '../exitCodes';
import { countStatuses, describeCounts } from '../countStatuses';
import { startProgressBar } from '../progressBar';
import { readOverride, type OverrideOptions } from '../readOverride';
import { plainText, type Terminal } from '../terminal';
import { triageText } from '../triageText';

export type TriageCommandOptions = OverrideOptions & {
  readonly model?: string;
  readonly out?: string;
  readonly resume?: string;
  readonly jobs?: number;
  readonly json?: boolean;
  readonly store: boolean;
};

export async function triage(
  composition: Composition,
  paths: readonly string[],
  options: TriageCommandOptions,
): Promise<ExitCode> {
  const { terminal } = composition;
  const out = outputOf(options);
  if (out !== null) await checkPlaces(out, paths, options.resume);
  const override = await readOverride(paths, options);
  const known = options.resume === undefined ? null : await readJournal(options.resume);
  const place = options.store ? await composition.openPlace(options.jobs) : null;
  const bench = place ?? composition.openBench(options.jobs);
  const reader = await bench.reader(options.model);
  const ownFiles = [options.resume, ...(out === null ? [] : [out, `${out}.jsonl`])].filter(
    (file) => file !== undefined,
  );
  const reports: FilmReport[] = [];
  let journal: Promise<TriageJournal> | null = null;
  // Only with the first film: where nothing is read (a share that is not there), an earlier journal stays as it is.
  const openJournal = (): Promise<TriageJournal | null> =>
    out === null ? Promise.resolve(null) : (journal ??= startJournal(`${out}.jsonl`, known?.values()));
  let speed = '';
  try {
    const work = { place, bench, reader, known, openJournal, reports, ownFiles, override };
    speed = await readAll(composition, paths, options, work);
  } catch (error) {
    if (isCancelled(error)) terminal.say(describeCancelled(reports.length, out));
    throw error;
  } finally {
    await closeJournal(journal);
  }
  if (reports.length === 0) {
    terminal.say('hilum: There is no file at all in what was named.\n');
    return EXIT.nothingToDo;
  }
  const counts = countStatuses(reports);
  await writeTable(terminal, reports.sort(compareReports), options, out);
  terminal.say(`${describeCounts(counts)}${speed}\n`);
  return exitCodeOfReports(counts);
}

async function writeTable(
  terminal: Terminal,
  reports: readonly FilmReport[],
  { out, json }: TriageCommandOptions,
  file: string | null,
): Promise<void> {
  if (file !== null) await writeAtomically(file, triageCsv(reports));
  if (out === '-') terminal.print(triageCsv(reports));
  if (file !== null || out === '-' || json === true) terminal.say(provenance(reports));
  else terminal.print(`${triageText(reports, terminal.columns)}${provenance(reports)}`);
}

/** What made the numbers, for every place that shows them. */
function provenance(reports: readonly FilmReport[]): string {
  const { model, notice } = reports[0] ?? { model: null, notice: NOTICE };
  const backend = reports.find((report) => report.backend !== '')?.backend ?? 'no film was judged';
  return `Model ${model?.id ?? ''} ${model?.version ?? ''}, weights ${model?.weightsSha256 ?? ''}, ${backend}.\n${notice}\n`;
}

/** Where the table goes; `-` is standard output, which keeps no journal. */
function outputOf({ out, resume, json }: TriageCommandOptions): string | null {
  if (out === '-') {
    if (json === true) throw new AppError('usage/invalid', '--out - and --json both want standard output.');
    return null;
  }
  if (out !== undefined || resume === undefined) return out ?? null;
  if (resume.endsWith('.jsonl')) return resume.slice(0, -'.jsonl'.length);
  throw new AppError('usage/invalid', '--resume wants a journal whose name ends with .jsonl, or --out beside it.');
}

/** Throws `usage/invalid`; nothing was written then. */
async function checkPlaces(out: string, paths: readonly string[], resume: string | undefined): Promise<void> {
  const journal = `${out}.jsonl`;
  await checkOutput({ option: '--out', file: out, inputs: paths, replaces: TABLE });
  await checkOutput({ option: '--out', file: journal, inputs: paths, replaces: JOURNAL });
  if (resume !== undefined && resolve(resume) === resolve(journal)) return;
  const begun = await stat(journal).catch(() => null);
  const table = await stat(out).catch(() => null);
  // The table is written when all is done: a journal that is newer than it was cut off.
  if (begun === null || begun.size === 0 || (table !== null && table.mtimeMs >= begun.mtimeMs)) return;
  throw new AppError(
    'usage/invalid',
    `${journal} is of a triage that was cut off: go on with --resume ${journal}, or delete it.`,
  );
}

async function closeJournal(journal: Promise<TriageJournal> | null): Promise<void> {
  // One that could not be opened has been told of.
  await journal?.then(
    (opened) => opened.close(),
    () => undefined,
  );
}

type Work = {
  readonly place: Workplace | null;
  readonly bench: Workbench;
  readonly reader: FilmReader;
  readonly known: ReadonlyMap<string, FilmReport> | null;
  readonly openJournal: () => Promise<TriageJournal | null>;
  readonly reports: FilmReport[];
  /** The table and its journal may lie in the very folder that is read: they get no row. */
  readonly ownFiles: readonly string[];
  readonly override: Override | null;
};

/** Fills `reports`; tells how it went, in words. */
async function readAll(
  composition: Composition,
  paths: readonly string[],
  options: TriageCommandOptions,
  { place, bench, reader, known, openJournal, reports, ownFiles, override }: Work,
): Promise<string> {
  const { terminal, signal } = composition;
  // It starts while the first films are decoded.
  bench.engine();
  const bar = startProgressBar(terminal);
  if (terminal.errorIsTerminal) void count(bench, paths, signal, ownFiles, bar.total);
  const triageOptions = { jobs: bench.jobs, maps: options.store, known, leaveOut: ownFiles, override, signal };
  let resumed = 0;
  for await (const triaged of triageFolder(bench.decoder, reader, paths, triageOptions)) {
    const { report } = triaged;
    const journal = await openJournal();
    if (triaged.resumed) resumed++;
    else {
      if (place !== null) await storeReading(place.database, reader, triaged, override);
      await journal?.append(report);
    }
    reports.push(report);
    if (options.json === true) terminal.print(`${JSON.stringify(report)}\n`);
    bar.finished(report.file);
  }
  const again = resumed === 0 ? '' : ` (${resumed} taken from the journal)`;
  return `${again}. ${bar.filmsPerSecond.toFixed(2)} files/s.`;
}

async function count(
  bench: Workbench,
  paths: readonly string[],
  signal: AbortSignal,
  ownFiles: readonly string[],
  tell: (total: number) => void,
): Promise<void> {
  const total = await countFiles(paths, (path) => bench.decoder.listArchive(path, signal), signal, ownFiles);
  if (total !== null) tell(total);
}

function describeCancelled(done: number, out: string | null): string {
  // The journal is begun with the first film.
  const kept =
    out === null || done === 0 ? '' : ` Go on where it stopped: hilum triage PATH… --resume ${plainText(out)}.jsonl`;
  return `hilum: Cancelled after ${done} files.${kept}\n`;
}
