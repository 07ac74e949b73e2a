/** Models of other origins, from their file to the numbers of a film: what their own code says of it. */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSafetensors, writeSafetensors } from '#main/chexnet/formats/safetensors';
import { MODEL_PRESETS } from '#main/chexnet/formats/presets';
import type { Tensor } from '#main/chexnet/network/weights';
import { DEMO_WEIGHTS, largestDifference } from '#test/helpers/golden';
import { FIXTURES, GOLDEN_FILMS, hilum, makeFolder, reportsOf } from './hilum';

const home = await makeFolder();

/** Of fixtures/make/makeOrigins.py: preset → film → probabilities in the order of the findings. */
const { probabilities: said } = JSON.parse(readFileSync(join(FIXTURES, 'origins/origins.json'), 'utf8')) as {
  probabilities: Record<string, Record<string, number[]>>;
};
const FILMS: Readonly<Record<string, string>> = {
  'images-1024/00000493_000.png': join(GOLDEN_FILMS, 'images-1024/00000493_000.png'),
  'wide.png': join(FIXTURES, 'origins/wide.png'),
};

/** The script's network of one channel and 18 outputs. */
function oneChannel(): Uint8Array {
  const { weights } = readSafetensors(readFileSync(DEMO_WEIGHTS));
  const changed = new Map<string, Tensor>(weights);
  const { data } = weights.get('features.conv0.weight')!;
  const grey = Float32Array.from({ length: 64 * 49 }, (_, i) => {
    const [filter, tap] = [Math.floor(i / 49), i % 49];
    const sum = [0, 1, 2].reduce((total, channel) => total + data[(filter * 3 + channel) * 49 + tap]!, 0);
    return sum / (2048 * 0.225);
  });
  changed.set('features.conv0.weight', { shape: [64, 1, 7, 7], data: grey });
  for (const name of ['classifier.weight', 'classifier.bias']) {
    const { shape, data: rows } = weights.get(name)!;
    const first = rows.subarray(0, (4 * rows.length) / 14);
    changed.set(name, { shape: [18, ...shape.slice(1)], data: Float32Array.of(...rows, ...first) });
  }
  return writeSafetensors(changed, { format: 'pt' });
}

describe('a model of another origin', { timeout: 120_000 }, () => {
  it.each(Object.keys(said))('%s says of a film what its own code says', async (preset) => {
    const isGrey = preset.startsWith('torchxrayvision');
    const file = isGrey ? join(home, 'grey.safetensors') : DEMO_WEIGHTS;
    if (isGrey) await writeFile(file, oneChannel());
    const imported = await hilum(home, 'models', 'import', file, '--as', preset, '--preset', preset);
    expect({ code: imported.code, stderr: imported.code === 0 ? '' : imported.stderr }).toEqual({
      code: 0,
      stderr: '',
    });
    const analysed = await hilum(home, 'analyse', ...Object.values(FILMS), '--model', preset, '--json');
    const findings = MODEL_PRESETS[preset]!.findings!;
    const reports = reportsOf(analysed.stdout);
    const differences = Object.keys(FILMS).map((film, index) => {
      const probabilities = reports[index]?.probabilities ?? {};
      expect(Object.keys(probabilities)).toEqual(findings);
      // Probabilities are printed with six decimals.
      return largestDifference(Object.values(probabilities), said[preset]![film]!);
    });
    expect(Math.max(...differences)).toBeLessThan(1e-5);
  });

  it('with other findings than ours flags nothing that was not measured here', async () => {
    const film = FILMS['wide.png']!;
    const { code, stdout } = await hilum(
      home,
      'triage',
      film,
      '--model',
      'torchxrayvision-all',
      '--no-store',
      '--json',
    );
    const [report] = reportsOf(stdout);
    expect({ code, status: report?.status, priority: report?.priority }).toEqual({
      code: 0,
      status: 'ok',
      priority: 0,
    });
    expect(report?.priorityReason).toMatch(/^no flag; not measured: .*Enlarged_Cardiomediastinum/);
  });
});
