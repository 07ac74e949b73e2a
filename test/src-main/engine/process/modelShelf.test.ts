import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSafetensors, writeSafetensors } from '#main/chexnet/formats/safetensors';
import type { ModelCard } from '#main/contract/card';
import type { Backend } from '#main/engine/backends/backend';
import { openWasmBackend } from '#main/engine/backends/wasm/openWasmBackend';
import { createModelShelf } from '#main/engine/process/modelShelf';
import { DEMO_WEIGHTS, readDemoCard } from '#test/helpers/golden';
import { makeWasmFolder } from '#test/helpers/makeWasmFolder';

let backend: Backend;
let folder: string;
let models: readonly { readonly card: ModelCard; readonly path: string }[];

/** The demonstration model with another bias, and a card that fits. */
async function makeModel(card: ModelCard, name: string, bias: number) {
  const { weights } = readSafetensors(await readFile(DEMO_WEIGHTS));
  weights.get('classifier.bias')!.data[0] = bias;
  const file = writeSafetensors(weights);
  const path = join(folder, `${name}.safetensors`);
  await writeFile(path, file);
  const sha256 = createHash('sha256').update(file).digest('hex');
  return { card: { ...card, id: name, weights: { ...card.weights, sha256 } }, path };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hilum-shelf-'));
  backend = await openWasmBackend(await makeWasmFolder(), 1);
  const card = await readDemoCard();
  models = await Promise.all(['a', 'b', 'c'].map((name, i) => makeModel(card, name, i)));
}, 60_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the shelf of models', { timeout: 60_000 }, () => {
  it('keeps the two that were used last, and gives the memory of the others back', async () => {
    const shelf = createModelShelf(backend);
    const [a, b, c] = models;
    // The backend's own stay, whatever is loaded.
    const ofNone = backend.countTensors();
    const first = await shelf.load(a!.card, a!.path);
    const ofOne = backend.countTensors() - ofNone;
    await shelf.load(b!.card, b!.path);
    const ofTwo = backend.countTensors() - ofNone;
    expect((await shelf.load(a!.card, a!.path)).network).toBe(first.network);
    await shelf.load(c!.card, c!.path);
    expect({ ofTwo, ofThree: backend.countTensors() - ofNone }).toEqual({ ofTwo: 2 * ofOne, ofThree: 2 * ofOne });
    expect(shelf.get(a!.card.weights.sha256).network).toBe(first.network);
    expect(() => shelf.get(b!.card.weights.sha256)).toThrow('This model is not loaded.');
  });

  it('keeps the model of a test until another one is loaded, and longer only where it was asked for', async () => {
    const [a, b] = models;
    const ofNone = backend.countTensors();
    const first = createModelShelf(backend);
    await first.loadForTest(a!.card, a!.path);
    const ofOne = backend.countTensors() - ofNone;
    await first.load(b!.card, b!.path);
    expect(backend.countTensors() - ofNone).toBe(ofOne);
    expect(() => first.get(a!.card.weights.sha256)).toThrow('This model is not loaded.');

    const second = createModelShelf(backend);
    const { network } = await second.loadForTest(a!.card, a!.path);
    expect((await second.load(a!.card, a!.path)).network).toBe(network);
    await second.loadForTest(a!.card, a!.path);
    await second.load(b!.card, b!.path);
    expect(second.get(a!.card.weights.sha256).network).toBe(network);
  });

  it('keeps a network that is not what a new card changes: cut-offs, calibration, the films’ values', async () => {
    const shelf = createModelShelf(backend);
    const { card, path } = models[0]!;
    const { network } = await shelf.load(card, path);
    const changed = { ...card, cutoffs: null, input: { ...card.input, mean: [0.5, 0.5, 0.5] } };
    expect(await shelf.load(changed, path)).toMatchObject({ card: changed, network });
    expect(shelf.get(card.weights.sha256).card).toBe(changed);
  });

  it('builds a model anew when its card says something else of the network', async () => {
    const shelf = createModelShelf(backend);
    const { card, path } = models[0]!;
    const first = await shelf.load(card, path);
    const tensors = backend.countTensors();
    const second = await shelf.load({ ...card, batchNormEpsilon: 1e-3 }, path);
    expect(second).not.toBe(first);
    expect(shelf.get(card.weights.sha256)).toBe(second);
    expect(backend.countTensors()).toBe(tensors);
  });
});
