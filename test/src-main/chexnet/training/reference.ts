/** Numbers that PyTorch made: test/fixtures/training/ORIGIN.md. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../../../scripts/bundle.mjs';

type Trained = {
  readonly losses: readonly number[];
  readonly stride: number;
  /** Every `stride`-th number of each parameter. */
  readonly everyNth: readonly (readonly number[])[];
  readonly probabilities: readonly number[];
};

type Reference = {
  readonly linear: Trained;
  readonly dense1024: Trained;
  readonly plateaus: readonly {
    readonly losses: readonly number[];
    readonly patience: number;
    readonly rates: readonly number[];
  }[];
  readonly crossEntropy: {
    readonly probabilities: readonly number[];
    readonly labels: readonly number[];
    readonly weights: readonly number[];
    readonly loss: number;
  };
};

const FILE = join(ROOT, 'test', 'fixtures', 'training', 'training.json');

export const reference = JSON.parse(readFileSync(FILE, 'utf8')) as Reference;

/** As `numbers` of makeTraining.py. */
export function sines(count: number, frequency: number, scale: number): Float32Array {
  return Float32Array.from({ length: count }, (_, index) => scale * Math.sin(frequency * (index + 1)));
}
