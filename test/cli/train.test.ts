import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { GOLDEN_FILMS, hilum, makeFolder, startHilum, type Ended } from './hilum';

const home = await makeFolder();
const films = join(home, 'films');
const labels = join(home, 'labels.csv');
const validation = join(home, 'validation.txt');

/** NIH's table: three films of three patients; a fourth that teaches nobody is not there. */
const TABLE = `Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position
00000831_001.png,Effusion|Mass,1,831,58,F,PA
00001063_000.png,No Finding,0,1063,61,M,PA
00001582_017.png,Pneumonia,17,1582,45,M,AP
00009999_000.png,Mass,0,9999,45,M,AP
`;

const DATA = ['train', '--images', films, '--labels', labels, '--validation-patients', validation];
const HEAD = [...DATA, '--from', 'random', '--recipe', 'head', '--batch', '1'];

type Line = {
  readonly run?: {
    readonly findings: readonly string[];
    readonly data: { readonly training: { readonly films: number } };
  };
  readonly beginning?: { readonly validationLoss: number };
  readonly epoch?: { readonly epoch: number; readonly validationLoss: number };
  readonly end?: { readonly state: string; readonly model?: { readonly weights: { readonly sha256: string } } };
};

function linesOf({ stdout }: Ended): Line[] {
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);
}

beforeAll(async () => {
  await mkdir(films);
  await cp(join(GOLDEN_FILMS, 'images-256'), films, { recursive: true });
  await writeFile(labels, TABLE);
  await writeFile(validation, '1582\n');
});

describe('hilum train', () => {
  it('shows what would be trained on what, and trains nothing', async () => {
    const { code, stdout } = await hilum(home, ...HEAD, '--dry-run');
    expect(code).toBe(0);
    expect(stdout).toContain('Training: 2 films of 2 patients.');
    expect(stdout).toMatch(/^Effusion +1 +2 +1 +50\.0 %/m);
    expect(stdout).toMatch(/^learningRate +0\.001 +as the paper$/m);
    expect((await hilum(home, 'train', '--list')).stdout).toBe('There are no runs yet.\n');
  });

  it('tells which rows and files stay alone, what is left out, and what became of uncertain labels', async () => {
    const uncertain = join(home, 'uncertain.csv');
    const rows = ['00000831_001,831,1,0', '00001063_000,1063,0,-1', '00001582_017,1582,-1,-1', 'gone,7,1,1'];
    await writeFile(uncertain, `file,patient,Mass,Edema\n${rows.join('\n')}\n00000493_000,493,0,0\n`);
    for (const name of ['00000493_000.png', 'notes.txt']) await writeFile(join(films, name), 'no picture');
    const args = ['--images', films, '--labels', uncertain, '--validation-patients', validation, '--from', 'random'];
    const positive = await hilum(home, 'train', ...args, '--recipe', 'head', '--uncertain', 'positive', '--dry-run');
    for (const name of ['00000493_000.png', 'notes.txt']) await rm(join(films, name));
    expect(positive.code).toBe(0);
    expect(positive.stdout).toContain('Rows of the table without a film: 1, in line 5.\n');
    expect(positive.stdout).toContain('Files without a row: 1, notes.txt.\n');
    expect(positive.stdout).toContain('Files left out (file/unknown-format): 1, 00000493_000.png.');
    expect(positive.stdout).toContain('Uncertain labels (-1), taken for present: Mass 1, Edema 2.\n');
    const { stdout } = await hilum(home, 'train', ...args, '--recipe', 'head', '--dry-run', '--json');
    expect((JSON.parse(stdout) as { plan: unknown }).plan).toMatchObject({
      joinBy: 'file',
      rowsWithoutFilm: { count: 2, lines: [5, 6] },
      leftOut: [],
      uncertain: { policy: 'ignore', labels: { Mass: 1, Edema: 2 } },
    });
  });

  it('trains two epochs, and puts a model with its card beside the others, not active', async () => {
    const ended = await hilum(home, ...HEAD, '--epochs', '2', '--as', 'two', '--json');
    expect(ended.code).toBe(0);
    const [run, ...rest] = linesOf(ended);
    expect(run?.run?.data.training.films).toBe(2);
    const kinds = rest.map(({ beginning, epoch, end }) => (beginning ? 'beginning' : (epoch?.epoch ?? end?.state)));
    expect(kinds).toEqual(['beginning', 1, 2, 'finished']);
    const shown = await hilum(home, 'models', 'show', 'two', '--json');
    const text = await readFile(join(home, 'models', 'two', 'card.json'), 'utf8');
    expect(shown.stdout).toContain('not measured');
    expect(JSON.parse(text)).toMatchObject({
      id: 'two',
      cutoffs: null,
      intendedUse: 'research',
      training: { from: 'random initial weights', seed: 1 },
      patients: { lists: [{ role: 'trained' }, { role: 'validated' }] },
    });
    expect((await hilum(home, 'models', 'verify', 'two')).code).toBe(0);
    expect((await hilum(home, 'train', '--list')).stdout).toMatch(/^two +finished +head +random +2 +2 /m);
    expect((await hilum(home, ...HEAD, '--as', 'two')).code).toBe(2);
  });

  it.each(['tail', 'paper'])('trains %s where native TensorFlow is not installed', async (recipe) => {
    const args = ['--from', 'demo', '--recipe', recipe, '--batch', '2', '--epochs', '1', '--as', `${recipe}-wasm`];
    const ended = await hilum(home, ...DATA, ...args, '--json');
    expect(ended.code).toBe(0);
    const text = await readFile(join(home, 'models', `${recipe}-wasm`, 'card.json'), 'utf8');
    expect((JSON.parse(text) as { training: unknown }).training).toMatchObject({
      backend: expect.stringMatching(/^wasm /) as string,
      epochs: 1,
    });
  });

  it('ends with the weights of an uninterrupted run after Ctrl-C', async () => {
    const args = [...HEAD, '--epochs', '60', '--learning-rate', '0.0001', '--json'];
    const whole = linesOf(await hilum(home, ...args, '--as', 'whole'));
    const { child, ended } = startHilum(home, [...args, '--as', 'cut']);
    child.stdout!.on('data', (text: string) => {
      if (text.includes('"epoch":1,')) child.kill('SIGINT');
    });
    const cut = await ended;
    expect({ code: cut.code, end: linesOf(cut).at(-1)?.end?.state }).toEqual({ code: 130, end: 'stopped' });
    expect(cut.stderr).toContain('hilum train --resume cut');
    const resumed = await hilum(home, 'train', '--resume', 'cut', '--json');
    const sha256 = linesOf(resumed).at(-1)?.end?.model?.weights.sha256;
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(sha256).toBe(whole.at(-1)?.end?.model?.weights.sha256);
    expect((await hilum(home, 'train', '--resume', 'cut')).code).toBe(2);
  });

  it('refuses to validate on a patient whom the model was trained on, and names both', async () => {
    // Patient 75 trained the demonstration model.
    const table = TABLE.replace('1582,45', '75,45');
    await writeFile(join(home, 'leak.csv'), table);
    await writeFile(join(home, 'leak.txt'), '75\n');
    const args = ['--labels', join(home, 'leak.csv'), '--validation-patients', join(home, 'leak.txt')];
    const { code, stderr } = await hilum(
      home,
      'train',
      '--images',
      films,
      ...args,
      '--recipe',
      'head',
      '--from',
      'demo',
    );
    expect(code).toBe(2);
    expect(stderr).toMatch(/trained the model demo .*: 75 \(in line 4\)\. \[label\/leak\]/);
  });

  it.each([
    [['--recipe', 'head', '--rotation', '5'], 2, 'can flip films'],
    [['--recipe', 'head', '--split', 'missing.txt'], 2, 'missing.txt'],
    [['--recipe', 'head', '--from', 'nobody'], 5, 'nobody'],
  ])('ends %j with %i', async (args, wanted, word) => {
    const own = args.includes('--from') ? [] : ['--from', 'random'];
    const { code, stderr } = await hilum(home, 'train', '--images', films, '--labels', labels, ...own, ...args);
    expect({ code, said: stderr.includes(word) }).toEqual({ code: wanted, said: true });
  });

  it.each([
    [['train'], '--images'],
    [['train', '--recipe', 'other'], 'paper'],
    [['train', '--epochs', '0'], '1 to 1000'],
    [['train', '--resume', 'nothing'], 'nothing'],
  ])('ends %j with 2', async (args, word) => {
    const { code, stderr } = await hilum(home, ...args);
    expect({ code, said: stderr.includes(word) }).toEqual({ code: 2, said: true });
  });
});
