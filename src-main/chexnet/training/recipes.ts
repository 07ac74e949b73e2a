/**
 * The recipes: every hyper-parameter of a run, and why it has the value it has. A run keeps its own copy, so that
 * what it did is known when these have changed.
 */
import type { AdamOptions, Augmentation, Hyperparameters, PlateauOptions, RecipeName } from '#main/contract/run';

export type Recipe = {
  readonly name: RecipeName;
  /** In one sentence. */
  readonly summary: string;
  readonly values: Hyperparameters;
  readonly reasons: Readonly<Record<keyof Hyperparameters, string>>;
};

const NO_AUGMENTATION: Augmentation = { flip: false, rotationDegrees: 0, shift: 0, scale: 0, contrast: 0 };
const PAPER_ADAM: AdamOptions = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
const PAPER_PLATEAU: PlateauOptions = { factor: 0.1, patience: 0, threshold: 1e-4 };

const SHARED_REASONS = {
  adam: "the paper's betas (its section 2.2: the standard parameters); epsilon is PyTorch's",
  plateau: 'the paper: divided by 10 when the validation loss plateaus after an epoch; threshold as in PyTorch',
  batchNormMomentum: "PyTorch's default, which the paper's network was trained with",
};
const FROZEN_REASONS = {
  batchNormMomentum: 'no effect: the layers before the head run with their running statistics',
};

const PAPER: Recipe = {
  name: 'paper',
  summary: 'CheXNet as published: the whole DenseNet-121, one linear layer, Adam, batches of 16',
  values: {
    part: 'all',
    head: 'linear',
    batch: 16,
    learningRate: 1e-3,
    adam: PAPER_ADAM,
    plateau: PAPER_PLATEAU,
    epochs: 20,
    endAfter: 5,
    batchNormMomentum: 0.1,
    augmentation: { ...NO_AUGMENTATION, flip: true },
  },
  reasons: {
    ...SHARED_REASONS,
    part: 'the paper trains end to end',
    head: 'the paper: the last layer is replaced by one with as many outputs as findings',
    batch: 'the paper: mini-batches of 16',
    learningRate: 'the paper: initial learning rate 0.001',
    epochs: 'the paper names no number; replications need 5 to 15 on 100,000 films',
    endAfter:
      'after five epochs the rate has fallen to nothing; the paper keeps the lowest validation loss, and so do we',
    augmentation: 'the paper: random horizontal flips, although they mirror the heart; --no-flip does without',
  },
};

const ARTICLE: Recipe = {
  name: 'article',
  summary: 'the article on CheXNet in TensorFlow.js: frozen DenseNet-121, pooling, dense 1024 with ReLU, dense',
  values: {
    ...PAPER.values,
    part: 'head',
    head: 'dense1024',
    batch: 32,
    learningRate: 1e-4,
    epochs: 50,
    plateau: { ...PAPER_PLATEAU, patience: 2 },
    endAfter: 8,
    augmentation: NO_AUGMENTATION,
  },
  reasons: {
    ...SHARED_REASONS,
    ...FROZEN_REASONS,
    part: 'the article freezes the base, here with its running statistics, so that it is frozen in truth',
    head: 'the article: 1,024 units with ReLU before the outputs',
    batch: 'a head needs no more; smaller ones only take longer',
    learningRate: 'a million new weights on features that do not move: 1e-3 overshoots',
    plateau: 'the paper’s division by 10, after three epochs without improvement: epochs are short',
    epochs: 'epochs take seconds; the run ends early',
    endAfter: 'two falls of the learning rate without improvement',
    augmentation: 'features are made once for each film; --flip makes those of the mirrored film too',
  },
};

const HEAD: Recipe = {
  name: 'head',
  summary: 'one linear layer on the features of a frozen network: seconds, on every computer',
  values: { ...ARTICLE.values, head: 'linear', learningRate: 1e-3 },
  reasons: {
    ...ARTICLE.reasons,
    part: 'a thousand films can teach a linear layer; they can not teach 7 million weights',
    head: 'as the paper’s, so that attention maps are class activation maps',
    learningRate: 'as the paper',
  },
};

const TAIL: Recipe = {
  name: 'tail',
  summary: 'the last dense block and the head, on cached maps of the frozen layers before them',
  values: {
    ...PAPER.values,
    part: 'tail',
    learningRate: 1e-4,
    plateau: { ...PAPER_PLATEAU, patience: 1 },
    endAfter: 5,
    augmentation: NO_AUGMENTATION,
  },
  reasons: {
    ...PAPER.reasons,
    part: '2.2 of 7 million weights: for some thousand films of a site that a trained model does not know yet',
    learningRate: 'weights that were trained already: a tenth of the paper’s rate',
    plateau: 'the paper’s division by 10, after two epochs without improvement: small validation sets are noisy',
    endAfter: 'two falls of the learning rate without improvement',
    augmentation: ARTICLE.reasons.augmentation,
  },
};

export const RECIPES: Readonly<Record<RecipeName, Recipe>> = { paper: PAPER, article: ARTICLE, head: HEAD, tail: TAIL };
