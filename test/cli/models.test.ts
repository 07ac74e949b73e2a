import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ModelsComparison } from '#main/contract/comparison';
import { FIXTURES, hilum, makeFolder } from './hilum';

const folder = await makeFolder();
const MODELS = join(FIXTURES, 'models');

describe('hilum models', () => {
  it('exports, imports and shows, and activates nothing that was not tested here', async () => {
    const file = join(folder, 'demo.onnx');
    const exported = await hilum(folder, 'models', 'export', 'demo', '--format', 'onnx', '--out', file);
    const imported = await hilum(folder, 'models', 'import', file, '--as', 'copy', '--name', 'Copy', '--json');
    const activated = await hilum(folder, 'models', 'activate', 'copy');
    expect([exported.code, imported.code, activated.code]).toEqual([0, 0, 5]);
    expect(activated.stderr).toContain('[model/not-accepted]');
    expect(JSON.parse(imported.stdout)).toMatchObject({ model: { id: 'copy', name: 'Copy' } });
    expect((await hilum(folder, 'models', 'show', 'copy')).stdout).toMatch(/^copy 1: Copy\n/);
    const layers = await hilum(folder, 'models', 'show', 'copy', '--layers');
    expect(layers.stdout).toContain('242 layers, 6,968,206 trainable parameters, 83,648 running statistics');
    expect((await hilum(folder, 'models', 'rollback')).code).toBe(5);
  }, 120_000);

  it('compares two models on the same films, in words, as JSON and as a table that it may write again', async () => {
    const file = join(folder, 'demo.safetensors');
    await hilum(folder, 'models', 'export', 'demo', '--format', 'safetensors', '--out', file);
    await hilum(folder, 'models', 'import', file, '--as', 'second');
    const films = join(FIXTURES, 'golden', 'films', 'images-256');
    const out = join(folder, 'compared.csv');
    const args = ['models', 'compare', 'demo', 'second', '--images', films];
    const said = await hilum(folder, ...args, '--out', out);
    expect({ code: said.code, errors: said.stderr }).toEqual({ code: 0, errors: '' });
    expect(said.stdout).toMatch(/demo and second on 3 films, patients unknown\n/);
    expect(said.stdout).toMatch(/^Effusion +1\.000 +1\.000 +0\.000 +0\.000 /m);
    const again = await hilum(folder, ...args, '--out', out, '--json');
    const { films: compared } = JSON.parse(again.stdout) as ModelsComparison;
    const rows = (await readFile(out, 'utf8')).trimEnd().split('\n');
    expect(rows.slice(1).map((row) => row.split(',')[1])).toEqual(compared.map(({ contentSha256 }) => contentSha256));
    const refused = await hilum(folder, ...args, '--out', file);
    expect({ code: refused.code, said: refused.stderr.includes('would overwrite') }).toEqual({ code: 2, said: true });
  }, 120_000);

  it('names every fault of a file, and takes nothing over', async () => {
    const home = await makeFolder();
    const args = ['models', 'import', join(MODELS, 'zip.pth'), '--as', 'tiny', '--preset', 'chexnet'];
    const { code, stdout, stderr } = await hilum(home, ...args);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toContain('\n       features.norm0.bias has the shape [4] instead of [64].\n');
    expect(stderr).toContain('\n       features.denseblock4.denselayer16.conv2.weight is missing.\n');
    expect(await readdir(home)).toEqual([]);
  });

  it('does not execute a pickle', async () => {
    const file = join(MODELS, 'hostile-system.pth');
    const { code, stderr } = await hilum(folder, 'models', 'import', file, '--as', 'evil', '--preset', 'chexnet');
    expect({ code, called: existsSync('executed') }).toEqual({ code: 3, called: false });
    expect(stderr).toContain('it names posix.system, which is refused. [model/invalid]');
  });

  it.each([
    [['import', 'x.pth'], '--as'],
    [['import', 'x.pth', '--as', 'x', '--preset', 'other'], 'chexnet'],
    [['import', 'x.pth', '--as', 'x', '--mean', '1,two'], 'numbers'],
    [['export', 'demo', '--out', 'x', '--format', 'caffe'], 'onnx'],
    [['export', 'demo', '--format', 'onnx'], '--out'],
  ])('ends %j with 2', async (args, word) => {
    const { code, stderr } = await hilum(folder, 'models', ...args);
    expect({ code, said: stderr.includes(word) }).toEqual({ code: 2, said: true });
  });
});
