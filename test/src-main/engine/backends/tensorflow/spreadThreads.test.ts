import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  dealProcessors,
  listThreads,
  parseProcessors,
  spreadThreads,
} from '#main/engine/backends/tensorflow/spreadThreads';

/** The processors that the main thread of this process may use. */
function allowed(): string {
  return /^Cpus_allowed_list:(.*)$/m.exec(readFileSync('/proc/self/status', 'utf8'))![1]!;
}

describe('spreading threads over processors', () => {
  it('reads the processors that Linux allows', () => {
    expect(parseProcessors('\t0-3,8\n')).toEqual([0, 1, 2, 3, 8]);
    expect(parseProcessors('5')).toEqual([5]);
  });

  it('deals all of them, neighbours to different hands', () => {
    expect(dealProcessors([0, 1, 2, 3, 8], 2)).toEqual([
      [0, 2, 8],
      [1, 3],
    ]);
  });

  it('knows the threads of this process, and moves none where each hand has no processor', async () => {
    const threads = listThreads();
    if (process.platform !== 'linux') return expect(threads).toEqual([]);
    expect(threads).toContain(process.pid);
    const before = allowed();
    await spreadThreads([process.pid], 100_000);
    expect(allowed()).toBe(before);
  });
});
