/** The table of engines: each with its ratio to every peer, in rows of the same batch and threads. */
import { summarise } from './interleave';
import { layOut } from './table';

export type EngineFigure = {
  readonly name: string;
  readonly batch: number;
  readonly threads: number;
  /** Milliseconds per film. */
  readonly samplesMs: readonly number[];
  readonly residentBytes: number | null;
};

const NOTHING = '–';

export function formatEngines(figures: readonly EngineFigure[], peers: readonly string[], markdown: boolean): string {
  const header = ['', 'batch', 'threads', 'a film', '(best)', ...peers.map((peer) => `× ${peer}`), 'memory', 'rounds'];
  const rows = figures.map((figure) => {
    const { name, batch, threads, samplesMs, residentBytes } = figure;
    const { firstQuartile, min } = summarise(samplesMs);
    const ratio = (peer: string): string => {
      const other = figures.find((each) => each.name === peer && each.batch === batch && each.threads === threads);
      return other === undefined ? NOTHING : (firstQuartile / summarise(other.samplesMs).firstQuartile).toFixed(2);
    };
    return [
      name,
      String(batch),
      String(threads),
      `${firstQuartile.toFixed(1)} ms`,
      `${min.toFixed(1)} ms`,
      ...peers.map(ratio),
      residentBytes === null ? NOTHING : `${Math.round(residentBytes / 1e6)} MB`,
      String(samplesMs.length),
    ];
  });
  return layOut([header, ...rows], markdown);
}
