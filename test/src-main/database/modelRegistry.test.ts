import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ModelCard } from '#main/contract/card';
import { createModelRegistry } from '#main/database/modelRegistry';
import { makeFolder } from './openTestDatabase';

const RESOURCES = join(import.meta.dirname, '../../../resources');
const DEMO = JSON.parse(readFileSync(join(RESOURCES, 'models/demo/card.json'), 'utf8')) as ModelCard;
const WEIGHTS = 'these are weights';

function addModel(home: string, folder: string, card: unknown, weights: string | null = WEIGHTS): void {
  const path = join(home, 'models', folder);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'card.json'), typeof card === 'string' ? card : JSON.stringify(card));
  if (weights !== null) writeFileSync(join(path, 'model.safetensors'), weights);
}

function cardOf(id: string, changes: Partial<ModelCard> = {}): ModelCard {
  const sha256 = createHash('sha256').update(WEIGHTS).digest('hex');
  return { ...DEMO, id, weights: { ...DEMO.weights, sha256 }, ...changes };
}

function registryOf(home: string): ReturnType<typeof createModelRegistry> {
  return createModelRegistry({ home, resources: RESOURCES });
}

test('the demonstration model is there and active from the start, and its weights are those of its card', async () => {
  const home = makeFolder();
  const models = registryOf(home);
  expect((await models.active()).id).toBe('demo');
  expect((await models.list()).map(({ id, builtIn, active, problem }) => ({ id, builtIn, active, problem }))).toEqual([
    { id: 'demo', builtIn: true, active: true, problem: null },
  ]);
  await models.verify('demo');
  expect(models.weightsPath('demo')).toBe(join(RESOURCES, 'models/demo/model.safetensors'));
  // Looking writes nothing.
  expect(readdirSync(home)).toEqual([]);
});

test('what is chosen stays chosen, and nothing unfinished lies beside it', async () => {
  const home = makeFolder();
  addModel(home, 'ours', cardOf('ours'));
  await registryOf(home).activate('ours');
  const models = registryOf(home);
  expect((await models.active()).id).toBe('ours');
  expect((await models.list()).map(({ id, active }) => [id, active])).toEqual([
    ['demo', false],
    ['ours', true],
  ]);
  expect(readdirSync(join(home, 'models')).sort()).toEqual(['active.json', 'ours']);
  await expect(models.activate('other')).rejects.toMatchObject({ code: 'model/not-found' });
  expect((await models.active()).id).toBe('ours');
});

test('rolling back goes through the models of before, to the first', async () => {
  const home = makeFolder();
  addModel(home, 'one', cardOf('one'));
  addModel(home, 'two', cardOf('two'));
  const models = registryOf(home);
  await expect(models.rollback()).rejects.toMatchObject({ code: 'model/not-found' });
  for (const id of ['one', 'two', 'two']) await models.activate(id);
  expect((await models.previous()).id).toBe('one');
  await models.rollback();
  expect((await models.active()).id).toBe('one');
  rmSync(join(home, 'models/one'), { recursive: true });
  await models.rollback();
  expect((await models.active()).id).toBe('demo');
  await expect(models.rollback()).rejects.toMatchObject({ code: 'model/not-found' });
});

test('rolling back to a model that is gone leaves the choice as it is', async () => {
  const home = makeFolder();
  addModel(home, 'one', cardOf('one'));
  addModel(home, 'two', cardOf('two'));
  const models = registryOf(home);
  await models.activate('one');
  await models.activate('two');
  rmSync(join(home, 'models/one'), { recursive: true });
  await expect(models.rollback()).rejects.toMatchObject({ code: 'model/not-found' });
  expect((await models.active()).id).toBe('two');
});

test('a note that can not be read is mended by choosing', async () => {
  const home = makeFolder();
  addModel(home, 'ours', cardOf('ours'));
  writeFileSync(join(home, 'models/active.json'), '{"acti');
  await registryOf(home).activate('ours');
  expect((await registryOf(home).active()).id).toBe('ours');
});

test('a model is added whole, beside the others, and never over one', async () => {
  const home = makeFolder();
  const models = registryOf(home);
  const weights = new TextEncoder().encode(WEIGHTS);
  // What a crash has left.
  mkdirSync(join(home, 'models/ours.partial'), { recursive: true });
  writeFileSync(join(home, 'models/ours.partial/model.safetensors'), 'half');
  expect((await models.list()).map(({ id }) => id)).toEqual(['demo']);
  await models.add(cardOf('ours'), weights);
  await models.verify('ours');
  expect(readdirSync(join(home, 'models'))).toEqual(['ours']);
  for (const id of ['ours', 'demo', '../up', 'x.partial', 'A']) {
    await expect(models.add(cardOf(id), weights)).rejects.toMatchObject({ code: 'usage/invalid' });
  }
  expect(readdirSync(join(home, 'models'))).toEqual(['ours']);
});

test('where nothing can be written, nothing is left', async () => {
  const home = makeFolder();
  writeFileSync(join(home, 'models'), 'a file where the folder should be');
  const adding = registryOf(home).add(cardOf('ours'), new Uint8Array(1));
  await expect(adding).rejects.toMatchObject({ code: 'file/unwritable' });
  expect(readdirSync(home)).toEqual(['models']);
});

test('a chosen model that is gone is missed, not silently replaced', async () => {
  const home = makeFolder();
  mkdirSync(join(home, 'models'));
  writeFileSync(join(home, 'models/active.json'), '{"active":"gone"}');
  await expect(registryOf(home).active()).rejects.toMatchObject({ code: 'model/not-found' });
  writeFileSync(join(home, 'models/active.json'), '{"acti');
  await expect(registryOf(home).active()).rejects.toMatchObject({ code: 'model/invalid' });
  expect((await registryOf(home).list()).map(({ id, active }) => [id, active])).toEqual([['demo', false]]);
});

test('broken models are listed with what is wrong, and can not be used', async () => {
  const home = makeFolder();
  addModel(home, 'a-cut', '{"schema": 1,');
  addModel(home, 'b-field', { ...cardOf('b-field'), architecture: 'resnet50' });
  addModel(home, 'c-name', cardOf('another'));
  addModel(home, 'd-light', cardOf('d-light'), null);
  addModel(home, 'demo', cardOf('demo'));
  mkdirSync(join(home, 'models/e-empty'));
  const models = registryOf(home);
  const listed = (await models.list()).map(({ id, builtIn, card, problem }) => [
    id,
    builtIn,
    card?.id ?? problem?.message,
  ]);
  expect(listed).toEqual([
    ['demo', true, 'demo'],
    ['a-cut', false, expect.stringMatching(/^The model a-cut can not be used: card\.json, as a whole: /)],
    ['b-field', false, expect.stringMatching(/^The model b-field can not be used: card\.json, architecture: /)],
    ['c-name', false, 'The model c-name can not be used: its card is that of another.'],
    ['d-light', false, 'The model d-light can not be used: there are no weights beside its card.'],
    ['demo', false, 'The model demo can not be used: a model that comes with Hilum has the same id.'],
    ['e-empty', false, 'The model e-empty can not be used: there is no card.json.'],
  ]);
  for (const id of ['a-cut', 'b-field', 'c-name', 'd-light', 'e-empty']) {
    await expect(models.get(id)).rejects.toMatchObject({ code: 'model/invalid', details: { model: id } });
  }
});

test.each(['../demo', '..', '', 'a/b', 'DEMO', 'x'.repeat(65), 'nothing'])('no model is named %j', async (id) => {
  const models = registryOf(makeFolder());
  await expect(models.get(id)).rejects.toMatchObject({ code: 'model/not-found' });
});

test('weights that are not those of the card are told apart', async () => {
  const home = makeFolder();
  addModel(home, 'ours', cardOf('ours'), `${WEIGHTS}!`);
  await expect(registryOf(home).verify('ours')).rejects.toMatchObject({
    code: 'model/hash-mismatch',
    details: { model: 'ours', expected: createHash('sha256').update(WEIGHTS).digest('hex') },
  });
});

test('verifying can be cancelled', async () => {
  await expect(registryOf(makeFolder()).verify('demo', AbortSignal.abort())).rejects.toMatchObject({
    code: 'task/cancelled',
  });
});
