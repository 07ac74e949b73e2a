/** The application could not start: one dialog with the sentence and what to do, then the end. */
import { app, dialog } from 'electron';
import { toErrorBody, type ErrorCode } from '#main/contract/errors';
import { logFault } from './logFault';

const WHAT_TO_DO: Partial<Record<ErrorCode, string>> = {
  'database/newer': 'It was written by a newer Hilum. Start that one; nothing was changed.',
  'database/corrupt': 'Move hilum.sqlite out of the folder of Hilum and start again, or bring back a copy of it.',
  'database/busy': 'Another Hilum is updating it. Try again in a minute.',
  'database/read-only': 'The folder of Hilum can not be written to. Check its permissions.',
  'disk/full': 'Make room on the disk of the folder of Hilum, then start again.',
};

export function showStartFailure(error: unknown): void {
  const { code, message } = toErrorBody(error);
  logFault('start', error);
  const advice = WHAT_TO_DO[code] ?? 'Start Hilum again; if that does not help, report it with the code below.';
  dialog.showErrorBox('Hilum could not start', `${message}\n\n${advice}\n\n[${code}]`);
  app.exit(1);
}
