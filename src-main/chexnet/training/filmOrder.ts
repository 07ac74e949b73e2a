/** In which order an epoch takes its films: a new one for each epoch, the same for the same seed. */
import { createRandom } from './philox';

/** The numbers 0 … count − 1, shuffled (Fisher and Yates, from the end). */
export function filmOrder(count: number, seed: number, epoch: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  const random = createRandom(seed, 'order', epoch);
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}
