/** Broken files through real decode processes: 2,000 of them, or as many as `npm run fuzz` asks for. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { forkChild } from '#main/channel/forkChild';
import { buildProcess } from '#test/helpers/buildProcess';
import { describeFuzz, fuzzFiles } from '#test/fuzz/fuzzFiles';
import { makeSeeds } from '#test/fuzz/makeSeeds';

const { FUZZ_FILES, FUZZ_SEED, FUZZ_JOBS } = process.env;
const FILES = Number(FUZZ_FILES ?? 2000);
const LONGEST_MS = 5000;
const LARGEST_BYTES = 2 ** 30;
const TEST_MS = 120_000 + FILES * 200;

test(
  `of ${FILES} broken files each ends as a film or with a known code, soon and in little memory`,
  async () => {
    const program = await buildProcess('decode');
    const scratch = await mkdtemp(join(tmpdir(), 'hilum-mutants-'));
    onTestFinished(() => rm(scratch, { recursive: true, force: true }));
    const report = await fuzzFiles({
      ...{ seeds: await makeSeeds(), files: FILES, seed: Number(FUZZ_SEED ?? 1), processes: Number(FUZZ_JOBS ?? 2) },
      ...{ timeLimitMs: LONGEST_MS, memoryLimitBytes: LARGEST_BYTES, start: () => forkChild(program), scratch },
    });
    if (FUZZ_FILES !== undefined) process.stdout.write(describeFuzz(report));
    const { ends, unexpected, costly, peakBytes } = report;
    expect({ unexpected, costly }).toEqual({ unexpected: [], costly: [] });
    expect(peakBytes).toBeLessThan(LARGEST_BYTES);
    // Mutants that all failed alike, or not at all, would prove nothing.
    expect(ends['film']).toBeGreaterThan(FILES / 20);
    expect(Object.keys(ends).length).toBeGreaterThan(15);
  },
  TEST_MS,
);
