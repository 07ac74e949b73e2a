/** What the status bar says of the engine. */
import { expect, it } from 'vitest';
import type { BackendReport, EngineStatus } from '#main/contract/engine';
import { describeBackends } from '../../../src-renderer/engine/describeEngine';

const REPORT: BackendReport = {
  ...{ id: 'wasm', device: '', available: null, reason: '', selfTestMaxDifference: null, millisecondsPerFilm: null },
};

it('tells a backend that works from one that does not and from one that nobody has tried', () => {
  const backends: BackendReport[] = [
    { ...REPORT, device: 'CPU', available: true, selfTestMaxDifference: 1e-6, millisecondsPerFilm: 41.6 },
    { ...REPORT, available: false, reason: 'The native pack is not installed.' },
    { ...REPORT, reason: 'Not tried: a backend that is preferred works.' },
  ];
  const status: EngineStatus = { state: 'ready', backends, chosen: 'wasm', message: '', restarts: 0 };
  expect(describeBackends(status).split('\n')).toEqual([
    'wasm: CPU, self-test within 1.0e-6, 42 ms a film',
    'wasm: not available, The native pack is not installed.',
    'wasm: Not tried: a backend that is preferred works.',
  ]);
});
