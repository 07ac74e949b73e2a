/** What native TensorFlow computes on, for people: a GPU with its driver and memory, or the processor. */
import { execFileSync } from 'node:child_process';
import { GPU_TOOL, gpuQuery, hasCuda } from '#main/engine/protocol/gpus';

/** `NVIDIA T4, 535.183, 15360 MiB` → `NVIDIA T4, 15360 MiB, driver 535.183`; '' for anything else. */
export function describeGpu(line: string): string {
  const [name, driver, memory, ...more] = line.trim().split(/, */);
  return name && driver && memory && more.length === 0 ? `${name}, ${memory}, driver ${driver}` : '';
}

/** '' where the driver's tool is not there. */
function usedGpu(): string {
  const query = gpuQuery('name,driver_version,memory.total', 'csv,noheader');
  try {
    const lines = execFileSync(GPU_TOOL.command, query, {
      encoding: 'utf8',
      timeout: GPU_TOOL.limitMs,
      stdio: 'pipe',
    });
    return describeGpu(lines.split('\n')[0] ?? '');
  } catch {
    return '';
  }
}

/** `gpu`: used, looked for and not found, or left alone. */
export function describeProcessor(gpu: 'used' | 'none' | 'ignored', addon: string, threads: number): string {
  if (gpu === 'used') return ['GPU', usedGpu()].filter((part) => part !== '').join(': ');
  const processor = `CPU, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
  const isUseless = gpu === 'none' && hasCuda(addon);
  return isUseless ? `${processor} (CUDA is installed, but finds no GPU that it may use)` : processor;
}
