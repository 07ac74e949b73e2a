/** The fixtures of test/fixtures/make/makeModels.py, and what PyTorch says they hold. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tensor } from '#main/chexnet/network/weights';
import type { StoredTensor } from '#main/chexnet/formats/storedWeights';
import type { DenseNetSize } from '#main/chexnet/network/densenet121';

const FOLDER = join(import.meta.dirname, '../../../fixtures/models');

export const TINY: DenseNetSize = { blocks: [2, 1], growth: 2, bottleneck: 1, initial: 4, compression: 0.5 };

export type Digest = { readonly shape: readonly number[]; readonly sha256: string };

export function readFixture(name: string): Uint8Array {
  return readFileSync(join(FOLDER, name));
}

export function expectedTensors(
  group: 'tiny' | 'untrained' | 'lowered' | 'oneChannel' | 'types',
): Record<string, Digest> {
  const all = JSON.parse(readFileSync(join(FOLDER, 'expected.json'), 'utf8')) as Record<string, Record<string, Digest>>;
  return all[group]!;
}

export function digestOf(tensors: Iterable<readonly [string, Tensor | StoredTensor]>): Record<string, Digest> {
  return Object.fromEntries(
    [...tensors].map(([name, tensor]) => {
      const data = 'data' in tensor ? tensor.data : tensor.read();
      const sha256 = createHash('sha256').update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      return [name, { shape: tensor.shape, sha256: sha256.digest('hex') }];
    }),
  );
}
