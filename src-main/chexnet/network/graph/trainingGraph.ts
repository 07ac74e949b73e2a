/**
 * Training as one TensorFlow graph: variables, forward, backward, Adam and the batch norms' running statistics. A
 * step is one call, and TensorFlow sees all of it at once; operation by operation it takes twice as long.
 */
import type { StepperOptions } from '../../training/stepper';
import { layerParameters } from '../densenet121';
import type { SavedModel, Signature, SignatureTensor } from './savedModel';
import { TRAINING } from './trainingNames';
import { inputShape, listTrainedLayers } from '../trainingNetwork';
import { writeAccumulation, writeJudging, writePass, writeTraining } from './trainingStep';
import { TrainingVariables, type StateEntry } from './trainingVariables';
import { TrainingWriter } from './trainingWriter';

/**
 * `load` and `save` move a state in and out. `train` is a step of a whole batch. A batch that is cut takes `empty` once,
 * `accumulate` for each piece and `apply` for the step. `evaluate` judges; `gradients` gives what a step would use and
 * changes nothing.
 */
export type TrainingSignature = 'load' | 'save' | 'train' | 'empty' | 'accumulate' | 'apply' | 'evaluate' | 'gradients';

export type TrainingModel = SavedModel & {
  readonly signatures: Readonly<Record<TrainingSignature, Signature>>;
  /**
   * What learns, its running statistics and Adam's moments, in the order of `load` and `save`. No other parameter is
   * in the graph: nothing can move it.
   */
  readonly state: readonly StateEntry[];
};

type Batch = { readonly films: SignatureTensor; readonly targets: readonly SignatureTensor[] };

function writeBatch(writer: TrainingWriter, { network, part }: StepperOptions, perFinding: readonly number[]): Batch {
  const films = { name: TRAINING.inputs, shape: [-1, ...inputShape(network, part)] };
  const shapes = { [TRAINING.labels]: perFinding, [TRAINING.weights]: perFinding, [TRAINING.share]: [] };
  const targets = Object.entries(shapes).map(([name, shape]) => ({ name, shape }));
  for (const { name, shape } of [films, ...targets]) writer.placeholder(name, shape);
  return { films, targets };
}

function scalar(name: string): SignatureTensor {
  return { name, shape: [] };
}

export function describeTraining(options: StepperOptions): TrainingModel {
  const { network, part } = options;
  const writer = new TrainingWriter();
  const variables = new TrainingVariables(writer);
  const parameters = listTrainedLayers(network, part).flatMap(layerParameters);
  const context = { options, writer, variables, trained: parameters.filter(({ trainable }) => trainable) };
  for (const parameter of parameters) variables.create(parameter, 'value');
  for (const role of ['first', 'second', 'sum'] as const) {
    for (const parameter of context.trained) variables.create(parameter, role);
  }
  const perFinding = [-1, network.head.at(-1)?.outputs ?? 0];
  const { films, targets } = writeBatch(writer, options, perFinding);
  const rates = [scalar(TRAINING.rate), scalar(TRAINING.epsilon)];
  for (const { name, shape } of rates) writer.placeholder(name, shape);

  const loading = variables.writeLoad();
  writer.after(writer.scalar(0), loading.nodes, TRAINING.loaded);
  writer.after(writer.scalar(0), variables.writeEmptySums(), TRAINING.emptied);
  const pass = writePass(context);
  writeTraining(context, pass);
  writeAccumulation(context, pass);
  writeJudging(context);
  const gradients = context.trained.map((parameter) =>
    variables.present(pass.gradients.get(parameter.name)!, parameter, 'gradient'),
  );

  const batch = [films, ...targets];
  const probabilities = { name: TRAINING.probabilities, shape: perFinding };
  const trained = [scalar(TRAINING.trainedLoss), probabilities, scalar(TRAINING.trainedSquares)];
  return {
    nodes: writer.nodes,
    state: variables.state,
    signatures: {
      load: { inputs: loading.inputs, outputs: [scalar(TRAINING.loaded)] },
      save: { inputs: [], outputs: variables.writeSave() },
      train: { inputs: [...batch, ...rates], outputs: trained },
      empty: { inputs: [], outputs: [scalar(TRAINING.emptied)] },
      accumulate: { inputs: batch, outputs: [scalar(TRAINING.accumulatedLoss), probabilities] },
      apply: { inputs: rates, outputs: [scalar(TRAINING.appliedSquares)] },
      evaluate: { inputs: [films], outputs: [{ name: TRAINING.judged, shape: perFinding }] },
      gradients: { inputs: batch, outputs: [scalar(TRAINING.loss), ...gradients] },
    },
  };
}
