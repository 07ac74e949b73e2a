/** Training steps beside PyTorch's, turn by turn: all layers, the tail, a head; then what surrounds a step. */
import { freemem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { findNativeAddon } from '#test/helpers/nativePack';
import { DIST, type Bench } from './context';
import { formatContest, type ContestFigure } from './contestTable';
import { interleave, type Measure } from './interleave';
import {
  bundleTrainer,
  createTrainerOpener,
  findPeers,
  ownContestant,
  PEER_NAMES,
  type Contestant,
  type OpenTrainer,
  type Running,
} from './training/contestants';
import { describePipeline } from './training/describePipeline';
import { describeReading } from './training/describeReading';
import { LARGEST_BATCH, makeJob, makeMaterial, type Material } from './training/material';

const WARM_UP_ROUNDS = 2;
/** All engines' threads spin for a while after their work; nobody is measured against another's spinning. */
const REST_MS = 50;
/** Of the losses before the first step, with the same weights and films. */
const MOST_DIFFERENCE = 1e-4;
/** Of a process that trains all layers: the largest that was measured. */
const PROCESS_BYTES = { base: 0.9e9, film: 0.2e9 };

type Discipline = {
  readonly title: string;
  readonly part: 'all' | 'tail' | 'head';
  readonly batches: readonly number[];
  readonly own: readonly Contestant[];
};

export async function benchTraining(bench: Bench, markdown: boolean): Promise<string> {
  const addon = await findNativeAddon(join(DIST, 'engine.cjs'));
  const material = await makeMaterial(bench);
  const open = createTrainerOpener(bench, material, await bundleTrainer());
  const peersOf = await findPeers(bench, material);
  const figures: ContestFigure[] = [];
  for (const discipline of listDisciplines(open, addon)) {
    const { part, batches, own, title } = discipline;
    for (const batch of batches) {
      bench.say(`training, ${title}, batch ${batch}`);
      figures.push(...(await contest(bench, discipline, [...own, ...peersOf(part)], batch)));
    }
  }
  const table = { figures, peers: PEER_NAMES, settings: ['what', 'batch'], time: 'a step' };
  const notes = addon === null ? [] : await describeSurroundings(bench, material, open, addon);
  return [formatContest(table, markdown), ...notes].join('\n\n');
}

function listDisciplines(open: OpenTrainer, addon: string | null): Discipline[] {
  const native = (name: string, recipe: 'paper' | 'tail', recompute: boolean): Contestant[] =>
    addon === null ? [] : [ownContestant(name, open, { recipe, recompute, addon })];
  const wasm = (name: string, recipe: 'paper' | 'tail', recompute: boolean): Contestant =>
    ownContestant(name, open, { recipe, recompute, addon: null });
  const all = [...native('tensorflow', 'paper', false), ...native('tensorflow, recomputing', 'paper', true)];
  return [
    { title: 'all layers', part: 'all', batches: [8], own: [...all, wasm('wasm, recomputing', 'paper', true)] },
    { title: 'all layers', part: 'all', batches: [LARGEST_BATCH], own: all },
    {
      title: 'tail',
      part: 'tail',
      batches: [8, LARGEST_BATCH],
      own: [...native('tensorflow', 'tail', false), wasm('wasm', 'tail', false)],
    },
    {
      title: 'head, an epoch of 10,000 films',
      part: 'head',
      batches: [32],
      own: [ownContestant('plain loops', open, { recipe: 'head', recompute: false, addon: null })],
    },
  ];
}

/** Fresh processes for each size of batch, so that memory is that batch's own. */
async function contest(
  bench: Bench,
  { title, part }: Discipline,
  contestants: readonly Contestant[],
  batch: number,
): Promise<ContestFigure[]> {
  const needed = contestants.length * (PROCESS_BYTES.base + PROCESS_BYTES.film * batch);
  if (part === 'all' && needed > freemem()) {
    bench.say(`left out: ${contestants.length} processes side by side may need ${Math.ceil(needed / 1e9)} GB`);
    return [];
  }
  const running = new Map<string, Running>();
  try {
    for (const { name, start } of contestants) running.set(name, await start());
    const first = new Map<string, number>();
    const measures: Record<string, Measure> = {};
    for (const [name, { train }] of running) {
      measures[name] = async () => {
        await rest(REST_MS);
        const { milliseconds, loss } = await train(batch);
        if (!first.has(name)) first.set(name, loss);
        return milliseconds;
      };
    }
    await interleave(measures, WARM_UP_ROUNDS);
    if (part !== 'head') requireSameLoss(first);
    const samples = await interleave(measures, bench.rounds);
    return [...running].map(([name, { peakResidentBytes }]) => {
      const setting = [title, String(batch)];
      return { name, setting, samplesMs: samples[name] ?? [], residentBytes: peakResidentBytes() };
    });
  } finally {
    for (const { stop } of running.values()) stop();
  }
}

/** An epoch of a head shuffles its films; its steps are compared with PyTorch's in the tests. */
function requireSameLoss(losses: ReadonlyMap<string, number>): void {
  const values = [...losses.values()];
  if (Math.max(...values) - Math.min(...values) <= MOST_DIFFERENCE) return;
  const found = [...losses].map(([name, loss]) => `${name} ${loss}`).join(', ');
  throw new Error(`The losses of the same films differ: ${found}. There is nothing to compare.`);
}

/** What a step waits for, and what waits for a step. */
async function describeSurroundings(
  bench: Bench,
  material: Material,
  open: OpenTrainer,
  addon: string,
): Promise<string[]> {
  bench.say('training, films ahead of the step');
  const trainer = await open({ recipe: 'paper', recompute: false, addon });
  const pipeline = await describePipeline(trainer).finally(() => trainer.stop());
  bench.say('training, reading beside it');
  const job = makeJob(bench, material, { recipe: 'paper', recompute: false, addon });
  const folder = join(bench.scratch, 'beside');
  const reading = await describeReading(bench, { ...job, folder }, `all layers in batches of ${LARGEST_BATCH}`);
  return [pipeline, ...(reading === null ? [] : [reading])];
}
