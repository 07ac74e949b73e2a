/**
 * What other tools make of our exports. TensorFlow is the engine's native pack; the script beside the fixtures asks
 * PyTorch, onnxruntime and TensorFlow's Python too, where HILUM_PYTHON names one that has any of them.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FILM, OUTPUTS } from '#main/chexnet/network/graph/inferenceGraph';
import { SERVE } from '#main/chexnet/network/graph/savedModel';
import { normalise } from '#main/chexnet/preprocess/preprocess';
import { NOTICE } from '#main/contract/prediction';
import { createModelRegistry } from '#main/database/modelRegistry';
import { loadBinding } from '#main/engine/backends/tensorflow/binding';
import { EXPORT_FORMATS, exportModel } from '#main/workflows/exportModel';
import { buildProcess } from '#test/helpers/buildProcess';
import { largestDifference, readDemoCard, readGoldenFilms } from '#test/helpers/golden';
import { findNativeAddon } from '#test/helpers/nativePack';
import { ROOT } from '../../scripts/bundle.mjs';

const addon = await findNativeAddon(await buildProcess('engine'));
const python = process.env['HILUM_PYTHON'];

describe('our exports', { timeout: 120_000 }, () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hilum-exports-'));
    const models = createModelRegistry({ home: join(folder, 'home'), resources: join(ROOT, 'resources') });
    for (const format of EXPORT_FORMATS)
      await exportModel(models, { id: 'demo', format, out: join(folder, `demo.${format}`) });
  }, 60_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(EXPORT_FORMATS)('say in %s that they are not for diagnosis', async (format) => {
    const out = join(folder, `demo.${format}`);
    const words = await readFile(format === 'savedmodel' ? join(out, 'README.txt') : out, 'latin1');
    expect(words).toContain(NOTICE);
  });

  it('carry the card beside a SavedModel, and say what is not in its graph', async () => {
    const saved = join(folder, 'demo.savedmodel');
    expect(JSON.parse(await readFile(join(saved, 'card.json'), 'utf8'))).toEqual(await readDemoCard());
    const words = await readFile(join(saved, 'README.txt'), 'utf8');
    expect(words).toContain('film: [n,224,224,3] float32, after the preprocessing below, which is not in the graph');
  });

  it.skipIf(addon === null)(
    "give PyTorch's probabilities in TensorFlow, from the folder that was written",
    async () => {
      const [card, films] = await Promise.all([readDemoCard(), readGoldenFilms()]);
      const binding = loadBinding(addon!, 2);
      const graph = binding.loadSavedModel(join(folder, 'demo.savedmodel'), SERVE);
      const inputs = films.map(({ input }) => input);
      const film = binding.createTensor([films.length, 224, 224, 3], binding.TF_FLOAT, normalise(inputs, card.input));
      const [output] = binding.runSavedModel(graph, [film], `${FILM}:0`, `${OUTPUTS.probabilities}:0`);
      const said = binding.tensorDataSync(output!.id);
      const expected = films.flatMap(({ probabilities }) => probabilities);
      expect(largestDifference(said, expected)).toBeLessThan(1e-5);
    },
  );

  it.skipIf(python === undefined)("give PyTorch's probabilities in the tools of HILUM_PYTHON", async () => {
    const script = join(ROOT, 'test', 'fixtures', 'make', 'checkExports.py');
    const { stdout } = await promisify(execFile)(python!, [script, folder]);
    const found = Object.values(JSON.parse(stdout) as Record<string, { tool: string; worst: number }>);
    expect(found.length).toBeGreaterThan(0);
    for (const { worst } of found) expect(worst).toBeLessThan(1e-5);
  });
});
