/**
 * The journal of a triage, `X.csv.jsonl`: one report a line, on the disk before the next film counts as done, so
 * that hours of work survive Ctrl-C, a crash and a power cut. A last line that was cut off is dropped.
 */
import { open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import * as v from 'valibot';
import { AppError } from '#main/contract/errors';
import { FilmReportSchema, type FilmReport } from './filmReport';

export type TriageJournal = {
  append(report: FilmReport): Promise<void>;
  close(): Promise<void>;
};

/** Begins a journal with the reports that are taken over from an earlier one, which may be the same file. */
export async function startJournal(path: string, earlier: Iterable<FilmReport> = []): Promise<TriageJournal> {
  await writeAtomically(path, Array.from(earlier, line).join(''));
  const file = await open(path, 'a').catch((error: unknown) => {
    throw writeProblem(error, path);
  });
  let last: Promise<unknown> = Promise.resolve();
  return {
    // One line after the other, in the order of the calls.
    append: (report) => {
      const written = last.then(async () => {
        await file.appendFile(line(report));
        await file.datasync();
      });
      last = written.catch(() => undefined);
      return written.catch((error: unknown) => {
        throw writeProblem(error, path);
      });
    },
    close: async () => {
      await last;
      await file.close();
    },
  };
}

function line(report: FilmReport): string {
  return `${JSON.stringify(report)}\n`;
}

/** Reports of a journal by file; the newest of a file counts. Throws `usage/invalid`. */
export async function readJournal(path: string): Promise<Map<string, FilmReport>> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new AppError('usage/invalid', `The journal ${path} can not be read.`);
  });
  const reports = new Map<string, FilmReport>();
  const lines = text.split('\n');
  // What follows the last line end is a line that was being written when the work was cut off.
  for (const [index, line] of lines.slice(0, -1).entries()) {
    const report = v.safeParse(FilmReportSchema, parseOrNull(line));
    if (!report.success) {
      throw new AppError('usage/invalid', `Line ${index + 1} of ${path} is no report of a triage.`);
    }
    reports.set(report.output.file, report.output);
  }
  return reports;
}

/** Whether a line, without its end, is a report of ours. */
export function isJournalLine(text: string): boolean {
  return v.is(FilmReportSchema, parseOrNull(text));
}

/** Writes the whole text or nothing: readers never see half a table. Patients stand in it: nobody else may read it. */
export async function writeAtomically(path: string, text: string): Promise<void> {
  const temporary = `${path}.part`;
  try {
    await writeFile(temporary, text, { flush: true, mode: 0o600 });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw writeProblem(error, path);
  }
}

function writeProblem(error: unknown, path: string): AppError {
  const system = (error as NodeJS.ErrnoException).code ?? '';
  if (system === 'ENOSPC') return new AppError('disk/full', `There is no room on the disk for ${path}.`, { path });
  return new AppError('usage/invalid', `${path} can not be written (${system}).`, { path, system });
}

function parseOrNull(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
