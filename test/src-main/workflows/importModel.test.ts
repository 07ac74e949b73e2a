import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSafetensors, writeSafetensors } from '#main/chexnet/formats/safetensors';
import { createModelRegistry, type ModelRegistry } from '#main/database/modelRegistry';
import { exportModel } from '#main/workflows/exportModel';
import { importModel, type ImportModelRequest } from '#main/workflows/importModel';
import { modelLayers } from '#main/workflows/modelLayers';
import { DEMO_WEIGHTS, readDemoCard } from '#test/helpers/golden';

const ROOT = join(import.meta.dirname, '../../..');
const FIXTURES = join(ROOT, 'test/fixtures/models');
const GREY = { findings: ['A', 'B'], mean: [0.5], std: [0.25] };

let home: string;
let models: ModelRegistry;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'hilum-models-'));
  models = createModelRegistry({ home, resources: join(ROOT, 'resources') });
});
afterEach(() => rm(home, { recursive: true, force: true }));

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** The error's code and message, and what of the import is left on the disk. */
async function refusal(request: ImportModelRequest): Promise<unknown> {
  const error = await importModel(models, request).catch((thrown: unknown) => thrown);
  const { code, message } = error as { code?: string; message?: string };
  const left = existsSync(join(home, 'models')) ? await readdir(join(home, 'models')) : [];
  return { code, message, left };
}

describe('exporting a model and importing it again', () => {
  it.each([
    ['safetensors', 'safetensors'],
    ['onnx', 'ONNX'],
  ] as const)('as %s keeps every number and the card', async (format, name) => {
    const out = join(home, `demo.${format}`);
    await exportModel(models, { id: 'demo', format, out });
    const card = await importModel(models, { file: out, id: 'again' });
    const content = await readFile(models.weightsPath('again'));
    const demo = await readDemoCard();
    expect(card).toEqual({
      ...demo,
      id: 'again',
      weights: { ...demo.weights, sha256: sha256(content) },
      lineage: { format: name, file: `demo.${format}`, sha256: sha256(await readFile(out)), preset: null },
    });
    expect(await models.get('again')).toEqual(card);
    const [first, second] = [readSafetensors(await readFile(DEMO_WEIGHTS)), readSafetensors(content)];
    expect([...second.weights.keys()].toSorted()).toEqual([...first.weights.keys()].toSorted());
    const differing = [...second.weights].filter(([key, { data }]) => {
      return Buffer.compare(Buffer.from(data.buffer), Buffer.from(first.weights.get(key)!.data.buffer)) !== 0;
    });
    expect(differing).toEqual([]);
  });

  it('leaves the outputs of ImageNet out, for whoever trains from it', async () => {
    const card = await importModel(models, { file: DEMO_WEIGHTS, id: 'imagenet', preset: 'imagenet' });
    expect({ findings: card.findings, parameters: card.weights.parameters }).toEqual({
      ...{ findings: [], parameters: 6_953_856 },
    });
    const { weights } = readSafetensors(await readFile(models.weightsPath('imagenet')));
    expect(weights.get('classifier.weight')).toEqual({ shape: [0, 1024], data: new Float32Array(0) });
    expect(weights.get('features.conv0.weight')).toEqual(
      readSafetensors(await readFile(DEMO_WEIGHTS)).weights.get('features.conv0.weight'),
    );
  });

  it('writes into the card of two outputs that a softmax would have meant something else', async () => {
    const { weights } = readSafetensors(await readFile(DEMO_WEIGHTS));
    const { data } = weights.get('classifier.weight')!;
    const two = new Map(weights)
      .set('classifier.weight', { shape: [2, 1024], data: data.slice(0, 2048) })
      .set('classifier.bias', { shape: [2], data: new Float32Array(2) });
    const file = join(home, 'two.safetensors');
    await writeFile(file, writeSafetensors(two));
    const card = await importModel(models, { file, id: 'two', preset: 'chexnet', findings: ['Normal', 'Pneumonia'] });
    expect(card.limitations.join()).toContain('had they been trained with a softmax');
  });

  it('puts what was asked for beside a preset over it, and has no cut-offs', async () => {
    const request = { file: DEMO_WEIGHTS, id: 'ours', preset: 'jrzech', mean: [0, 0, 0], name: 'Ours' };
    const card = await importModel(models, request);
    expect({ ...card, weights: null, findings: card.findings.length }).toMatchObject({
      ...{ name: 'Ours', findings: 14, cutoffs: null, calibration: null, intendedUse: 'research' },
      input: { channels: 3, mean: [0, 0, 0], std: [0.229, 0.224, 0.225], resize: 'torchvision-224-centre' },
      batchNormEpsilon: 1e-5,
      lineage: { preset: 'jrzech', file: 'model.safetensors' },
      licence: 'BSD-3-Clause, Copyright (c) 2018 John Zech',
    });
  });
});

describe('what is refused', () => {
  it.each([
    ['a tiny network', 'zip.pth', { preset: 'chexnet' }, 'model/invalid', /features\.conv0\.weight has the shape/],
    ['a pickle that calls', 'hostile-eval.pth', { preset: 'chexnet' }, 'model/invalid', /__builtin__\.eval/],
    ['a file that is not there', 'none.pth', { preset: 'chexnet' }, 'file/not-found', /none\.pth/],
    ['a folder', '.', { preset: 'chexnet' }, 'file/not-found', /is a folder: name the file in it/],
    [
      'a part',
      'people/model-00001-of-00002.safetensors',
      { preset: 'chexnet' },
      'model/unsupported',
      /the whole of it/,
    ],
    ['another format', 'ORIGIN.md', { preset: 'chexnet' }, 'model/unsupported', /neither/],
  ] as const)('%s', async (_, file, given, code, message) => {
    expect(await refusal({ file: join(FIXTURES, file), id: 'x', ...given })).toEqual({
      code,
      message: expect.stringMatching(message) as string,
      left: [],
    });
  });

  it.each([
    ['nothing said', {}, 'usage/invalid', 'findings, mean, std'],
    ['findings only', { findings: ['A'] }, 'usage/invalid', 'does not say its mean, std'],
    ['another count', GREY, 'usage/invalid', 'The file has 14 outputs, and 2 findings are named.'],
    ['one channel of three', { preset: 'chexnet', mean: [0.5] }, 'usage/invalid', 'a number for each'],
    ['a finding twice', { preset: 'chexnet', findings: Array<string>(14).fill('A') }, 'usage/invalid', 'named twice'],
    ['a name with a space', { preset: 'chexnet', findings: ['A b'] }, 'usage/invalid', 'findings.0'],
    ['no deviation', { preset: 'chexnet', std: [1, 0, 1] }, 'usage/invalid', 'input.std.1'],
    ['an unknown preset', { preset: 'toString' }, 'usage/invalid', 'chexnet, arnoweng, jrzech'],
    ['a preset without findings', { preset: 'keras' }, 'usage/invalid', 'does not say its findings'],
    ['a preset of other outputs', { preset: 'torchxrayvision-nih' }, 'usage/invalid', '14 outputs, and 18 findings'],
  ] as const)('%s', async (_, given, code, message) => {
    expect(await refusal({ file: DEMO_WEIGHTS, id: 'x', ...given })).toEqual({
      code,
      message: expect.stringContaining(message) as string,
      left: [],
    });
  });

  it.each(['demo', '../x', 'X', 'x.partial'])('the id %s', async (id) => {
    expect(await refusal({ file: DEMO_WEIGHTS, id, preset: 'chexnet' })).toMatchObject({ code: 'usage/invalid' });
  });

  it('an export of weights that are not those of the card', async () => {
    await importModel(models, { file: DEMO_WEIGHTS, id: 'ours', preset: 'chexnet' });
    await writeFile(models.weightsPath('ours'), 'other');
    const out = join(home, 'out.onnx');
    const exporting = exportModel(models, { id: 'ours', format: 'onnx', out });
    await expect(exporting).rejects.toMatchObject({ code: 'model/hash-mismatch' });
    expect(existsSync(out)).toBe(false);
  });

  it('an export into a folder that is there', async () => {
    const out = join(home, 'saved');
    await exportModel(models, { id: 'demo', format: 'savedmodel', out });
    const again = exportModel(models, { id: 'demo', format: 'savedmodel', out });
    await expect(again).rejects.toMatchObject({ code: 'file/unwritable' });
    expect(await readdir(out)).toEqual(['README.txt', 'card.json', 'saved_model.pb']);
    expect((await readdir(home)).filter((name) => name.startsWith('saved'))).toEqual(['saved']);
  });

  it('an export to where nothing can be written', async () => {
    const out = join(home, 'out');
    await writeFile(out, '');
    const exporting = exportModel(models, { id: 'demo', format: 'safetensors', out: join(out, 'x') });
    await expect(exporting).rejects.toMatchObject({ code: 'file/unwritable' });
  });
});

it('lists the 242 layers of the linear head of 14: 6,968,206 trainable numbers', async () => {
  const layers = modelLayers(await readDemoCard());
  const sum = (part: 'trainable' | 'fixed'): number => layers.reduce((total, layer) => total + layer[part], 0);
  expect({ layers: layers.length, trainable: sum('trainable'), fixed: sum('fixed') }).toEqual({
    layers: 242,
    trainable: 6_968_206,
    fixed: 83_648,
  });
  expect(layers.at(-1)).toEqual({
    ...{ name: 'classifier', kind: 'linear', shape: [14, 1024] },
    ...{ trainable: 14_350, fixed: 0 },
  });
});
