/** OpenVINO and PyTorch beside Hilum: a Python process each, which times the network alone. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../context';
import { peakResidentBytes, residentBytes } from '../machine';
import { makeOnce, peerFolder } from './installPeer';

export type PythonRuntime = 'openvino' | 'pytorch';

/** A Python program that reads numbers, one a line, and answers each with a line of JSON. */
export type PythonProcess<Reply> = {
  readonly version: string;
  ask(number: number): Promise<Reply>;
  residentBytes(): number | null;
  peakResidentBytes(): number | null;
  stop(): void;
};

/** Of the first so many films; the time is that of the network, without our border. */
export type Inference = { readonly milliseconds: number; readonly probabilities: readonly number[] };

/** `loss`: of the batch before the step, or of the first batch of an epoch. */
export type TrainedStep = { readonly milliseconds: number; readonly loss: number };

const OPENVINO = { name: 'openvino', version: '2026.4.0' };
/** The system's own: Debian's python3-torch and python3-torchvision (1.13.1) are what Hilum is measured against. */
const SYSTEM_PYTHON = process.env['HILUM_BENCH_PYTHON'] ?? '/usr/bin/python3';

type Environment = { readonly python: string; readonly path: string | undefined };

/** Throws where it can not be had. */
const PREPARE: Readonly<Record<PythonRuntime, () => Promise<Environment>>> = {
  openvino: async () => {
    const path = await makeOnce(peerFolder(OPENVINO), async (fresh) => {
      const wanted = `${OPENVINO.name}==${OPENVINO.version}`;
      await promisify(execFile)('python3', ['-m', 'pip', 'install', '--quiet', '--target', fresh, wanted]);
    });
    return { python: 'python3', path };
  },
  pytorch: async () => {
    await promisify(execFile)(SYSTEM_PYTHON, ['-c', 'import torch, torchvision']).catch((cause: unknown) => {
      throw new Error('apt install python3-torch python3-torchvision', { cause });
    });
    return { python: SYSTEM_PYTHON, path: undefined };
  },
};

/** The network of `network.py` on its first films. */
export function startPythonPeer(
  runtime: PythonRuntime,
  model: string,
  threads: number,
  filmsFile: string,
): Promise<PythonProcess<Inference>> {
  return startPython(runtime, threads, ['network.py', runtime, model, String(threads), filmsFile]);
}

export type PythonTraining = {
  readonly part: 'all' | 'tail' | 'head';
  readonly layout: 'nchw' | 'channels_last';
  readonly weights: string;
  readonly threads: number;
  readonly inputsFile: string;
  readonly labelsFile: string;
};

/** Steps of Adam on PyTorch, see `training.py`. */
export function startPythonTraining(training: PythonTraining): Promise<PythonProcess<TrainedStep>> {
  const { part, layout, weights, threads, inputsFile, labelsFile } = training;
  const program = ['training.py', part, layout, weights, String(threads), inputsFile, labelsFile];
  return startPython('pytorch', threads, program);
}

async function startPython<Reply>(
  runtime: PythonRuntime,
  threads: number,
  [program, ...options]: readonly string[],
): Promise<PythonProcess<Reply>> {
  const { python, path } = await PREPARE[runtime]();
  const file = join(ROOT, 'test', 'bench', 'peer', program ?? '');
  const env = { ...process.env, OMP_NUM_THREADS: String(threads), ...(path === undefined ? {} : { PYTHONPATH: path }) };
  // No bytecode beside the sources.
  const child = spawn(python, ['-B', file, ...options], { env, stdio: ['pipe', 'pipe', 'pipe'] });
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => (complaints = (complaints + chunk.toString()).slice(-2000)));
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();

  async function answer<Value>(): Promise<Value> {
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`${runtime} ended: ${complaints}`);
    return JSON.parse(value) as Value;
  }

  await once(child, 'spawn');
  const { version } = await answer<{ version: string }>();
  const ofProcess = (read: (pid: number) => number | null) => (child.pid === undefined ? null : read(child.pid));
  return {
    version,
    ask: (number) => {
      child.stdin.write(`${number}\n`);
      return answer();
    },
    residentBytes: () => ofProcess(residentBytes),
    peakResidentBytes: () => ofProcess(peakResidentBytes),
    stop: () => void child.kill(),
  };
}
