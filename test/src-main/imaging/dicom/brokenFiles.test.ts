/** Broken copies of real files: each ends as a film or as an AppError, never otherwise, and soon. */
import { describe, expect, test } from 'vitest';
import { toErrorBody } from '#main/contract/errors';
import { readDicom } from '#main/imaging/dicom/readDicom';
import { expectedFixtures, fixtureBytes, newCodecs } from '#test/helpers/dicomFixtures';

const MUTANTS_PER_FILE = 20;
const SLOWEST_MS = 5000;

/** Mulberry32: the same mutants on every machine. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

type Mutation = (bytes: Uint8Array, random: () => number) => Uint8Array;

/** Mostly in the header, where every byte has a meaning. */
function place(bytes: Uint8Array, random: () => number): number {
  const end = random() < 0.8 ? Math.min(bytes.length, 3000) : bytes.length;
  return Math.floor(random() * end);
}

const MUTATIONS: readonly Mutation[] = [
  function flipBits(bytes, random) {
    const copy = bytes.slice();
    for (let flips = 1 + Math.floor(random() * 8); flips > 0; flips--) {
      const at = place(copy, random);
      copy[at] = (copy[at] ?? 0) ^ (1 << Math.floor(random() * 8));
    }
    return copy;
  },
  function cut(bytes, random) {
    return bytes.slice(0, Math.floor(random() * bytes.length));
  },
  function overwrite(bytes, random) {
    const copy = bytes.slice();
    const at = place(copy, random);
    copy.fill(random() < 0.5 ? 0xff : 0x00, at, at + Math.floor(random() * 8));
    return copy;
  },
  function remove(bytes, random) {
    const at = place(bytes, random);
    const after = at + 1 + Math.floor(random() * 16);
    return new Uint8Array(Buffer.concat([bytes.subarray(0, at), bytes.subarray(after)]));
  },
];

describe('mutants', async () => {
  const small = Object.keys(expectedFixtures()).filter((name) => fixtureBytes(name).length < 150_000);
  let codecs = await newCodecs();
  test.each(small)(
    'of %s end as a film or with a code',
    async (name) => {
      const original = fixtureBytes(name);
      const random = randomNumbers(original.length);
      const unexpected: string[] = [];
      let slowestMs = 0;
      for (let mutant = 0; mutant < MUTANTS_PER_FILE; mutant++) {
        const bytes = MUTATIONS[mutant % MUTATIONS.length]?.(original, random) ?? original;
        const startedAt = performance.now();
        try {
          readDicom(bytes, codecs, { ageRangeYears: [18, 120] });
        } catch (error) {
          const body = toErrorBody(error);
          if (body.code === 'internal/unexpected') unexpected.push(`mutant ${mutant}: ${body.message}`);
          // What the decode process does: it lets itself be replaced.
          if (body.details['fatal'] === true) codecs = await newCodecs();
        }
        slowestMs = Math.max(slowestMs, performance.now() - startedAt);
      }
      expect(unexpected).toEqual([]);
      expect(slowestMs).toBeLessThan(SLOWEST_MS);
    },
    60_000,
  );
});
