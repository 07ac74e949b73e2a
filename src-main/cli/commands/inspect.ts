/** `hilum inspect FILE`: what the file says, how it was read, and what is doubtful about it. */
import { AppError } from '#main/contract/errors';
import type { RenderWindow } from '#main/decoding/protocol/protocol';
import { collectFiles, meantBy } from '#main/workflows/collectFiles';
import { inspectFile } from '#main/workflows/inspectFile';
import { checkOutput, PICTURE } from '../checkOutput';
import type { Composition } from '../composition';
import { EXIT, type ExitCode } from '../exitCodes';
import { inspectText } from '../inspectText';

export type InspectCommandOptions = {
  readonly json?: boolean;
  readonly pixels?: string;
  readonly render?: string;
  readonly window?: RenderWindow;
  readonly overlays?: boolean;
};

export async function inspect(
  { terminal, openBench, signal }: Composition,
  path: string,
  { json, pixels, render, window, overlays = false }: InspectCommandOptions,
): Promise<ExitCode> {
  for (const [option, isGiven] of Object.entries({ '--window': window !== undefined, '--overlays': overlays })) {
    if (!isGiven || render !== undefined) continue;
    throw new AppError('usage/invalid', `${option} says how to --render, and there is no --render.`);
  }
  for (const [option, file] of Object.entries({ '--pixels': pixels, '--render': render })) {
    if (file !== undefined) await checkOutput({ option, file, inputs: [path], replaces: PICTURE });
  }
  const { decoder } = openBench(1);
  const source = await sourceOf(path);
  const wanted = {
    pgmTo: pixels ?? null,
    render: render === undefined ? null : { to: render, window: window ?? ({ kind: 'default' } as const), overlays },
  };
  const report = await inspectFile(decoder, path, source, wanted, signal);
  terminal.print(json === true ? `${JSON.stringify(report)}\n` : inspectText(report));
  return report.status === 'ok' || report.status === 'not_scored' ? EXIT.done : EXIT.someNotJudged;
}

/** A file as it is named, an archive too: what it holds is named `archive.zip/entry`. */
async function sourceOf(path: string): Promise<{ path: string; entry: string | null }> {
  const [meant = path] = await meantBy(path);
  const named = { path: meant, entry: null };
  // An entry's name is no path on the disk; the walk finds the archive in it. It stops at the first file.
  for await (const { source } of collectFiles([meant], () => Promise.resolve([]))) {
    return source.entry === null ? named : source;
  }
  return named;
}

/** `N`, `lut`, `minmax` or `CENTER,WIDTH`. Throws `usage/invalid`. */
export function parseWindow(text: string): RenderWindow {
  if (text === 'lut' || text === 'minmax') return { kind: text };
  if (/^[1-9]\d*$/.test(text)) return { kind: 'preset', number: Number(text) };
  const [center, width, ...rest] = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const fits = center !== undefined && width !== undefined && rest.length === 0;
  if (fits && Number.isFinite(center) && Number.isFinite(width) && width > 0) return { kind: 'window', center, width };
  throw new AppError('usage/invalid', `--window is a preset's number, lut, minmax or CENTER,WIDTH; not "${text}".`);
}
