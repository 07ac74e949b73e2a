/** Runs a program that prints one line per film, and notes when the lines came and how much memory it held. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { treeResidentBytes } from './machine';

export type ProgramRun = {
  /** Milliseconds from the start of the process to each line. */
  readonly linesAtMs: readonly number[];
  /** Of the process and all that it started, at its highest. */
  readonly peakResidentBytes: number | null;
};

const LOOK_EVERY_MS = 100;

/** Throws with what it said on stderr where it fails. */
export async function runProgram(args: readonly string[], env: Readonly<Record<string, string>>): Promise<ProgramRun> {
  const start = performance.now();
  const child = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const linesAtMs: number[] = [];
  let complaints = '';
  let peak: number | null = null;
  createInterface(child.stdout).on('line', () => linesAtMs.push(performance.now() - start));
  child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  const looking = setInterval(() => {
    const now = child.pid === undefined ? null : treeResidentBytes(child.pid);
    if (now !== null) peak = Math.max(peak ?? 0, now);
  }, LOOK_EVERY_MS);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    if (code !== 0) throw new Error(`${args.join(' ')} ended with ${String(code)}: ${complaints}`);
  } finally {
    clearInterval(looking);
  }
  return { linesAtMs, peakResidentBytes: peak };
}
