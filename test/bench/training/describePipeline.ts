/** How long a step waits for its films, and what making them costs beside it. */
import { THREADS } from '../context';
import { summarise } from '../interleave';
import type { Trainer } from './contestants';
import { LARGEST_BATCH } from './material';

const STEPS_ALONE = 4;

/** `trainer` has all layers of a run with every change of films that there is. */
export async function describePipeline(trainer: Trainer): Promise<string> {
  // The first steps optimise the graph.
  await trainer.request('step', { count: LARGEST_BATCH });
  await trainer.request('step', { count: LARGEST_BATCH });
  const { steps, waitedMs } = await trainer.request('epoch', { epoch: 0 });
  const alone: number[] = [];
  for (let step = 0; step < STEPS_ALONE; step++) {
    alone.push((await trainer.request('step', { count: LARGEST_BATCH })).milliseconds);
  }
  const stepMs = summarise(alone).firstQuartile;
  const { millisecondsPerBatch } = await trainer.request('prepare', {});
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const waited = waitedMs / (steps - 1);
  return (
    `Input pipeline, all layers, batches of ${LARGEST_BATCH}, every change of films: a step of ${stepMs.toFixed(0)} ms ` +
    `waits ${waited.toFixed(1)} ms for its films (${percent(waited / stepMs)}). Preparing them takes one core ` +
    `${millisecondsPerBatch.toFixed(0)} ms, ${percent(millisecondsPerBatch / stepMs / THREADS)} of what ${THREADS} cores do in a step.`
  );
}
