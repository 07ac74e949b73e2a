/** Compressed pixels that end too early, in the file and in the fragment: no such film may be taken for a whole one. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { forkChild } from '#main/channel/forkChild';
import { toErrorBody } from '#main/contract/errors';
import { createDecodePool, type DecodePool } from '#main/decoding/host/decodePool';
import { buildProcess } from '#test/helpers/buildProcess';
import { newCodecs } from '#test/helpers/dicomFixtures';
import { MADE_SYNTAXES, makeDicom } from '#test/helpers/makeDicom';

let scratch: string;
let pool: DecodePool;
beforeAll(async () => {
  await newCodecs();
  const program = await buildProcess('decode');
  scratch = await mkdtemp(join(tmpdir(), 'hilum-cuts-'));
  pool = createDecodePool({ start: () => forkChild(program), processes: 2, timeLimitMs: 5000 });
}, 60_000);
afterAll(async () => {
  await pool.close();
  await rm(scratch, { recursive: true, force: true });
});

/** What becomes of it: the code of a refusal or an error, '' of a film that may be judged. */
async function codeOf(bytes: Uint8Array): Promise<string> {
  const path = join(scratch, 'film.dcm');
  await writeFile(path, bytes);
  try {
    const { film } = await pool.decode({
      ...{ source: { path, entry: null }, input: null, pixelsTo: null, thumbnailTo: null, render: null, pgmTo: null },
      ...{ md5: true, override: null, ageRangeYears: [18, 120] },
    });
    return film.refusal?.code ?? '';
  } catch (error) {
    return toErrorBody(error).code;
  }
}

const COMPRESSED = MADE_SYNTAXES.filter((uid) => /\.4\.\d|\.5$|\.98$/.test(uid));
const DELIMITER_BYTES = 8;

test.each(COMPRESSED)(
  '%s cut anywhere is incomplete or not read',
  async (syntax) => {
    const film = makeDicom(syntax);
    const item = film.lastIndexOf(Buffer.from([0xfe, 0xff, 0x00, 0xe0])) + 8;
    const length = film.readUInt32LE(item - 4);
    const whole: string[] = [];
    // Of an even fragment the last byte may be padding.
    const places = [0.25, 0.5, 0.75, 0.9, 0.99].map((share) => Math.floor(length * share));
    for (const end of [...places, length - 100, length - 10, length - 3]) {
      const inFile = film.subarray(0, item + end);
      const inFragment = Buffer.from(film);
      inFragment.writeUInt32LE(end & ~1, item - 4);
      const parts = [inFragment.subarray(0, item + (end & ~1)), film.subarray(-DELIMITER_BYTES)];
      if ((await codeOf(inFile)) === '') whole.push(`file ${end} of ${length}`);
      if ((await codeOf(Buffer.concat(parts))) === '') whole.push(`fragment ${end} of ${length}`);
    }
    expect(await codeOf(film)).toBe('');
    expect(whole).toEqual([]);
  },
  120_000,
);
