import { expect, it } from 'vitest';
import { formatContest, type ContestFigure } from './contestTable';

it('gives each contestant its ratio to the peers that did the same', () => {
  const figure = (name: string, batch: string, samplesMs: number[]): ContestFigure => {
    return { name, setting: [batch, '2'], samplesMs, residentBytes: name === 'wasm' ? 310e6 : null };
  };
  const figures = [figure('wasm', '1', [90, 120]), figure('openvino', '1', [30, 31]), figure('wasm', '8', [80])];
  const contest = { figures, peers: ['openvino'], settings: ['batch', 'threads'], time: 'a film' };
  expect(
    formatContest(contest, false)
      .split('\n')
      .map((line) => line.trim().replace(/ {2,}/g, ' | ')),
  ).toEqual([
    'batch | threads | a film | (best) | × openvino | memory | rounds',
    'wasm | 1 | 2 | 90.0 ms | 90.0 ms | 3.00 | 310 MB | 2',
    'openvino | 1 | 2 | 30.0 ms | 30.0 ms | 1.00 | – | 2',
    'wasm | 8 | 2 | 80.0 ms | 80.0 ms | – | 310 MB | 1',
  ]);
});
