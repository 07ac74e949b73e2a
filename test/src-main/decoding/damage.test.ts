/**
 * Damage inside compressed pixels: most of it is found, and no whole film is taken for a damaged one.
 * `npm run fuzz -- --damage --files 200` measures it on more films.
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { forkChild } from '#main/channel/forkChild';
import { readDicom } from '#main/imaging/dicom/readDicom';
import { DAMAGE_KINDS, measureDamage } from '#test/fuzz/measureDamage';
import { buildProcess } from '#test/helpers/buildProcess';
import { FIXTURE_FOLDER, HAS_WHOLE_COLLECTION, newCodecs, WHOLE_COLLECTION } from '#test/helpers/dicomFixtures';

const { FUZZ_FILES, FUZZ_SEED, FUZZ_JOBS } = process.env;
const FILES = Number(FUZZ_FILES ?? 10);

/** Of ten changed films the least that are to be found, by kind of damage in the order of DAMAGE_KINDS. */
const LEAST = {
  'fuji_1.2.5': [0, 4, 9, 10, 9, 9],
  'fuji_u8_4.50': [1, 8, 8, 10, 9, 5],
  'fuji_4.57_sv6': [1, 8, 9, 10, 9, 4],
  'fuji_4.70': [1, 8, 9, 10, 9, 3],
  'fuji_4.80': [8, 9, 9, 10, 9, 9],
  'fuji_4.81': [9, 9, 9, 10, 9, 9],
  's16_4.90': [8, 9, 9, 10, 9, 9],
  'fuji_4.91': [6, 8, 9, 10, 9, 9],
  'fuji_4.201': [1, 8, 9, 10, 9, 8],
  // Coded with loss, it can not be coded again.
  'fuji_4.203': [0, 1, 9, 10, 1, 1],
} as const;

test.each(Object.entries(LEAST))(
  `of ${FILES} damaged copies of %s as many are found as can be`,
  async (film, least) => {
    const program = await buildProcess('decode');
    const scratch = await mkdtemp(join(tmpdir(), 'hilum-damage-'));
    onTestFinished(() => rm(scratch, { recursive: true, force: true }));
    const counts = await measureDamage({
      ...{
        film: `ts-chest/${film}.dcm`,
        files: FILES,
        seed: Number(FUZZ_SEED ?? 1),
        processes: Number(FUZZ_JOBS ?? 2),
      },
      ...{ start: () => forkChild(program), scratch },
    });
    const found = DAMAGE_KINDS.map((kind) => counts[kind].found / counts[kind].changed);
    if (FUZZ_FILES !== undefined) {
      const words = DAMAGE_KINDS.map((kind) => `${kind} ${counts[kind].found} of ${counts[kind].changed}`);
      process.stdout.write(`${film.padEnd(16)}${words.join(', ')}\n`);
    }
    least.forEach((tenths, index) => expect(found[index]).toBeGreaterThanOrEqual(tenths / 10));
  },
  120_000 + FILES * 6000,
);

describe('no whole film is taken for a damaged one', () => {
  /** Native films of fewer pixels than they promise, and frames that are not there. */
  const TRULY_INCOMPLETE = /emri_j2k_too_short|_truncated|ybr_full_422_uncompressed/;

  async function accusedIn(folder: string): Promise<string[]> {
    const codecs = await newCodecs();
    const accused: string[] = [];
    for (const name of (await readdir(folder, { recursive: true })).filter((each) => each.endsWith('.dcm')).sort()) {
      if (name.startsWith('malformed') || TRULY_INCOMPLETE.test(name)) continue;
      try {
        const film = readDicom(await readFile(join(folder, name)), codecs, { ageRangeYears: [18, 120] });
        if (film.warnings.some(({ code }) => code === 'incomplete')) accused.push(name);
      } catch {
        // Objects without pixels and the like; what they end as is tested elsewhere.
      }
    }
    return accused;
  }

  test('of the fixtures', async () => expect(await accusedIn(FIXTURE_FOLDER)).toEqual([]), 120_000);

  test.skipIf(!HAS_WHOLE_COLLECTION)(
    'of the whole collection',
    async () => expect(await accusedIn(WHOLE_COLLECTION)).toEqual([]),
    300_000,
  );
});
