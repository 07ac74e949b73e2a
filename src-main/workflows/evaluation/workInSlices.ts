/** Long computations in the thread that also listens: they give others a turn, and stop where they are told to. */
import { setImmediate } from 'node:timers/promises';
import { cancelled } from '#main/contract/errors';

/** Shorter than a frame of the window. */
const SLICE_MS = 8;

/** Runs a generator that yields between pieces of work. Throws `task/cancelled`. */
export async function workInSlices<Value>(
  work: Generator<unknown, Value>,
  signal: AbortSignal | undefined,
): Promise<Value> {
  let sliceEnd = performance.now() + SLICE_MS;
  for (let step = work.next(); ; step = work.next()) {
    if (step.done === true) return step.value;
    if (performance.now() < sliceEnd) continue;
    await setImmediate();
    if (signal?.aborted === true) throw cancelled();
    sliceEnd = performance.now() + SLICE_MS;
  }
}
