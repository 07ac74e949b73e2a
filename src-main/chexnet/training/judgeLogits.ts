/** What the last layer gives, measured: loss, probabilities, and in which direction the logits should move. */
import type { TrainingBatch } from './stepper';

export function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

export type Judged = {
  readonly loss: number;
  /** d loss / d logits. */
  readonly slopes: Float32Array;
};

/** `whole`: films of the batch that this is, or is a piece of. */
export function judgeLogits(logits: Float32Array, { labels, weights, count }: TrainingBatch, whole: number): Judged {
  const share = (logits.length / count) * whole;
  let loss = 0;
  const slopes = logits.map((logit, i) => {
    const [y, weight] = [labels[i]!, weights[i]!];
    if (weight === 0) return 0;
    // log(1 + exp(x)) without overflow.
    loss += weight * (Math.max(logit, 0) - logit * y + Math.log1p(Math.exp(-Math.abs(logit))));
    return (weight * (sigmoid(logit) - y)) / share;
  });
  return { loss: loss / share, slopes };
}
