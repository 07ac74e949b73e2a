/** The display that windows are opened on: the session's, or a virtual one (Xvfb) where there is none. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';

export type Display = {
  /** What a program needs in its environment. */
  readonly env: Readonly<Record<string, string>>;
  stop(): void;
};

export async function openDisplay(): Promise<Display> {
  const hasOne = process.platform !== 'linux' || process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY'];
  if (hasOne) return { env: {}, stop: () => undefined };
  // It takes a free number by itself and writes it to the descriptor named here.
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1920x1200x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const failed = once(server, 'error').then(([error]) => Promise.reject(error as Error));
  const [number] = (await Promise.race([once(server.stdio[3] as Readable, 'data'), failed])) as [Buffer];
  return { env: { DISPLAY: `:${number.toString().trim()}` }, stop: () => void server.kill() };
}
