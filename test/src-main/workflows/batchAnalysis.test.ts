import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { AppError } from '#main/contract/errors';
import { createBatchAnalysis, type BatchEngine } from '#main/workflows/batchAnalysis';

/** An engine whose number for a film is the film's first byte; 13 crashes it, always or once. */
function engine(options: { crashes?: number } = {}): BatchEngine & { readonly batches: number[][] } {
  let crashesLeft = options.crashes ?? 0;
  const batches: number[][] = [];
  return {
    batches,
    analyse: async (inputs, { maps }) => {
      const films = inputs.map((input) => input[0] ?? -1);
      batches.push(films);
      await wait(5);
      if (films.includes(13) && crashesLeft-- > 0) throw new AppError('engine/crashed', 'The engine process ended.');
      const answer = (film: number) => ({
        probabilities: Float32Array.of(film),
        maps: maps ? new Float32Array(49).fill(film) : null,
      });
      return { films: films.map(answer), backend: 'test', milliseconds: 10 * films.length };
    },
  };
}

function film(value: number): Uint8Array {
  return Uint8Array.of(value);
}

describe('createBatchAnalysis', () => {
  it('puts films that wait together into one batch, no larger than it may be', async () => {
    const asked = engine();
    const { analyse } = createBatchAnalysis(asked, 4);
    const answers = await Promise.all([1, 2, 3, 4, 5, 6].map((value) => analyse(film(value), { maps: false })));
    expect(asked.batches).toEqual([
      [1, 2, 3, 4],
      [5, 6],
    ]);
    expect(answers.map(({ probabilities }) => probabilities[0])).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('gives each film its share of the time, and maps only to those who asked', async () => {
    const { analyse } = createBatchAnalysis(engine(), 4);
    const [first, second] = await Promise.all([analyse(film(1), { maps: true }), analyse(film(2), { maps: false })]);
    expect([first.milliseconds, first.maps?.[0], second.maps]).toEqual([10, 1, null]);
  });

  it('tries the films of a crashed batch once more, each alone', async () => {
    const asked = engine({ crashes: 1 });
    const { analyse } = createBatchAnalysis(asked, 4);
    const answers = await Promise.all([12, 13, 14].map((value) => analyse(film(value), { maps: false })));
    expect(answers.map(({ probabilities }) => probabilities[0])).toEqual([12, 13, 14]);
    expect(asked.batches).toEqual([[12, 13, 14], [12], [13], [14]]);
  });

  it('gives up a film that crashes the engine twice, and that film alone', async () => {
    const asked = engine({ crashes: 99 });
    const { analyse } = createBatchAnalysis(asked, 4);
    const ends = await Promise.allSettled([12, 13, 14].map((value) => analyse(film(value), { maps: false })));
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(ends[1]).toMatchObject({ reason: { code: 'engine/crashed' } });
  });

  it('passes any other error to every film of the batch without another try', async () => {
    const broken: BatchEngine = {
      analyse: () => Promise.reject(new AppError('engine/unavailable', 'No engine works here.')),
    };
    const { analyse } = createBatchAnalysis(broken, 4);
    const ends = await Promise.allSettled([1, 2].map((value) => analyse(film(value), { maps: false })));
    expect(ends).toMatchObject([
      { reason: { code: 'engine/unavailable' } },
      { reason: { code: 'engine/unavailable' } },
    ]);
  });

  it('lets a film that is cancelled go at once, and never computes one that still waited', async () => {
    const asked = engine();
    const { analyse } = createBatchAnalysis(asked, 1);
    const controller = new AbortController();
    const first = analyse(film(1), { maps: false });
    const second = analyse(film(2), { maps: false, signal: controller.signal });
    controller.abort();
    await expect(second).rejects.toMatchObject({ code: 'task/cancelled' });
    await first;
    await wait(20);
    expect(asked.batches).toEqual([[1]]);
  });
});
