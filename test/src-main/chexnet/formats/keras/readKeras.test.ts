import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { fitWeights, readModelFile } from '#main/chexnet/formats/readModelFile';
import { describeDenseNet, type DenseNetSize } from '#main/chexnet/network/densenet121';
import { AppError } from '#main/contract/errors';
import type { Backend } from '#main/engine/backends/backend';
import { openWasmBackend } from '#main/engine/backends/wasm/openWasmBackend';
import { largestDifference } from '#test/helpers/golden';
import { makeWasmFolder } from '#test/helpers/makeWasmFolder';

const FOLDER = join(import.meta.dirname, '../../../../fixtures/keras');
/** Of makeKeras.py: keras.applications' first convolution and its bottleneck, growth 2. */
const SMALL: DenseNetSize = { blocks: [2, 1, 1, 1], growth: 2, bottleneck: 4, initial: 64, compression: 0.5 };
const SIDE = 64;

type Prediction = { readonly made: string; readonly probabilities: readonly number[] };
const predictions = JSON.parse(readFileSync(join(FOLDER, 'predictions.json'), 'utf8')) as Record<string, Prediction>;

const open = (name: string): Uint8Array => gunzipSync(readFileSync(join(FOLDER, `${name}.gz`)));

/** The same as the script's. */
const film = Float32Array.from({ length: SIDE * SIDE * 3 }, (_, index) => Math.sin((index * index) % 1009));

/** The error of reading everything; anything else than a refusal of the model is thrown. */
function errorOf(file: Uint8Array): AppError | null {
  try {
    for (const { read } of readModelFile(file, SMALL).weights.values()) read();
    return null;
  } catch (error) {
    if (error instanceof AppError && error.code.startsWith('model/')) return error;
    throw error;
  }
}

describe('files as Keras writes them', () => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await openWasmBackend(await makeWasmFolder(), 1);
  });

  it.each(Object.entries(predictions))('%s predicts what Keras predicts with it', (name, { probabilities }) => {
    const file = readModelFile(open(name), SMALL);
    const { network, weights } = fitWeights(file, { size: SMALL });
    const built = backend.build(describeDenseNet(network, SMALL), weights, file.batchNormEpsilon ?? NaN);
    const output = built.predict(film, 1, { features: false });
    built.dispose();
    expect(largestDifference(output.probabilities, probabilities)).toBeLessThan(1e-5);
  });
});

describe('what a Keras file says of its network', () => {
  it.each([
    ['hostile-softmax.keras', 'it ends in softmax and not in a sigmoid for each finding.'],
    ['hostile-hidden-linear.keras', 'a hidden layer of its head is linear and not relu.'],
    ['hostile-lambda.keras', 'it has a layer of the kind Lambda, which CheXNet has not.'],
    ['hostile-rescaling.keras', 'it has a layer of the kind Rescaling, which CheXNet has not.'],
    ['hostile-no-head.keras', 'it has no head: it was saved with include_top=False and nothing behind it.'],
    ['hostile-epsilons.keras', 'its batch norms have no common epsilon.'],
  ])('%s: %s', (name, fault) => {
    const { code, message } = errorOf(readFileSync(join(FOLDER, name)))!;
    expect({ code, message }).toEqual({
      code: 'model/unsupported',
      message: `This Keras model can not be taken over: ${fault}`,
    });
  });

  it('is taken for granted where there are weights and nothing else, and that is said', () => {
    const [whole, weights] = ['keras3-linear.h5', 'keras3-top.weights.h5'].map((name) =>
      readModelFile(open(name), SMALL),
    );
    expect(whole).toMatchObject({ batchNormEpsilon: 1.001e-5, assumptions: [] });
    expect(weights).toMatchObject({
      batchNormEpsilon: 1.001e-5,
      assumptions: [expect.stringMatching(/taken for granted/) as string],
    });
  });
});

describe('hostile Keras files', () => {
  it.each([
    ['external-link', 'dense is a group with links, which Keras does not write.'],
    ['soft-link', 'dense/kernel:0 is a link to somewhere else.'],
    ['external-numbers', 'the numbers of dense/kernel:0 lie in another file.'],
    ['loop', 'a part of it is in two places at once.'],
    ['latest', 'its HDF5 is laid out as Keras does not write it; save it again with Keras.'],
    ['compressed', 'dense/kernel:0 is compressed, which Keras never does.'],
    ['chunked', 'dense/kernel:0 is cut into pieces, which Keras never does.'],
    ['big-endian', 'dense/kernel:0 is big-endian.'],
    ['huge', 'it is damaged or cut off.'],
    ['no-weights', "its head has 0 dense layers; CheXNet's has one or two."],
  ])('%s: %s', (name, fault) => {
    const { code, message } = errorOf(readFileSync(join(FOLDER, `hostile-${name}.h5`)))!;
    expect({ code, message }).toEqual({
      code: 'model/invalid',
      message: `This is not a Keras file that can be read: ${fault}`,
    });
  });

  it('a bomb is not unpacked', () => {
    expect(errorOf(readFileSync(join(FOLDER, 'hostile-bomb.keras')))?.message).toContain('is compressed');
  });

  it.each(['keras2-linear.h5', 'keras3-dense.keras'])('%s, cut off anywhere, is an error', (name) => {
    const file = open(name);
    fc.assert(
      fc.property(fc.nat(file.length - 1), (length) => {
        return errorOf(file.subarray(0, length)) !== null;
      }),
      { numRuns: 60 },
    );
  });

  it.each(['keras2-linear.h5', 'keras2-dense-weights.h5', 'keras3-top.weights.h5', 'keras3-dense.keras'])(
    '%s, with bytes changed, is read or refused',
    (name) => {
      const file = open(name);
      const changes = fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { minLength: 1, maxLength: 40 });
      fc.assert(
        fc.property(changes, (bytes) => {
          const damaged = Uint8Array.from(file);
          for (const [at, value] of bytes) damaged[at] = value;
          errorOf(damaged);
        }),
        { numRuns: 100 },
      );
    },
  );
});
