/** `hilum analyse FILE…`: the probabilities of each film, in the order in which they were named. */
import { mkdir } from 'node:fs/promises';
import type { FilmReport } from '#main/workflows/filmReport';
import { exportMaps } from '#main/workflows/exportMaps';
import { triageFolder } from '#main/workflows/triageFolder';
import { analyseText } from '../analyseText';
import type { Composition } from '../composition';
import { countStatuses } from '../countStatuses';
import { EXIT, exitCodeOfReports, type ExitCode } from '../exitCodes';
import { startProgressBar } from '../progressBar';

export type AnalyseCommandOptions = { readonly model?: string; readonly maps?: string; readonly json?: boolean };

export async function analyse(
  { terminal, openBench, signal }: Composition,
  paths: readonly string[],
  { model, maps, json }: AnalyseCommandOptions,
): Promise<ExitCode> {
  const bench = openBench();
  const reader = await bench.reader(model);
  if (maps !== undefined) await mkdir(maps, { recursive: true });
  // It starts while the first films are decoded.
  bench.engine();
  const bar = startProgressBar(terminal);
  const reports: FilmReport[] = [];
  const namesInUse = new Set<string>();
  const options = { jobs: bench.jobs, maps: maps !== undefined, inOrder: true, signal };
  for await (const { report, found, film, judged } of triageFolder(bench.decoder, reader, paths, options)) {
    reports.push(report);
    bar.finished(report.file);
    if (maps !== undefined && film !== null && judged !== null) {
      const prediction = judged.prediction;
      await exportMaps(bench.decoder, { source: found.source, film, prediction, folder: maps, namesInUse }, signal);
    }
    terminal.print(json === true ? `${JSON.stringify(report)}\n` : analyseText(report, reader.cutoffs));
  }
  terminal.status('');
  if (reports.length > 0) return exitCodeOfReports(countStatuses(reports));
  terminal.say('hilum: There is no file at all in what was named.\n');
  return EXIT.nothingToDo;
}
