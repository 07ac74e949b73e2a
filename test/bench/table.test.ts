import { expect, it } from 'vitest';
import { formatTable } from './table';

it('puts both beside each other with their ratio, and leaves out what was not measured', () => {
  const hilum = { samplesMs: [50, 40, 44, 60, 48], residentBytes: 315e6 };
  const peer = { samplesMs: [20, 22, 25, 24, 30], residentBytes: null };
  const rows = [
    { name: 'engine', unit: 'ms', hilum, peer },
    { name: 'triage', unit: 'films/s', hilum, peer: null },
  ] as const;
  expect(
    formatTable(rows, true)
      .split('\n')
      .map((line) => line.replace(/ +/g, ' ')),
  ).toEqual([
    '| | Hilum | (best) | peer | (best) | ratio | memory | of the peer | rounds |',
    '| ------ | -----------: | -----------: | ------: | ------: | ----: | -----: | ----------: | -----: |',
    '| engine | 44.0 ms | 40.0 ms | 22.0 ms | 20.0 ms | 2.00 | 315 MB | – | 5 |',
    '| triage | 22.7 films/s | 25.0 films/s | – | – | – | 315 MB | – | 5 |',
  ]);
});
