/** One step's nodes: forward and loss, the way back, Adam, the running statistics. */
import type { StepperOptions } from '../../training/stepper';
import type { Parameter } from '../densenet121';
import { TrainingLayers } from './trainingLayers';
import { TRAINING } from './trainingNames';
import { writeNetwork } from '../trainingNetwork';
import { Tape } from './trainingTape';
import type { TrainingVariables } from './trainingVariables';
import type { TrainingWriter } from './trainingWriter';

export type TrainingContext = {
  readonly options: StepperOptions;
  readonly writer: TrainingWriter;
  readonly variables: TrainingVariables;
  /** The parameters that Adam moves. */
  readonly trained: readonly Parameter[];
};

/** What a batch gives: a loss, a gradient for each trained parameter, and nodes that move the running statistics. */
export type Pass = {
  readonly loss: string;
  readonly gradients: ReadonlyMap<string, string>;
  readonly statistics: readonly string[];
};

/** Reads each parameter once. */
function createReader({ writer, variables }: TrainingContext): (parameter: string) => string {
  const known = new Map<string, string>();
  return (parameter) => {
    const value = known.get(parameter) ?? writer.read(variables.handle('value', parameter));
    known.set(parameter, value);
    return value;
  };
}

function createLayers(context: TrainingContext, tape: Tape | null): TrainingLayers {
  const { writer, options } = context;
  const { batchNormEpsilon: epsilon, recompute } = options;
  return new TrainingLayers({ writer, read: createReader(context), epsilon, recompute }, tape);
}

/** running + momentum · (batch − running). */
function writeStatistics({ options, writer, variables }: TrainingContext, layers: TrainingLayers): string[] {
  const momentum = writer.scalar(options.batchNormMomentum);
  return [...layers.batchStatistics].flatMap(([norm, { mean, variance }]) => {
    const pairs = Object.entries({ running_mean: mean, running_var: variance });
    return pairs.map(([name, batch]) => {
      const handle = variables.handle('value', `${norm}.${name}`);
      const difference = writer.add('Sub', [batch, writer.read(handle)]);
      return writer.assignSum(handle, writer.add('Mul', [difference, momentum]));
    });
  });
}

/** max(z, 0) − z·y + log(1 + e^−|z|): the cross-entropy of sigmoid(z), without overflow. Its gradient is p − y. */
function writeLoss(writer: TrainingWriter, logits: string, tape: Tape): string {
  const positive = writer.add('Sub', [writer.relu(logits), writer.add('Mul', [logits, TRAINING.labels])]);
  const decay = writer.add('Exp', [writer.add('Neg', [writer.add('Abs', [logits])])]);
  const entropy = writer.add('AddV2', [positive, writer.add('Log1p', [decay])]);
  const factor = writer.add('Mul', [TRAINING.weights, TRAINING.share]);
  const probabilities = writer.sigmoid(logits, TRAINING.probabilities);
  tape.give(logits, writer.add('Mul', [writer.add('Sub', [probabilities, TRAINING.labels]), factor]));
  return writer.sum(writer.add('Mul', [entropy, factor]), [0, 1], TRAINING.loss);
}

export function writePass(context: TrainingContext): Pass {
  const { options, writer } = context;
  const tape = new Tape(writer);
  const layers = createLayers(context, tape);
  const loss = writeLoss(writer, writeNetwork(layers, TRAINING.inputs, options.network, options.part), tape);
  tape.unwind();
  return { loss, gradients: tape.gradients, statistics: writeStatistics(context, layers) };
}

export function writeJudging(context: TrainingContext): void {
  const { options, writer } = context;
  const logits = writeNetwork(createLayers(context, null), TRAINING.inputs, options.network, options.part);
  writer.sigmoid(logits, TRAINING.judged);
}

type Update = { readonly moved: readonly string[]; readonly squares: string };

function writeAdam(context: TrainingContext, gradients: ReadonlyMap<string, string>): Update {
  const { options, writer, variables, trained } = context;
  const [beta1, beta2] = [writer.scalar(options.adam.beta1), writer.scalar(options.adam.beta2)];
  // The powers of β are in the rate already: in float32, 1 − β2 at the first step would be wrong in the fifth digit.
  const none = writer.scalar(0);
  const moved = trained.map(({ name }) => {
    const handles = (['value', 'first', 'second'] as const).map((role) => variables.handle(role, name));
    const numbers = [none, none, TRAINING.rate, beta1, beta2, TRAINING.epsilon];
    return writer.applyAdam([...handles, ...numbers, gradients.get(name)!]);
  });
  const squares = writer.addUp(trained.map(({ name }) => writer.add('L2Loss', [gradients.get(name)!])));
  return { moved, squares };
}

/** A whole batch at once. */
export function writeTraining(context: TrainingContext, { loss, gradients, statistics }: Pass): void {
  const { moved, squares } = writeAdam(context, gradients);
  context.writer.after(loss, [...moved, ...statistics], TRAINING.trainedLoss);
  context.writer.after(squares, [], TRAINING.trainedSquares);
}

/** A batch in pieces: each adds its gradients to the sums; then one step with the sums, which are emptied. */
export function writeAccumulation(context: TrainingContext, { loss, gradients, statistics }: Pass): void {
  const { writer, variables, trained } = context;
  const added = trained.map(({ name }) => writer.assignSum(variables.handle('sum', name), gradients.get(name)!));
  writer.after(loss, [...added, ...statistics], TRAINING.accumulatedLoss);
  const sums = new Map(trained.map(({ name }) => [name, writer.read(variables.handle('sum', name))]));
  const { moved, squares } = writeAdam(context, sums);
  const emptied = trained.map(({ name }, i) => {
    const zeros = writer.add('ZerosLike', [writer.after(sums.get(name)!, [moved[i]!])]);
    return writer.assign(variables.handle('sum', name), zeros);
  });
  writer.after(squares, emptied, TRAINING.appliedSquares);
}
