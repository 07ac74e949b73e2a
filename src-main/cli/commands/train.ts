/** `hilum train`: a run from the command line, its progress for people or for machines. */
import { AppError } from '#main/contract/errors';
import type { RecipeName, RunEvent, RunSummary, TrainingTask } from '#main/contract/run';
import { NOTICE } from '#main/contract/prediction';
import { planRun, type RunPlan, type RunRequest, type UncertainPolicy } from '#main/workflows/training/planRun';
import { beginRun, resumeRun, type RetrainResult } from '#main/workflows/training/retrain';
import type { Composition } from '../composition';
import { EXIT, type ExitCode } from '../exitCodes';
import { startProgressBar } from '../progressBar';
import { plainText } from '../terminal';
import { beginningRow, epochRow, epochsText, planText, progressText, runsText, EPOCH_HEADINGS } from '../trainText';

export type TrainCommandOptions = {
  readonly images?: string;
  readonly labels?: string;
  readonly recipe: RecipeName;
  readonly task: TrainingTask;
  readonly from?: string;
  readonly epochs?: number;
  readonly batch?: number;
  readonly learningRate?: number;
  readonly seed: number;
  readonly as?: string;
  readonly uncertain: UncertainPolicy;
  readonly split?: string;
  readonly validationPatients?: string;
  readonly flip?: boolean;
  readonly rotation?: number;
  readonly shift?: number;
  readonly scale?: number;
  readonly contrast?: number;
  readonly resume?: string;
  readonly list?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
};

export async function train(composition: Composition, options: TrainCommandOptions): Promise<ExitCode> {
  if (options.list === true) return listRuns(composition, options.json === true);
  const bench = composition.openBench();
  const tell = createTelling(composition, options.json === true);
  const running = { signal: composition.signal, onEvent: tell.event };
  if (options.resume !== undefined) {
    const run = await bench.runs.get(options.resume);
    if (run.beginning !== null || run.epochs.length > 0) tell.earlier(run);
    return tell.end(await resumeRun(bench, options.resume, running));
  }
  const request = await requestOf(options, async () => (await bench.models.active()).id);
  const bar = startProgressBar(composition.terminal);
  const plan = await planRun(bench, request, {
    signal: composition.signal,
    total: (units) => bar.total(units ?? 0),
    phase: () => undefined,
    finished: () => bar.finished(''),
  });
  composition.terminal.status('');
  tell.plan(plan, options.dryRun === true);
  if (options.dryRun === true) return EXIT.done;
  return tell.end(await beginRun(bench, plan, running));
}

async function listRuns({ terminal, openBench }: Composition, json: boolean): Promise<ExitCode> {
  const runs = await openBench().runs.list();
  terminal.print(json ? `${JSON.stringify({ runs, notice: NOTICE })}\n` : runsText(runs));
  return EXIT.done;
}

async function requestOf(options: TrainCommandOptions, activeModel: () => Promise<string>): Promise<RunRequest> {
  const { images, labels, recipe, task, uncertain, seed } = options;
  if (images === undefined || labels === undefined) {
    throw new AppError('usage/invalid', 'A run wants --images and --labels, or --resume RUN; --list shows the runs.');
  }
  return {
    ...{ images, labels, recipe, task, uncertain, seed },
    from: options.from === 'random' ? null : (options.from ?? (await activeModel())),
    id: options.as ?? null,
    split: options.split ?? null,
    validationPatients: options.validationPatients ?? null,
    values: given({ epochs: options.epochs, batch: options.batch, learningRate: options.learningRate }),
    augmentation: given({
      flip: options.flip,
      rotationDegrees: options.rotation,
      shift: options.shift,
      scale: options.scale,
      contrast: options.contrast,
    }),
  };
}

type Given<Values> = { -readonly [Name in keyof Values]?: Exclude<Values[Name], undefined> };

function given<Values extends object>(values: Values): Given<Values> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<Values>;
}

type Telling = {
  readonly plan: (plan: RunPlan, isData: boolean) => void;
  readonly earlier: (run: RunSummary) => void;
  readonly event: (event: RunEvent) => void;
  readonly end: (result: RetrainResult) => ExitCode;
};

/** Epochs are data: rows, or JSON lines; all else is words. */
function createTelling({ terminal }: Composition, json: boolean): Telling {
  let headed = false;
  const line = (value: object): void => terminal.print(`${JSON.stringify(value)}\n`);

  function event(told: RunEvent): void {
    if (told.kind === 'progress') return terminal.status(progressText(told.progress));
    if (told.kind === 'note') return terminal.say(`${told.text}\n`);
    if (json) return line(told.kind === 'epoch' ? { epoch: told.record } : { beginning: told.measured });
    if (!headed) terminal.print(EPOCH_HEADINGS);
    headed = true;
    terminal.print(told.kind === 'epoch' ? epochRow(told.record) : beginningRow(told.measured));
  }

  function end(result: RetrainResult): ExitCode {
    const { id } = result.receipt;
    if (result.outcome === 'stopped') {
      if (json) line({ end: { run: id, state: 'stopped' } });
      terminal.say(`hilum: Stopped. Go on where it stopped: hilum train --resume ${id}\n`);
      return EXIT.cancelled;
    }
    const { card } = result;
    if (json) line({ end: { run: id, state: 'finished', model: card }, notice: NOTICE });
    terminal.say(`The model ${id} is in the registry: hilum models show ${id}\n`);
    terminal.say(`It reads after its commissioning on films of this site. ${NOTICE}\n`);
    return EXIT.done;
  }

  return {
    plan: (plan, isData) => {
      const { receipt, data, estimate } = plan;
      if (json) line({ run: receipt, plan: { ...data.gaps, warnings: data.warnings, ...estimate } });
      else if (isData) terminal.print(planText(plan));
      else terminal.say(planText(plan));
    },
    earlier: (run) => {
      if (!json) terminal.say(`${plainText(run.receipt.id)} goes on. So far:\n${epochsText(run)}`);
    },
    event,
    end,
  };
}
