/**
 * Work on a stream with a bound: at most `limit` items are in hand, so that a folder of any size costs the same
 * memory, and decoding goes on while the network computes.
 */

/**
 * Yields each result as soon as it is there, or in the order of the source where `inOrder` is asked for. A failure
 * ends it, after what is running has ended.
 */
export async function* mapConcurrently<In, Out>(
  source: AsyncIterable<In> | Iterable<In>,
  limit: number,
  work: (item: In) => Promise<Out>,
  { inOrder = false } = {},
): AsyncGenerator<Out> {
  const items = toAsync(source);
  // A Set keeps the order of insertion: its first member is the oldest.
  const running = new Set<Promise<Done<Out>>>();
  let next: Promise<IteratorResult<In, unknown>> | null = met(items.next());
  try {
    while (next !== null || running.size > 0) {
      const awaited = inOrder ? [...running].slice(0, 1) : [...running];
      const event = await Promise.race<Done<Out> | IteratorResult<In, unknown>>(
        next !== null && running.size < limit ? [...awaited, next] : awaited,
      );
      if ('task' in event) {
        running.delete(event.task);
        yield event.value;
      } else if (event.done === true) {
        next = null;
      } else {
        running.add(start(work, event.value));
        next = met(items.next());
      }
    }
  } finally {
    await Promise.allSettled([...running, next]);
    await items.return(undefined);
  }
}

type Done<Out> = { readonly task: Promise<Done<Out>>; readonly value: Out };

function start<In, Out>(work: (item: In) => Promise<Out>, item: In): Promise<Done<Out>> {
  const task: Promise<Done<Out>> = met(work(item).then((value) => ({ task, value })));
  return task;
}

/** A promise that fails while others are awaited is met by the next race; it must not be reported as unhandled. */
function met<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => undefined);
  return promise;
}

async function* toAsync<In>(source: AsyncIterable<In> | Iterable<In>): AsyncGenerator<In> {
  yield* source;
}
