/** Networks that PyTorch gave us no numbers for, against the ones that it did. */
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { readSafetensors } from '#main/chexnet/formats/safetensors';
import { describeDenseNet, type NetworkOptions } from '#main/chexnet/network/densenet121';
import { attentionMaps } from '#main/chexnet/network/maps';
import type { NetworkOutput } from '#main/chexnet/network/network';
import * as tf from '#main/chexnet/network/tf';
import { checkWeights, type Weights } from '#main/chexnet/network/weights';
import { normalise } from '#main/chexnet/preprocess/preprocess';
import type { ModelCard } from '#main/contract/card';
import type { Backend } from '#main/engine/backends/backend';
import { openWasmBackend } from '#main/engine/backends/wasm/openWasmBackend';
import { DEMO_WEIGHTS, largestDifference, readDemoCard, readGoldenFilms, type GoldenFilm } from '#test/helpers/golden';
import { makeWasmFolder } from '#test/helpers/makeWasmFolder';

let backend: Backend;
let weights: Weights;
let card: ModelCard;
let films: readonly GoldenFilm[];

beforeAll(async () => {
  backend = await openWasmBackend(await makeWasmFolder(), 1);
  weights = readSafetensors(await readFile(DEMO_WEIGHTS)).weights;
  [card, films] = await Promise.all([readDemoCard(), readGoldenFilms()]);
}, 60_000);

function predict(options: NetworkOptions, changed: Weights, batch: Float32Array, count: number): NetworkOutput {
  const network = describeDenseNet(options);
  checkWeights(network, changed);
  const built = backend.build(network, changed, card.batchNormEpsilon);
  const output = built.predict(batch, count, { features: true });
  built.dispose();
  return output;
}

/** A dense head that hands the pooled features on as they are (none is negative), then the linear one. */
function withRepeatingHead(): Weights {
  const identity = new Float32Array(1024 * 1024);
  for (let i = 0; i < 1024; i++) identity[i * 1024 + i] = 1;
  const changed = new Map(weights);
  changed.set('classifier.0.weight', { shape: [1024, 1024], data: identity });
  changed.set('classifier.0.bias', { shape: [1024], data: new Float32Array(1024) });
  changed.set('classifier.2.weight', weights.get('classifier.weight')!);
  changed.set('classifier.2.bias', weights.get('classifier.bias')!);
  changed.delete('classifier.weight');
  changed.delete('classifier.bias');
  return changed;
}

/** The first convolution's three planes in one: the same for a film whose three channels are equal. */
function withOneChannel(): Weights {
  const data = weights.get('features.conv0.weight')!.data;
  const summed = new Float32Array(64 * 49);
  data.forEach((value, i) => (summed[Math.floor(i / 147) * 49 + (i % 49)]! += value));
  return new Map([...weights, ['features.conv0.weight', { shape: [64, 1, 7, 7], data: summed }]]);
}

describe('the folded network', { timeout: 60_000 }, () => {
  it('gives PyTorch its probabilities and maps with a dense head that only repeats the linear one', () => {
    const film = films[0]!;
    const changed = withRepeatingHead();
    const options = { inputChannels: 3, findings: 14, head: 'dense1024' } as const;
    const { probabilities, features } = predict(options, changed, normalise([film.input], card.input), 1);
    expect(largestDifference(probabilities, film.probabilities)).toBeLessThan(1e-5);
    const maps = attentionMaps(describeDenseNet(options).head, changed, features!);
    expect(largestDifference(maps, film.maps)).toBeLessThan(1e-4);
  });

  it('takes one channel as it takes three equal ones', () => {
    const grey = { ...card.input, mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] };
    const three = normalise([films[0]!.input], grey);
    const one = normalise([films[0]!.input], { ...grey, channels: 1, mean: [0.5], std: [0.25] });
    const options = { findings: 14, head: 'linear' } as const;
    const ofThree = predict({ ...options, inputChannels: 3 }, weights, three, 1).probabilities;
    const ofOne = predict({ ...options, inputChannels: 1 }, withOneChannel(), one, 1).probabilities;
    expect(largestDifference(ofOne, ofThree)).toBeLessThan(1e-5);
  });

  it('judges a film in a batch as it judges it alone', () => {
    const network = describeDenseNet({ inputChannels: 3, findings: 14, head: 'linear' });
    const built = backend.build(network, weights, card.batchNormEpsilon);
    const inputs = films.slice(0, 3).map(({ input }) => input);
    const together = built.predict(normalise(inputs, card.input), 3, { features: false }).probabilities;
    const alone = inputs.flatMap((input) => [
      ...built.predict(normalise([input], card.input), 1, { features: false }).probabilities,
    ]);
    built.dispose();
    expect(largestDifference(together, alone)).toBeLessThan(1e-6);
  });

  it('leaves no tensor behind: neither a prediction nor a network that is disposed of', () => {
    const before = tf.memory().numTensors;
    const network = describeDenseNet({ inputChannels: 3, findings: 14, head: 'linear' });
    const built = backend.build(network, weights, card.batchNormEpsilon);
    const batch = normalise([films[0]!.input], card.input);
    // The first makes what films of this size need.
    built.predict(batch, 1, { features: false });
    const ready = tf.memory().numTensors;
    for (const features of [true, false, true]) built.predict(batch, 1, { features });
    expect(tf.memory().numTensors).toBe(ready);
    built.dispose();
    expect({ ready: ready > before, after: tf.memory().numTensors }).toEqual({ ready: true, after: before });
  });
});

describe('attention maps', () => {
  it('have the logit as their mean, less the bias', () => {
    const film = films[3]!;
    const bias = weights.get('classifier.bias')!.data;
    const options = { inputChannels: 3, findings: 14, head: 'linear' } as const;
    const { features } = predict(options, weights, normalise([film.input], card.input), 1);
    const maps = attentionMaps(describeDenseNet(options).head, weights, features!);
    const logits = [...bias].map((offset, finding) => {
      const map = maps.subarray(finding * 49, (finding + 1) * 49);
      return offset + map.reduce((sum, value) => sum + value, 0) / 49;
    });
    const probabilities = logits.map((logit) => 1 / (1 + Math.exp(-logit)));
    expect(largestDifference(probabilities, film.probabilities)).toBeLessThan(1e-5);
  });

  it('follow the gradient of the logit where a dense head has units that are off', () => {
    const random = (length: number, seed: number): Float32Array =>
      Float32Array.from({ length }, (_, i) => Math.sin((i + 1) * 12.9898 + seed) / 4);
    const head = describeDenseNet({ inputChannels: 3, findings: 3, head: 'dense1024' }).head;
    const dense: Weights = new Map([
      ['classifier.0.weight', { shape: [1024, 1024], data: random(1024 * 1024, 1) }],
      ['classifier.0.bias', { shape: [1024], data: random(1024, 2) }],
      ['classifier.2.weight', { shape: [3, 1024], data: random(3 * 1024, 3) }],
      ['classifier.2.bias', { shape: [3], data: random(3, 4) }],
    ]);
    const features = random(49 * 1024, 5).map(Math.abs);
    const maps = attentionMaps(head, dense, features);
    const step = 1e-3;
    const slope =
      logit(
        dense,
        1,
        features.map((value) => value * (1 + step)),
      ) -
      logit(
        dense,
        1,
        features.map((value) => value * (1 - step)),
      );
    const sum = maps.subarray(49, 98).reduce((total, value) => total + value, 0);
    expect(sum / 49).toBeCloseTo(slope / (2 * step), 2);
  });
});

/** The head in plain numbers, for one finding. */
function logit(dense: Weights, finding: number, features: Float32Array): number {
  const numbers = (name: string): Float32Array => dense.get(`classifier.${name}`)!.data;
  const pooled = Float64Array.from({ length: 1024 }, (_, channel) => {
    let sum = 0;
    for (let place = 0; place < 49; place++) sum += features[place * 1024 + channel]!;
    return sum / 49;
  });
  let result = numbers('2.bias')[finding]!;
  for (let unit = 0; unit < 1024; unit++) {
    let sum = numbers('0.bias')[unit]!;
    for (let i = 0; i < 1024; i++) sum += numbers('0.weight')[unit * 1024 + i]! * pooled[i]!;
    result += Math.max(0, sum) * numbers('2.weight')[finding * 1024 + unit]!;
  }
  return result;
}
