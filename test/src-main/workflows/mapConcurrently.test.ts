import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { mapConcurrently } from '#main/workflows/mapConcurrently';

async function gather<Value>(values: AsyncIterable<Value>): Promise<Value[]> {
  const gathered: Value[] = [];
  for await (const value of values) gathered.push(value);
  return gathered;
}

describe('mapConcurrently', () => {
  it('yields results as they are done', async () => {
    const delays = [60, 1, 20];
    const work = async (delay: number): Promise<number> => (await wait(delay), delay);
    expect(await gather(mapConcurrently(delays, 3, work))).toEqual([1, 20, 60]);
  });

  it('keeps the order of the source where that is asked for', async () => {
    const delays = [30, 1, 10, 0];
    const work = async (delay: number): Promise<number> => (await wait(delay), delay);
    expect(await gather(mapConcurrently(delays, 2, work, { inOrder: true }))).toEqual(delays);
  });

  it('never has more in hand than it may, and takes no more from the source than it has in hand', async () => {
    let inHand = 0;
    let most = 0;
    let taken = 0;
    function* source(): Generator<number> {
      for (; taken < 40; taken++) yield taken;
    }
    const work = async (item: number): Promise<number> => {
      most = Math.max(most, ++inHand);
      await wait(item % 3);
      inHand--;
      return item;
    };
    const results = mapConcurrently(source(), 5, work);
    await results.next();
    expect(taken).toBeLessThanOrEqual(6);
    const rest = await gather(results);
    expect({ most, count: rest.length + 1 }).toEqual({ most: 5, count: 40 });
  });

  it('yields a result while the source has not brought the next item yet', async () => {
    async function* source(): AsyncGenerator<number> {
      yield 1;
      await wait(10_000, undefined, { ref: false });
    }
    const results = mapConcurrently(source(), 5, (item) => Promise.resolve(item));
    expect(await Promise.race([results.next(), wait(1000)])).toEqual({ done: false, value: 1 });
  });

  it('passes a failure on, after what was running has ended', async () => {
    let running = 0;
    const work = async (item: number): Promise<number> => {
      running++;
      await wait(item);
      running--;
      if (item === 5) throw new Error('five');
      return item;
    };
    await expect(gather(mapConcurrently([5, 30, 30], 3, work))).rejects.toThrow('five');
    expect(running).toBe(0);
  });
});
