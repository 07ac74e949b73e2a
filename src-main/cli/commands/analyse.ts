/** `hilum analyse FILE…`: the probabilities of each film, in the order in which they were named. */
import { mkdir } from 'node:fs/promises';
import { AppError } from '#main/contract/errors';
import type { FilmReader } from '#main/workflows/analyseFilm';
import type { FilmReport } from '#main/workflows/filmReport';
import { exportMaps } from '#main/workflows/exportMaps';
import { triageFolder } from '#main/workflows/triageFolder';
import { analyseText } from '../analyseText';
import { checkOutputFolder } from '../checkOutput';
import type { Composition } from '../composition';
import { countStatuses } from '../countStatuses';
import { EXIT, exitCodeOfReports, type ExitCode } from '../exitCodes';
import { startProgressBar } from '../progressBar';
import { readOverride, type OverrideOptions } from '../readOverride';

export type AnalyseCommandOptions = OverrideOptions & {
  readonly model?: string;
  readonly maps?: string;
  readonly json?: boolean;
};

export async function analyse(
  { terminal, openBench, signal }: Composition,
  paths: readonly string[],
  options: AnalyseCommandOptions,
): Promise<ExitCode> {
  const { model, maps, json } = options;
  const override = await readOverride(paths, options);
  const bench = openBench();
  const reader = await bench.reader(model);
  if (maps !== undefined) await makeMapsFolder(maps, paths, reader);
  // It starts while the first films are decoded.
  bench.engine();
  const bar = startProgressBar(terminal);
  const reports: FilmReport[] = [];
  const namesInUse = new Set<string>();
  const asked = { jobs: bench.jobs, maps: maps !== undefined, inOrder: true, override, signal };
  for await (const { report, found, film, judged } of triageFolder(bench.decoder, reader, paths, asked)) {
    reports.push(report);
    bar.finished(report.file);
    if (maps !== undefined && film !== null && judged !== null) {
      const prediction = judged.prediction;
      await exportMaps(bench.decoder, { source: found.source, film, prediction, folder: maps, namesInUse }, signal);
    }
    terminal.print(json === true ? `${JSON.stringify(report)}\n` : analyseText(report, judged?.cutoffs ?? []));
  }
  terminal.status('');
  if (reports.length > 0) return exitCodeOfReports(countStatuses(reports));
  terminal.say('hilum: There is no file at all in what was named.\n');
  return EXIT.nothingToDo;
}

/** Throws `usage/invalid`. */
async function makeMapsFolder(folder: string, paths: readonly string[], { card }: FilmReader): Promise<void> {
  const endings = ['.maps.f32', ...card.findings.map((finding) => `.${finding}.png`)];
  await checkOutputFolder('--maps', folder, paths, endings);
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    const system = (error as NodeJS.ErrnoException).code ?? '';
    throw new AppError('usage/invalid', `--maps ${folder} can not be made (${system}).`, { system });
  });
}
