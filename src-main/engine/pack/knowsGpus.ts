/** Whether TensorFlow behind this addon looks for GPUs: the pack with CUDA, or a person's own tfjs-node-gpu. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

export function knowsGpus(addon: string): boolean {
  return addon.includes('tfjs-node-gpu') || existsSync(join(dirname(addon), '..', 'nvidia'));
}
