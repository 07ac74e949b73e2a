/** What native TensorFlow computes on, for people: a GPU with its driver and memory, or the processor. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const QUERY = ['--query-gpu=name,driver_version,memory.total', '--format=csv,noheader'];
const LIMIT_MS = 5000;

/** `NVIDIA T4, 535.183, 15360 MiB` → `NVIDIA T4, 15360 MiB, driver 535.183`; '' for anything else. */
export function describeGpu(line: string): string {
  const [name, driver, memory, ...more] = line.trim().split(/, */);
  return name && driver && memory && more.length === 0 ? `${name}, ${memory}, driver ${driver}` : '';
}

/** The first of the GPUs that may be used, which is the one that is; '' where the driver's tool is not there. */
function firstGpu(): string {
  const first = process.env['CUDA_VISIBLE_DEVICES']?.split(',')[0]?.trim() ?? '';
  try {
    const lines = execFileSync('nvidia-smi', [...QUERY, ...(first === '' ? [] : ['-i', first])], {
      encoding: 'utf8',
      timeout: LIMIT_MS,
      stdio: 'pipe',
    });
    return describeGpu(lines.split('\n')[0] ?? '');
  } catch {
    return '';
  }
}

/** `gpu`: used, looked for and not found, or left alone. */
export function describeProcessor(gpu: 'used' | 'none' | 'ignored', addon: string, threads: number): string {
  if (gpu === 'used') return ['GPU', firstGpu()].filter((part) => part !== '').join(': ');
  const processor = `CPU, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
  // In the layout of site-packages: the pack for GPUs.
  const hasCuda = gpu === 'none' && existsSync(join(dirname(addon), '..', 'nvidia'));
  return hasCuda ? `${processor} (CUDA is installed, but finds no GPU that it may use)` : processor;
}
