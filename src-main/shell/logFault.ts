/**
 * The log: faults of ours, on stderr. Only codes, places and stacks of code; a message may carry a path, and a path
 * may carry a patient's name, so messages of errors that speak of files stay out.
 */
import { AppError } from '#main/contract/errors';

export function logFault(where: string, error: unknown): void {
  const what = error instanceof AppError ? error.code : describe(error);
  process.stderr.write(`hilum: ${where}: ${what}\n`);
}

/** Name and stack frames, without the message. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return [`${error.name} ${code}`.trim(), ...frames.slice(0, 6)].join('\n');
}
