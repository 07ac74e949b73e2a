/** What is known of GPUs without TensorFlow: whether it looks for them, and what NVIDIA's tool says of the one in use. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Beside this addon in the layout of site-packages: the pack for GPUs. */
export function hasCuda(addon: string): boolean {
  return existsSync(join(dirname(addon), '..', 'nvidia'));
}

/** Whether TensorFlow behind this addon looks for GPUs: the pack with CUDA, or a person's own tfjs-node-gpu. */
export function knowsGpus(addon: string): boolean {
  return addon.includes('tfjs-node-gpu') || hasCuda(addon);
}

/** Of the driver: not there where there is no GPU of NVIDIA's, and slow where its GPU is in trouble. */
export const GPU_TOOL = { command: 'nvidia-smi', limitMs: 5000 } as const;

/** The arguments that ask for `fields` of the first GPU that may be used, which is the one that is. */
export function gpuQuery(fields: string, format: string): string[] {
  const first = process.env['CUDA_VISIBLE_DEVICES']?.split(',')[0]?.trim() ?? '';
  return [`--query-gpu=${fields}`, `--format=${format}`, ...(first === '' ? [] : ['-i', first])];
}
