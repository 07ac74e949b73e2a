/** A table of many contestants: each with its ratio to every peer that did the same. */
import { summarise } from './interleave';
import { layOut } from './table';

export type ContestFigure = {
  readonly name: string;
  /** What was done, a cell for each of the table's `settings`: only those with the same are compared. */
  readonly setting: readonly string[];
  readonly samplesMs: readonly number[];
  readonly residentBytes: number | null;
};

export type Contest = {
  readonly figures: readonly ContestFigure[];
  /** Names of figures that the others are compared with. */
  readonly peers: readonly string[];
  readonly settings: readonly string[];
  /** What a sample is the time of. */
  readonly time: string;
};

const NOTHING = '–';

export function formatContest({ figures, peers, settings, time }: Contest, markdown: boolean): string {
  const header = ['', ...settings, time, '(best)', ...peers.map((peer) => `× ${peer}`), 'memory', 'rounds'];
  const rows = figures.map(({ name, setting, samplesMs, residentBytes }) => {
    const { firstQuartile, min } = summarise(samplesMs);
    const ratio = (peer: string): string => {
      const other = figures.find((each) => each.name === peer && each.setting.join() === setting.join());
      return other === undefined ? NOTHING : (firstQuartile / summarise(other.samplesMs).firstQuartile).toFixed(2);
    };
    return [
      name,
      ...setting,
      `${firstQuartile.toFixed(1)} ms`,
      `${min.toFixed(1)} ms`,
      ...peers.map(ratio),
      residentBytes === null ? NOTHING : `${Math.round(residentBytes / 1e6)} MB`,
      String(samplesMs.length),
    ];
  });
  return layOut([header, ...rows], markdown);
}
