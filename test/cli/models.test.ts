import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
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
