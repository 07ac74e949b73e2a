/** The card of a model that a run has made: what it is, what it was made of, and what is known of its worth. */
import { createHash, randomBytes } from 'node:crypto';
import type { ModelCard, PatientList } from '#main/contract/card';
import { DEFAULT_AGE_RANGE_YEARS } from '#main/contract/card';
import type { EpochRecord, Measured, RunReceipt } from '#main/contract/run';
import { makePatientList } from '#main/chexnet/dataset/patientList';
import { countParameters, describeDenseNet } from '#main/chexnet/network/densenet121';
import { RECIPES } from '#main/chexnet/training/recipes';

/** Hashed, see chexnet/dataset/patientList. */
export type RunPatients = readonly PatientList[];

const ORIGINS: Readonly<Record<string, string>> = {
  nih: 'NIH ChestX-ray14',
  chexpert: 'CheXpert',
  'mimic-cxr': 'MIMIC-CXR',
  padchest: 'PadChest',
};

/** Those of the run and those of the models that it goes back to. */
export function listPatients(
  { id, data }: RunReceipt,
  seen: {
    readonly trained: readonly string[];
    readonly validated: readonly string[];
    readonly ancestors: readonly PatientList[];
  },
): RunPatients {
  const origin = ORIGINS[data.format] ?? '';
  const list = (role: PatientList['role'], patientIds: readonly string[]): PatientList =>
    makePatientList({ model: id, role, origin, salt: randomBytes(16).toString('hex') }, patientIds);
  return [list('trained', seen.trained), list('validated', seen.validated), ...seen.ancestors];
}

export type MadeModel = {
  readonly receipt: RunReceipt;
  /** Of the weights that the run began with. */
  readonly beginning: Measured | null;
  readonly epochs: readonly EpochRecord[];
  readonly patients: RunPatients;
  readonly backend: string;
  readonly weights: Uint8Array;
  /** Of the model that the run began with, where it is still there. */
  readonly base: ModelCard | null;
};

/** With fewer positives on the validation films a finding is "not measured", as in the card of the demonstration. */
const MEASURED_POSITIVES = 10;

export function makeCard(made: MadeModel): ModelCard {
  const { receipt, beginning, epochs, patients, weights, base } = made;
  const { id, recipe, findings, input, batchNormEpsilon, values, initial } = receipt;
  const network = { inputChannels: input.channels, findings: findings.length, head: values.head };
  return {
    schema: 1,
    id,
    name: `${RECIPE_TITLES[recipe]} of ${receipt.createdAt.slice(0, 10)}`,
    version: '1',
    architecture: 'densenet121',
    head: values.head,
    findings,
    input,
    batchNormEpsilon,
    weights: {
      file: 'model.safetensors',
      sha256: createHash('sha256').update(weights).digest('hex'),
      dtype: 'float32',
      parameters: countParameters(describeDenseNet(network)),
    },
    ...(initial === null
      ? {}
      : { lineage: { format: 'Hilum training', file: initial.model, sha256: initial.sha256, preset: null } }),
    training: describeTraining(made),
    evaluation: { validation: describeValidation(receipt, bestOf(epochs) ?? beginning) },
    cutoffs: null,
    calibration: null,
    ageRangeYears: [...(base?.ageRangeYears ?? DEFAULT_AGE_RANGE_YEARS)],
    limitations: listLimitations(receipt, epochs),
    intendedUse: 'research',
    patients: { lists: [...patients] },
    licence: base === null ? 'as its training films allow' : `as its training films allow, and: ${base.licence}`,
  };
}

const RECIPE_TITLES = { paper: 'Full training', article: 'Dense head', head: 'Linear head', tail: 'Tail' } as const;

function bestOf(epochs: readonly EpochRecord[]): EpochRecord | null {
  return epochs.findLast(({ best }) => best) ?? null;
}

function describeTraining({ receipt, beginning, epochs, backend }: MadeModel): ModelCard['training'] {
  const { id, recipe, task, values, seed, data, initial, memory, notes } = receipt;
  const { training, validation } = data;
  return {
    run: id,
    from: initial === null ? 'random initial weights' : `${initial.model} (${initial.sha256})`,
    recipe: `${recipe}: ${RECIPES[recipe].summary}`,
    ...{ task, values, seed, backend, memory, notes },
    data: `${training.films} films of ${training.patients} patients, ${data.format} labels, uncertain: ${data.uncertain}`,
    validation: `${validation.films} films of ${validation.patients} other patients`,
    labelsSha256: data.labelsSha256,
    contentSha256: data.contentSha256,
    split: data.split,
    positives: training.positives,
    epochs: epochs.length,
    /** 0: the weights that the run began with. */
    bestEpoch: bestOf(epochs)?.epoch ?? 0,
    validationLosses: { beginning: beginning?.validationLoss ?? null, best: bestOf(epochs)?.validationLoss ?? null },
  };
}

type Validation = NonNullable<NonNullable<ModelCard['evaluation']>['validation']>;

function describeValidation({ findings, data }: RunReceipt, best: Measured | null): Validation {
  const { films, positives, negatives } = data.validation;
  const measured = findings.map((finding) => {
    const rarer = Math.min(positives[finding] ?? 0, negatives[finding] ?? 0);
    return [finding, rarer >= MEASURED_POSITIVES ? (best?.auroc[finding] ?? null) : null] as const;
  });
  const defined = measured.flatMap(([, auroc]) => auroc ?? []);
  return {
    films,
    meanAuroc: defined.length === 0 ? null : defined.reduce((sum, auroc) => sum + auroc, 0) / defined.length,
    auroc: Object.fromEntries(measured),
    positives,
  };
}

function listLimitations({ data, findings, initial, task, end }: RunReceipt, epochs: readonly EpochRecord[]): string[] {
  const rare = findings.filter((finding) => (data.training.positives[finding] ?? 0) < 50);
  const best = bestOf(epochs);
  const chosen =
    best === null
      ? 'No epoch was better on the validation films than the weights that the run began with: these are those.'
      : `Epoch ${best.epoch} was chosen on the validation films: its numbers there are too good. It was not tested on others.`;
  return [
    `Trained on ${data.training.films} films of one collection; no other site has measured it.`,
    chosen,
    ...(end?.state === 'failed' ? [end.reason] : []),
    ...(rare.length === 0 ? [] : [`Fewer than 50 positive films taught: ${rare.join(', ')}.`]),
    `Findings with fewer than ${MEASURED_POSITIVES} positives on the validation films are not measured.`,
    ...(initial === null ? ['Trained from random weights, which takes far more films than from trained ones.'] : []),
    ...(task === 'pneumonia' ? ['Trained with weighted losses: its output is no share of films with pneumonia.'] : []),
    'It has no cut-offs, so that it flags nothing: commissioning chooses them on the films of the site.',
    'Frontal films only; no laterals, no history, no priors.',
  ];
}
