/**
 * Work on a stream with a bound: at most `limit` items are in hand, so that a folder of any size costs the same
 * memory, and decoding goes on while the network computes.
 */

/** Yields results as they are done, or in the order of the source where `inOrder` is asked for. */
export async function* mapConcurrently<In, Out>(
  source: AsyncIterable<In> | Iterable<In>,
  limit: number,
  work: (item: In) => Promise<Out>,
  { inOrder = false } = {},
): AsyncGenerator<Out> {
  type Running = Promise<{ readonly self: Running; readonly value: Out }>;
  const running = new Set<Running>();
  async function takeOne(): Promise<Out> {
    // A Set keeps the order of insertion: its first member is the oldest.
    const [oldest] = running;
    const { self, value } = await (inOrder && oldest !== undefined ? oldest : Promise.race(running));
    running.delete(self);
    return value;
  }
  try {
    for await (const item of source) {
      if (running.size >= limit) yield await takeOne();
      const task: Running = work(item).then((value) => ({ self: task, value }));
      // One that fails while another is awaited is reported by the next `takeOne`, not as unhandled.
      task.catch(() => undefined);
      running.add(task);
    }
    while (running.size > 0) yield await takeOne();
  } finally {
    await Promise.allSettled(running);
  }
}
