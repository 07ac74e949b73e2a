/** kill -9 in the middle of a batch of native TensorFlow, as the out-of-memory killer does it. */
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { forkChild } from '#main/channel/forkChild';
import type { NetworkPixels } from '#main/contract/networkFilm';
import { createEngineHost } from '#main/engine/host/engineHost';
import { createBatchAnalysis } from '#main/workflows/batchAnalysis';
import { buildProcess } from '#test/helpers/buildProcess';
import { DEMO_WEIGHTS, largestDifference, readDemoCard, readGoldenFilms } from '#test/helpers/golden';
import { findNativeAddon } from '#test/helpers/nativePack';
import { ROOT } from '../../../scripts/bundle.mjs';

const engineFile = await buildProcess('engine');
const addon = await findNativeAddon(engineFile);

describe.skipIf(addon === null)('a batch on native TensorFlow whose engine is killed', { timeout: 120_000 }, () => {
  it('is done after the restart, no film twice or never', async () => {
    const env = { ...process.env, HILUM_RESOURCES: join(ROOT, 'resources') };
    const findAddon = (): Promise<string | null> => Promise.resolve(addon);
    const host = createEngineHost({
      start: () => forkChild(engineFile, env),
      wanted: 'tensorflow',
      threads: 1,
      findAddon,
    });
    try {
      await host.use(await readDemoCard(), DEMO_WEIGHTS);
      const golden = await readGoldenFilms();
      const films = [...golden, ...golden].map(({ input, probabilities }) => ({
        input: Uint8Array.from(input),
        probabilities,
      }));
      const timesAnswered = new Map<NetworkPixels, number>(films.map(({ input }) => [input, 0]));
      const batchSizes: number[] = [];
      const analysis = createBatchAnalysis(
        {
          analyse: async (inputs, options) => {
            batchSizes.push(inputs.length);
            const reply = host.analyse(inputs, options);
            // The second batch is under way: its first films are computed, its last are not.
            if (batchSizes.length === 2) void wait(60).then(() => process.kill(host.pid!, 'SIGKILL'));
            await reply;
            for (const input of inputs) timesAnswered.set(input, timesAnswered.get(input)! + 1);
            return reply;
          },
        },
        8,
      );
      const answers = await Promise.all(films.map(({ input }) => analysis.analyse(input, { maps: true })));
      const worst = Math.max(
        ...answers.map((answer, i) => largestDifference(answer.probabilities, films[i]!.probabilities)),
      );
      expect(worst).toBeLessThan(1e-5);
      expect(answers.every(({ backend }) => backend.startsWith('tensorflow'))).toBe(true);
      expect({ restarts: host.status().restarts, answered: [...timesAnswered.values()], batchSizes }).toEqual({
        restarts: 1,
        answered: films.map(() => 1),
        // Those of the killed batch are tried again alone.
        batchSizes: [8, 8, ...Array<number>(8).fill(1), 8],
      });
    } finally {
      await host.close();
    }
  });
});
