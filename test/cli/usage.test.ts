import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../scripts/bundle.mjs';
import { readDemoCard } from '#test/helpers/golden';
import { hilum, makeFolder, startHilum } from './hilum';

const folder = await makeFolder();

const COMMANDS = [
  'analyse',
  'triage',
  'watch',
  'inspect',
  'evaluate',
  'reviews',
  'train',
  'models',
  'urgency',
  'engine',
];

describe('hilum', () => {
  it.each([
    [['triage', '--bogus', '.'], 'unknown option'],
    [['tirage', '.'], 'Did you mean triage?'],
    [['triage'], 'missing required argument'],
    [['triage', '.', '--jobs', 'many'], '1 to 64'],
    [['triage', '.', '--out', '-', '--json'], 'standard output'],
    [['triage', '.', '--out', '/no/such/folder/x.csv'], 'can not be written'],
    [['inspect', 'one', 'two'], 'too many arguments'],
    [['help', 'nope'], 'There is no command nope; there are: analyse, triage,'],
    [['models', 'help', 'nope'], 'There is no command nope; there are: list, show,'],
  ])('ends %j with 2 and one sentence', async (args, sentence) => {
    const { code, stdout, stderr } = await hilum(folder, ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^hilum: .* \[usage\/invalid\]\n/);
    expect(stderr).toContain(sentence);
  });

  it('changes the urgency of findings for the rule that it prints, and takes it back', async () => {
    const home = await makeFolder();
    const changed = await hilum(home, 'urgency', 'set', 'Mass=1', 'Pneumothorax=none');
    expect({ code: changed.code, mass: changed.stdout.includes('tier 1: Mass\n') }).toEqual({ code: 0, mass: true });
    const help = await hilum(home, 'triage', '--help');
    expect(help.stdout).toContain('tier 1: Mass\n');
    expect(help.stdout).toContain('raises nothing: Pneumothorax, Hernia\n');
    for (const wrong of ['Mass', 'Mass=4', 'Masses=1']) {
      expect((await hilum(home, 'urgency', 'set', wrong)).code).toBe(2);
    }
    await hilum(home, 'urgency', 'reset');
    const { tiers } = JSON.parse((await hilum(home, 'urgency', '--json')).stdout) as { tiers: Record<string, unknown> };
    expect([tiers['Pneumothorax'], tiers['Mass'], tiers['Hernia']]).toEqual([1, 3, null]);
  });

  it('shows help with examples for every command that it lists', async () => {
    const { code, stdout } = await hilum(folder, '--help');
    const listed = [...stdout.matchAll(/^ {2}([a-z]+)(?: \[| <| {2})/gm)].map(([, name = '']) => name);
    expect({ code, listed: listed.filter((name) => name !== 'help') }).toEqual({
      code: 0,
      listed: COMMANDS,
    });
    for (const name of COMMANDS) {
      const help = await hilum(folder, 'help', name);
      expect({ code: help.code, examples: help.stdout.includes('Examples:') }).toEqual({ code: 0, examples: true });
    }
  });

  it('ends with 5 and a sentence where there is no model at all', async () => {
    const resources = { HILUM_RESOURCES: folder };
    for (const command of ['list', 'verify']) {
      const { code, stderr } = await startHilum(folder, ['models', command], resources).ended;
      expect({ code, stderr }).toEqual({ code: 5, stderr: expect.stringContaining('[model/not-found]') as string });
    }
  });

  it('prints the rule of priority', async () => {
    const { stdout } = await hilum(folder, 'triage', '--help');
    expect(stdout).toContain('priority = (4 - tier) + e / (1 + e)');
    expect(stdout).toContain('tier 1: Pneumothorax\n');
  });

  it('prints the version of the package', async () => {
    const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(await hilum(folder, '--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('ends with 5 where the model is not there', async () => {
    const { code, stderr } = await hilum(folder, 'triage', '.', '--model', 'no-such', '--no-store');
    expect({ code, said: stderr.includes('[model/not-found]') }).toEqual({ code: 5, said: true });
  });
});

describe('hilum models', () => {
  it('lists, shows and verifies the model that comes with it', async () => {
    const card = await readDemoCard();
    const list = await hilum(folder, 'models', 'list', '--json');
    expect(JSON.parse(list.stdout)).toMatchObject({
      models: [{ id: 'demo', active: true, builtIn: true, weightsSha256: card.weights.sha256, problem: null }],
    });
    const show = await hilum(folder, 'models', 'show', '--json');
    expect(JSON.parse(show.stdout)).toMatchObject(card);
    const verify = await hilum(folder, 'models', 'verify', '--json');
    expect(JSON.parse(verify.stdout)).toEqual({ models: [{ id: 'demo', ok: true, code: '', reason: '' }] });
    expect([list.code, show.code, verify.code]).toEqual([0, 0, 0]);
  });
});

describe('hilum engine', () => {
  it('tells which backends there are and that their numbers are right', async () => {
    const { code, stdout } = await hilum(folder, 'engine', '--bench', '--json');
    const { backends, chosen } = JSON.parse(stdout) as {
      backends: { id: string; available: boolean; selfTestMaxDifference: number; millisecondsPerFilm: number }[];
      chosen: string;
    };
    expect({ code, ids: backends.map(({ id }) => id), chosen }).toEqual({
      code: 0,
      ids: ['tensorflow', 'wasm'],
      chosen: 'wasm',
    });
    const wasm = backends.find(({ id }) => id === 'wasm');
    expect(wasm?.selfTestMaxDifference).toBeLessThan(1e-4);
    expect(wasm?.millisecondsPerFilm).toBeGreaterThan(0);
  });
});
