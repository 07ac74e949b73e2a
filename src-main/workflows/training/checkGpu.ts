/**
 * Whether a run may be trained on the GPU: its numbers are right, and beside the memory that reading keeps there is
 * enough for training. Asked before each start, for the driver or another program may have changed either.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { StartChild } from '#main/channel/channel';
import { createEngineHost } from '#main/engine/host/engineHost';
import { GPU_TOOL, gpuQuery, knowsGpus } from '#main/engine/protocol/gpus';
import { READING_SHARE_MB } from '#main/engine/protocol/trainingProtocol';

/** `note` tells why it is left alone; '' where it is used, or where there is none. */
export type GpuCheck = { readonly gpu: boolean; readonly note: string };

/** TensorFlow's own part, and the smallest pieces of a batch. Where less is free it does not honour the share. */
const LEAST_MB = 1536;

/** Of the GPU that is used; null where the driver's tool does not tell. */
async function freeMegabytes(): Promise<number | null> {
  try {
    const query = gpuQuery('memory.free', 'csv,noheader,nounits');
    const { stdout } = await promisify(execFile)(GPU_TOOL.command, query, { timeout: GPU_TOOL.limitMs });
    const free = Number.parseInt(stdout, 10);
    return Number.isNaN(free) ? null : free;
  } catch {
    return null;
  }
}

export async function checkGpu(start: StartChild, addon: string): Promise<GpuCheck> {
  if (!knowsGpus(addon)) return { gpu: false, note: '' };
  const host = createEngineHost({ start, wanted: 'tensorflow', findAddon: () => Promise.resolve(addon) });
  let tested: GpuCheck;
  try {
    const { message } = await host.ready();
    tested = { gpu: host.usesGpu, note: message };
  } finally {
    await host.close();
  }
  const free = tested.gpu ? await freeMegabytes() : null;
  if (free === null || free >= READING_SHARE_MB + LEAST_MB) return tested;
  const note = `The GPU has ${free} MB free, of which reading keeps ${READING_SHARE_MB}: too few for training, which the processor does.`;
  return { gpu: false, note };
}
