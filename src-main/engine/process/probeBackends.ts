/** Finds the backends of this machine: opened, self-tested, reported in the order of preference. */
import type { BackendId, BackendReport } from '#main/contract/engine';
import { AppError, toErrorBody } from '#main/contract/errors';
import type { GpuState, ProbeExtent } from '#main/engine/protocol/protocol';
import { wasmFolder } from '#main/channel/wasmFolder';
import type { Backend } from '../backends/backend';
import { openTensorflowBackend } from '../backends/tensorflow/openTensorflowBackend';
import { openWasmBackend } from '../backends/wasm/openWasmBackend';
import { createModelShelf, type ModelShelf } from './modelShelf';
import { resourcesFolder } from './resourcesFolder';
import { selfTest } from './selfTest';

export type OpenEngine = { readonly backend: Backend; readonly shelf: ModelShelf };

type Candidate = { readonly id: BackendId; readonly open: (options: ProbeOptions) => Promise<Backend> };

/** The fastest first. */
const CANDIDATES: readonly Candidate[] = [
  {
    id: 'tensorflow',
    open: async ({ addon, threads, gpu = true }) => {
      if (addon === null) throw new AppError('engine/unavailable', 'The native pack is not installed.');
      return Promise.resolve(openTensorflowBackend({ addon, resources: resourcesFolder(), threads, gpu }));
    },
  },
  { id: 'wasm', open: ({ threads }) => openWasmBackend(wasmFolder(), threads) },
];

export type ProbeOptions = {
  /** Pins one: the others are then not tried, and nothing is chosen where it fails. */
  readonly wanted: BackendId | null;
  readonly threads: number;
  readonly extent: ProbeExtent;
  /** Path of TF.js's addon in the engine pack. */
  readonly addon: string | null;
  readonly gpu?: boolean;
};

export type Probe = {
  readonly reports: readonly BackendReport[];
  readonly chosen: OpenEngine | null;
  readonly gpu: GpuState;
};

type Tried = { readonly report: BackendReport; readonly engine: OpenEngine | null; readonly gpu: GpuState };

const NOT_NEEDED = 'Not tried: a backend that is preferred works.';
const NOT_PINNED = 'Not tried: another backend is pinned.';
const UNTRIED = { device: '', available: null, reason: '', selfTestMaxDifference: null, millisecondsPerFilm: null };

/** A process opens each backend once: their packages keep state of their own. */
const opened = new Map<BackendId, OpenEngine>();

async function openEngine({ id, open }: Candidate, options: ProbeOptions): Promise<OpenEngine> {
  const known = opened.get(id);
  if (known !== undefined) return known;
  const backend = await open(options);
  const engine = { backend, shelf: createModelShelf(backend) };
  opened.set(id, engine);
  return engine;
}

async function tryCandidate(candidate: Candidate, options: ProbeOptions): Promise<Tried> {
  const { id } = candidate;
  let backend: Backend | null = null;
  try {
    const engine = await openEngine(candidate, options);
    ({ backend } = engine);
    const result = await selfTest(engine.shelf, resourcesFolder(), { measure: options.extent === 'measured' });
    const { maxDifference: selfTestMaxDifference, millisecondsPerFilm } = result;
    const passed = { available: true, reason: '', selfTestMaxDifference, millisecondsPerFilm };
    return { engine, gpu: backend.usesGpu ? 'used' : 'none', report: { id, device: backend.device, ...passed } };
  } catch (error) {
    const { message, details } = toErrorBody(error);
    const selfTestMaxDifference = typeof details['maxDifference'] === 'number' ? details['maxDifference'] : null;
    const failed = { available: false, reason: message, selfTestMaxDifference };
    const report = { ...UNTRIED, ...failed, id, device: backend?.device ?? '' };
    return { engine: null, gpu: backend?.usesGpu === true ? 'refused' : 'none', report };
  }
}

export async function probeBackends(options: ProbeOptions): Promise<Probe> {
  const { wanted, extent } = options;
  const reports: BackendReport[] = [];
  let chosen: OpenEngine | null = null;
  let gpu: GpuState = 'none';
  for (const candidate of CANDIDATES) {
    const eligible = wanted === null || wanted === candidate.id;
    if (extent === 'needed' && (chosen !== null || !eligible)) {
      reports.push({ ...UNTRIED, id: candidate.id, reason: eligible ? NOT_NEEDED : NOT_PINNED });
      continue;
    }
    const { report, engine, gpu: found } = await tryCandidate(candidate, options);
    reports.push(report);
    // Only one of the backends knows GPUs.
    if (found !== 'none') gpu = found;
    if (eligible) chosen ??= engine;
  }
  return { reports, chosen, gpu };
}
