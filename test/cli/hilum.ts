/** The real `hilum`, started as a person starts it. It needs `npm run build`. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { FilmReport } from '#main/workflows/filmReport';
import { ROOT } from '../../scripts/bundle.mjs';

export const FIXTURES = join(ROOT, 'test', 'fixtures');
export const GOLDEN_FILMS = join(FIXTURES, 'golden', 'films');
export const DICOM = join(FIXTURES, 'dicom');

export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

export type Started = { readonly child: ChildProcess; readonly ended: Promise<Ended> };

/** A folder for one test file, gone afterwards. */
export async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hilum-cli-'));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export function startHilum(home: string, args: readonly string[], more: Record<string, string> = {}): Started {
  const env = { ...process.env, HILUM_HOME: home, ...more };
  const child = spawn(process.execPath, [join(ROOT, 'bin', 'hilum.cjs'), ...args], { env });
  const ended = new Promise<Ended>((resolve) => {
    const said = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr += text));
    child.on('close', (code) => resolve({ code, ...said }));
  });
  return { child, ended };
}

export function hilum(home: string, ...args: readonly string[]): Promise<Ended> {
  return startHilum(home, args).ended;
}

export function reportsOf(stdout: string): FilmReport[] {
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as FilmReport);
}

/** Rows of a CSV by column name; quoted cells may hold commas, quotes and line ends. */
export function rowsOf(csv: string): Record<string, string>[] {
  const cells = [...csv.matchAll(/("(?:[^"]|"")*"|[^,\n]*)(,|\n)/g)];
  const lines: string[][] = [[]];
  for (const [, cell = '', end] of cells) {
    lines.at(-1)?.push(cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell);
    if (end === '\n') lines.push([]);
  }
  const [names = [], ...rows] = lines.slice(0, -1);
  return rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index] ?? 'no cell'])));
}
