/** Standard output for data, standard error for words: the two never mix. */
import { stripVTControlCharacters } from 'node:util';

export type Terminal = {
  /** Data: what a script reads. */
  print(text: string): void;
  /** Words and progress: what a person reads. */
  say(text: string): void;
  /** One line that is overwritten in place; nothing where standard error is no terminal. */
  status(line: string): void;
  readonly errorIsTerminal: boolean;
  /** Width of the table on standard output; no limit where it goes to a file or a pipe. */
  readonly columns: number;
};

export function openTerminal(): Terminal {
  const { stdout, stderr } = process;
  let statusShown = false;
  function clearStatus(): void {
    if (statusShown) stderr.write('\r\u001b[K');
    statusShown = false;
  }
  return {
    print: (text) => {
      // A table must not be torn by the progress line when both go to one terminal.
      clearStatus();
      stdout.write(text);
    },
    say: (text) => {
      clearStatus();
      stderr.write(text);
    },
    status: (line) => {
      if (!stderr.isTTY) return;
      stderr.write(`\r${line.slice(0, stderr.columns - 1)}\u001b[K`);
      statusShown = true;
    },
    errorIsTerminal: stderr.isTTY,
    columns: stdout.isTTY ? stdout.columns : Number.POSITIVE_INFINITY,
  };
}

/** C0 and C1 controls, and what turns the direction of writing: a name must not look like another one. */
const STEERING = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** Text out of a file, made safe to show: a patient's name or a file's must not steer the terminal. */
export function plainText(text: string): string {
  return stripVTControlCharacters(text).replaceAll(STEERING, '\ufffd');
}
