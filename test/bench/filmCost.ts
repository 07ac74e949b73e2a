/** What a film costs in core-milliseconds, part by part, and what the cores could give: the measure of triage. */
import { join } from 'node:path';
import type { BackendId } from '#main/contract/engine';
import type { NetworkPixels } from '#main/contract/networkFilm';
import { forkChild } from '#main/channel/forkChild';
import { openWorkbench } from '#main/workflows/openWorkbench';
import { decodeRequest } from '#main/workflows/readFilm';
import { DIST, ROOT, THREADS } from './context';
import { processTree, processorMilliseconds } from './machine';

export type FilmCost = {
  /** Decoding and resizing, in the decode process. */
  readonly decodeCoreMs: number;
  /** The network with its maps, on all cores. */
  readonly networkCoreMs: number;
};

const BATCH = 8;
const WARM_UP = 4;

/** Each part by itself, one after the other; null where the system has no /proc. */
export async function measureFilmCost(
  home: string,
  backend: BackendId,
  films: readonly string[],
): Promise<FilmCost | null> {
  const start = (name: string) => forkChild(join(DIST, `${name}.cjs`));
  const bench = openWorkbench({ home, resources: join(ROOT, 'resources'), start, jobs: 1, backend });
  try {
    const reader = await bench.reader();
    const decode = async (path: string) => {
      const { input } = await bench.decoder.decode(decodeRequest(reader, { path, entry: null }));
      if (input === null) throw new Error(`${path} was refused.`);
      return input.map(({ pixels }) => pixels);
    };
    for (const film of films.slice(0, WARM_UP)) await decode(film);
    // The decode process alone: the engine is started by the first analysis.
    const before = sumOfChildren();
    const inputs: NetworkPixels[] = [];
    for (const film of films) inputs.push(...(await decode(film)));
    const after = sumOfChildren();
    if (before === null || after === null) return null;
    await bench.engine().use(reader.card, bench.models.weightsPath(reader.card.id));
    const judge = (from: number) => bench.engine().analyse(inputs.slice(from, from + BATCH), { maps: true });
    await judge(0);
    const begin = performance.now();
    for (let from = 0; from < inputs.length; from += BATCH) await judge(from);
    const networkMs = performance.now() - begin;
    return { decodeCoreMs: (after - before) / films.length, networkCoreMs: (networkMs * THREADS) / films.length };
  } finally {
    await bench.close();
  }
}

function sumOfChildren(): number | null {
  const [, ...children] = processTree(process.pid);
  return children.reduce<number | null>((sum, pid) => {
    const spent = processorMilliseconds(pid);
    return sum === null || spent === null ? null : sum + spent;
  }, 0);
}

/** `filmsPerSecond` beside what the cores could give if they did nothing else. */
export function explainThroughput(backend: BackendId, cost: FilmCost | null, filmsPerSecond: number): string {
  if (cost === null) return `Triage on ${backend}: the parts of a film are measured on Linux only.`;
  const { decodeCoreMs, networkCoreMs } = cost;
  const possible = (THREADS * 1000) / (decodeCoreMs + networkCoreMs);
  return (
    `Triage on ${backend}: a film takes ${decodeCoreMs.toFixed(1)} core-milliseconds of decoding and resizing and ` +
    `${networkCoreMs.toFixed(1)} of the network, so that ${THREADS} cores could give ${possible.toFixed(1)} films/s; ` +
    `${filmsPerSecond.toFixed(1)} were reached: ${(filmsPerSecond / possible).toFixed(2)} of it.`
  );
}
