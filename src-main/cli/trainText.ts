/** What `hilum train` shows to people: the plan, the epochs, the runs. */
import { findingLabel } from '#main/contract/findings';
import { formatBytes } from '#main/contract/formatBytes';
import type { EpochRecord, Measured, RunProgress, RunSummary } from '#main/contract/run';
import { describeMemory } from '#main/workflows/training/fitMemory';
import { RECIPES, type FindingCount, type RunPlan } from '#main/workflows/training/planRun';

import { clock } from './progressBar';
import { plainText } from './terminal';
import { textTable, type TextColumn } from './textTable';

export function planText(plan: RunPlan): string {
  const { receipt, data, estimate, initial } = plan;
  const { recipe, task, values, seed, threads, memory } = receipt;
  const start =
    initial === null
      ? 'random weights: it takes far more films than from trained ones'
      : `the model ${initial.id} (${initial.weights.sha256.slice(0, 12)})`;
  const sentences = [
    `${receipt.id}: ${RECIPES[recipe].summary}.`,
    `Begins with ${start}; task ${task}; seed ${seed}; ${threads} threads.`,
    sideText('Training', receipt.data.training),
    sideText('Validation', receipt.data.validation),
    ...(data.places.test.length > 0 ? [`Kept apart for a test: ${data.places.test.length} films.`] : []),
    data.split.rule,
    `About ${formatBytes(estimate.diskBytes)} on the disk, and ${clock(Math.ceil(estimate.seconds))} if all ${values.epochs} epochs are needed.`,
    ...(values.augmentation.flip
      ? ['Every second film is mirrored, and with it the heart; --no-flip does without.']
      : []),
    describeMemory(memory),
    ...data.warnings,
  ];
  const lines = sentences.filter((sentence) => sentence !== '').map((sentence) => `${plainText(sentence)}\n`);
  return `${lines.join('')}\n${prevalenceText(plan)}\n${recipeText(plan)}\n`;
}

function sideText(name: string, { films, patients }: { readonly films: number; readonly patients: number }): string {
  return `${name}: ${films} films of ${patients} patients.`;
}

type Prevalence = { readonly training: FindingCount; readonly validation: FindingCount };

function prevalenceText({ data: { counts }, receipt: { task } }: RunPlan): string {
  const rows = counts.training.map((training, index) => ({ training, validation: counts.validation[index]! }));
  const weighted = task === 'pneumonia';
  const columns: TextColumn<Prevalence>[] = [
    { heading: 'finding', cell: ({ training }) => findingLabel(training.finding) },
    { heading: 'n+', align: 'right', cell: ({ training }) => String(training.positives) },
    { heading: 'of', align: 'right', cell: ({ training }) => String(training.films) },
    { heading: 'patients+', align: 'right', cell: ({ training }) => String(training.positivePatients) },
    { heading: 'prevalence', align: 'right', cell: ({ training: { prevalence } }) => percent(prevalence) },
    { heading: 'w+', align: 'right', cell: ({ training }) => weight(weighted, training.weightPositive) },
    { heading: 'w-', align: 'right', cell: ({ training }) => weight(weighted, training.weightNegative) },
    { heading: 'validation n+', align: 'right', cell: ({ validation }) => String(validation.positives) },
    {
      heading: '',
      cell: ({ training, validation }) =>
        [training.learnable ? '' : 'too rare to learn much', validation.measurable ? '' : 'not measured']
          .filter((word) => word !== '')
          .join(', '),
    },
  ];
  return textTable(columns, rows);
}

/** The weights of the loss. */
function weight(weighted: boolean, value: number | null): string {
  return weighted ? (value?.toFixed(3) ?? '-') : '1';
}

function percent(share: number | null): string {
  return share === null ? '-' : `${(100 * share).toFixed(1)} %`;
}

/** Every hyper-parameter with its reason. */
function recipeText({ receipt: { recipe, values } }: RunPlan): string {
  const { reasons, values: usual } = RECIPES[recipe];
  const names = Object.keys(reasons) as (keyof typeof reasons)[];
  const same = (name: keyof typeof reasons): boolean => JSON.stringify(usual[name]) === JSON.stringify(values[name]);
  return textTable(
    [
      { heading: 'hyper-parameter', cell: (name) => name },
      { heading: 'value', cell: (name) => valueText(values[name]) },
      { heading: 'why', cell: (name) => (same(name) ? reasons[name] : 'chosen for this run') },
    ],
    names,
  );
}

function valueText(value: string | number | object | null): string {
  if (value === null) return 'never';
  if (typeof value !== 'object') return String(value);
  return Object.entries(value)
    .map(([name, part]) => `${name} ${String(part)}`)
    .join(', ');
}

const EPOCH_COLUMNS = [
  ['epoch', (record: EpochRecord) => String(record.epoch)],
  ['training loss', (record: EpochRecord) => record.trainingLoss.toFixed(5)],
  ['validation loss', (record: EpochRecord) => record.validationLoss.toFixed(5)],
  ['mean AUROC', (record: EpochRecord) => record.meanAuroc?.toFixed(4) ?? 'not defined'],
  ['learning rate', (record: EpochRecord) => record.learningRate.toPrecision(3)],
  ['films/s', (record: EpochRecord) => record.filmsPerSecond.toFixed(1)],
  ['', (record: EpochRecord) => (record.best ? 'best so far' : '')],
] as const;

const EPOCH_WIDTHS = EPOCH_COLUMNS.map(([heading]) => Math.max(heading.length, 11));

function epochLine(cells: readonly string[]): string {
  return `${cells.map((cell, index) => cell.padStart(EPOCH_WIDTHS[index]!)).join('  ')}`.trimEnd() + '\n';
}

export const EPOCH_HEADINGS = epochLine(EPOCH_COLUMNS.map(([heading]) => heading));

/** One at a time, as they are done: their columns have fixed widths. */
export function epochRow(record: EpochRecord): string {
  return epochLine(EPOCH_COLUMNS.map(([, cell]) => cell(record)));
}

/** The weights that a run begins with, as if they were an epoch. */
export function beginningRow({ validationLoss, meanAuroc }: Measured): string {
  return epochLine([
    '0',
    '',
    validationLoss.toFixed(5),
    meanAuroc?.toFixed(4) ?? 'not defined',
    '',
    '',
    'the beginning',
  ]);
}

export function epochsText({ beginning, epochs }: Pick<RunSummary, 'beginning' | 'epochs'>): string {
  return [EPOCH_HEADINGS, ...(beginning === null ? [] : [beginningRow(beginning)]), ...epochs.map(epochRow)].join('');
}

export function progressText(progress: RunProgress): string {
  const { phase, epoch, epochs, done, total, loss, learningRate, filmsPerSecond, secondsLeft, rssBytes } = progress;
  const of = epoch === 0 ? 'the beginning' : `epoch ${epoch}/${epochs}`;
  const where = phase === 'features' ? 'frozen layers' : `${of}, ${phase}`;
  return [
    `${where} ${done}/${total}`,
    ...(loss === null ? [] : [`loss ${loss.toFixed(4)}`, `rate ${learningRate.toPrecision(2)}`]),
    `${filmsPerSecond.toFixed(1)} films/s`,
    ...(secondsLeft === null ? [] : [`${clock(Math.round(secondsLeft))} left at most`]),
    formatBytes(rssBytes),
  ].join('  ');
}

export function runsText(runs: readonly RunSummary[]): string {
  if (runs.length === 0) return 'There are no runs yet.\n';
  const columns: TextColumn<RunSummary>[] = [
    { heading: 'run', cell: ({ receipt }) => receipt.id },
    { heading: 'state', cell: ({ state }) => state },
    { heading: 'recipe', cell: ({ receipt }) => receipt.recipe },
    { heading: 'from', cell: ({ receipt }) => receipt.initial?.model ?? 'random' },
    { heading: 'films', align: 'right', cell: ({ receipt }) => String(receipt.data.training.films) },
    { heading: 'epochs', align: 'right', cell: ({ epochs }) => String(epochs.length) },
    {
      heading: 'best validation loss',
      align: 'right',
      cell: (run) => bestOf(run)?.validationLoss.toFixed(5) ?? '',
    },
    { heading: 'mean AUROC there', align: 'right', cell: (run) => bestOf(run)?.meanAuroc?.toFixed(4) ?? '' },
    { heading: 'begun', cell: ({ receipt }) => receipt.createdAt.slice(0, 16).replace('T', ' ') },
  ];
  return textTable(columns, runs);
}

function bestOf({ beginning, epochs }: RunSummary): Measured | null {
  return epochs.findLast(({ best }) => best) ?? beginning;
}
