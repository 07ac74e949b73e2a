/** How `hilum` ends, as its help prints it. Scripts rely on these numbers. */
import { toErrorBody, type ErrorCode } from '#main/contract/errors';
import type { FilmReport } from '#main/workflows/filmReport';

export const EXIT = {
  done: 0,
  ourFault: 1,
  wrongUsage: 2,
  someNotJudged: 3,
  nothingToDo: 4,
  noEngineOrModel: 5,
  cancelled: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_HELP = `Exit codes:
  0    all done (laterals, which nobody expects a score for, included)
  1    our fault
  2    wrong usage
  3    done, but some files were refused or failed
  4    nothing to do: no file at all
  5    no engine or no model
  130  cancelled`;

const BY_CODE: Partial<Record<ErrorCode, ExitCode>> = {
  'task/cancelled': EXIT.cancelled,
  'usage/invalid': EXIT.wrongUsage,
  'training/impossible': EXIT.wrongUsage,
  'training/busy': EXIT.wrongUsage,
  // The learning rate that was asked for is too high.
  'training/diverged': EXIT.wrongUsage,
};
const BY_ROOM: Readonly<Record<string, ExitCode>> = {
  engine: EXIT.noEngineOrModel,
  model: EXIT.noEngineOrModel,
  // Tables and files that end a command are named on its line: what is wrong with them can be mended there.
  label: EXIT.wrongUsage,
  file: EXIT.wrongUsage,
};

/** Of an error that ended the whole command. */
export function exitCodeOf(error: unknown): ExitCode {
  const { code } = toErrorBody(error);
  return BY_CODE[code] ?? BY_ROOM[code.split('/')[0] ?? ''] ?? EXIT.ourFault;
}

/** Of a command that went through its files. */
export function exitCodeOfReports(counts: Readonly<Record<FilmReport['status'], number>>): ExitCode {
  const { ok, not_scored, refused, failed } = counts;
  if (ok + not_scored + refused + failed === 0) return EXIT.nothingToDo;
  return refused + failed > 0 ? EXIT.someNotJudged : EXIT.done;
}
