/** What is fed into a training graph and fetched from it, beside variables and gradients. */
export const TRAINING = {
  /** [n,…]: a film, or what the trained part wants in its place. */
  inputs: 'inputs',
  /** [n,findings] each. */
  labels: 'labels',
  weights: 'weights',
  /** Factor of the sum of weighted cross-entropies. */
  share: 'share',
  /** Adam's learning rate and ε, with its corrections of the bias in them. */
  rate: 'rate',
  epsilon: 'epsilon',
  loss: 'loss',
  /** [n,findings], 0…1, with the batch's statistics. */
  probabilities: 'probabilities',
  /** [n,findings], 0…1, with the running statistics. */
  judged: 'judged',
  trainedLoss: 'train/loss',
  accumulatedLoss: 'accumulate/loss',
  /** Half the sum of the squares of all gradients that a step used: not finite where one of them is not. */
  trainedSquares: 'train/squares',
  appliedSquares: 'apply/squares',
  loaded: 'loaded',
  emptied: 'emptied',
} as const;
