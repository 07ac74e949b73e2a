/** OpenVINO and PyTorch beside Hilum: a Python process each, which times the network alone. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../context';
import { residentBytes } from '../machine';
import { makeOnce, peerFolder } from './installPeer';

export type PythonRuntime = 'openvino' | 'pytorch';

export type PythonPeer = {
  readonly version: string;
  /** Of the first `count` films; the time is that of the network, without our border. */
  run(count: number): Promise<{ readonly milliseconds: number; readonly probabilities: readonly number[] }>;
  residentBytes(): number | null;
  stop(): void;
};

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

export async function startPythonPeer(
  runtime: PythonRuntime,
  model: string,
  threads: number,
  filmsFile: string,
): Promise<PythonPeer> {
  const { python, path } = await PREPARE[runtime]();
  const program = join(ROOT, 'test', 'bench', 'peer', 'network.py');
  const env = { ...process.env, OMP_NUM_THREADS: String(threads), ...(path === undefined ? {} : { PYTHONPATH: path }) };
  const child = spawn(python, [program, runtime, model, String(threads), filmsFile], {
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
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
  return {
    version,
    run: (count) => {
      child.stdin.write(`${count}\n`);
      return answer();
    },
    residentBytes: () => (child.pid === undefined ? null : residentBytes(child.pid)),
    stop: () => void child.kill(),
  };
}
