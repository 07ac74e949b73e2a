import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { toErrorBody } from '#main/contract/errors';
import { looksLikeDicom, readDicom, readDicomFacts } from '#main/imaging/dicom/readDicom';
import type { DicomCodecs } from '#main/imaging/filmPixels';
import {
  expectedFixtures,
  fixtureBytes,
  HAS_WHOLE_COLLECTION,
  newCodecs,
  readFilm,
  WHOLE_COLLECTION,
  type Expected,
} from '#test/helpers/dicomFixtures';
import { makeDicom } from '#test/helpers/makeDicom';

const FUJI = 'chest/cr_pa_mono1_10bit_fuji_440.dcm';
/** Lossy HTJ2K: decoders differ by one grey level, so no md5 is right (see ORIGIN.md). */
const LOSSY_HTJ2K = /4\.203/;

function outcomeOf(bytes: Uint8Array, codecs: DicomCodecs): Expected {
  try {
    const film = readDicom(bytes, codecs, { ageRangeYears: [18, 120] });
    const md5 = createHash('md5').update(film.storedBytes).digest('hex');
    return { md5, outcome: film.refusal?.code ?? 'ok' };
  } catch (error) {
    return { md5: null, outcome: toErrorBody(error).code };
  }
}

/** The file with one piece of ASCII replaced by another of the same length. */
function patched(bytes: Uint8Array, from: string, to: string): Uint8Array {
  const at = Buffer.from(bytes).indexOf(from, 0, 'latin1');
  expect(at).toBeGreaterThan(0);
  const copy = bytes.slice();
  copy.set(Buffer.from(to, 'latin1'), at);
  return copy;
}

describe('every fixture', async () => {
  const codecs = await newCodecs();
  for (const [name, expected] of Object.entries(expectedFixtures())) {
    test(`${name} has the pixels that other decoders find, and ends as ${expected.outcome}`, () => {
      const { md5, outcome } = outcomeOf(fixtureBytes(name), codecs);
      const isComparable = expected.md5 !== null && !LOSSY_HTJ2K.test(name);
      expect({ outcome, md5: isComparable ? md5 : expected.md5 }).toEqual(expected);
    });
  }
});

test('lossy HTJ2K is within 8 of 1,024 grey levels of the film that it was made from', async () => {
  const original = await readFilm(fixtureBytes(FUJI));
  const lossy = await readFilm(fixtureBytes('ts-chest/fuji_4.203.dcm'));
  let worst = 0;
  for (const [at, value] of original.samples.entries()) {
    worst = Math.max(worst, Math.abs(value - (lossy.samples[at] ?? 0)));
  }
  expect(worst).toBeLessThanOrEqual(8);
});

test.skipIf(!HAS_WHOLE_COLLECTION)(
  'the whole collection has the pixels that its index gives',
  async () => {
    const codecs = await newCodecs();
    const wrong: string[] = [];
    let compared = 0;
    let folder = '';
    for (const line of readFileSync(join(WHOLE_COLLECTION, 'INDEX.md'), 'utf8').split('\n')) {
      folder = /^## (\S+)\//.exec(line)?.[1] ?? folder;
      const cells = line.split('|').map((cell) => cell.trim());
      const path = join(WHOLE_COLLECTION, folder, cells[1] ?? '');
      const md5 = cells[9] ?? '';
      if (!/^[0-9a-f]{32}$/.test(md5) || !existsSync(path) || !statSync(path).isFile() || LOSSY_HTJ2K.test(path))
        continue;
      compared += 1;
      if (outcomeOf(new Uint8Array(readFileSync(path)), codecs).md5 !== md5) wrong.push(`${folder}/${cells[1] ?? ''}`);
    }
    expect({ compared, wrong }).toEqual({ compared: 97, wrong: [] });
  },
  120_000,
);

test('a header in implicit VR without preamble gives the same film as the one with it', async () => {
  const withMeta = await readFilm(fixtureBytes(FUJI));
  const bare = await readFilm(fixtureBytes(FUJI.replace('.dcm', '_nometa_implicit.dcm')));
  expect(bare.samples).toEqual(withMeta.samples);
  expect(bare.warnings.map(({ code }) => code)).toContain('header-repaired');
});

test('the letters DICM inside a value of a data set without preamble are not taken for the end of one', () => {
  const inflateRaw = () => new Uint8Array();
  const facts = readDicomFacts(fixtureBytes('malformed/no_preamble_dicm_in_data.dcm'), { inflateRaw });
  expect(facts).toMatchObject({ modality: 'MG', station: 'DICMA1', bodyPart: 'BREAST' });
});

test('junk above HighBit and a shifted HighBit give the same samples', async () => {
  const junk = await readFilm(fixtureBytes('ts-chest/bits_u12_junk_upper4.dcm'));
  const shifted = await readFilm(fixtureBytes('ts-chest/bits_u12_high15_leftjust.dcm'));
  expect(junk.samples).toEqual(shifted.samples);
});

test('facts of a chest film', async () => {
  const film = await readFilm(fixtureBytes('chest/cr_pa_mono2_8bit_siim_jpeg50.dcm'));
  expect(film.facts).toMatchObject({
    patientAgeYears: 62,
    patientSex: 'M',
    modality: 'CR',
    bodyPart: 'CHEST',
    view: 'PA',
    studyDateTime: '1901-01-01T00:00:00',
  });
  expect(film.warnings.map(({ code }) => code)).toEqual(['lossy', 'secondary-capture']);
});

test.each([
  ['chrArab', 'قباني, لنزار'],
  ['chrFren', 'Buc, Jérôme'],
  ['chrGerm', 'Äneas, Rüdiger'],
  ['chrGreek', 'Διονυσιος'],
  ['chrH32', 'ﾔﾏﾀﾞ, ﾀﾛｳ = 山田, 太郎 = やまだ, たろう'],
  ['chrI2', 'Hong, Gildong = 洪, 吉洞 = 홍, 길동'],
  ['chrX1', 'Wang, XiaoDong = 王, 小東'],
  ['chrX2', 'Wang, XiaoDong = 王, 小东'],
])('the name in %s is read in its character set', (name, patientName) => {
  const inflateRaw = () => new Uint8Array();
  expect(readDicomFacts(fixtureBytes(`charset/${name}.dcm`), { inflateRaw })?.patientName).toBe(patientName);
});

test('a lateral is shown, but no model may judge it', async () => {
  const film = await readFilm(patched(fixtureBytes(FUJI), 'CS\x02\x00PA', 'CS\x02\x00LL'));
  expect(film.refusal?.code).toBe('film/lateral');
  expect(film.samples.length).toBe(440 * 440);
});

test('a transfer syntax that nobody reads is refused by name', async () => {
  const bytes = patched(fixtureBytes('ts-chest/fuji_4.50.dcm'.replace('fuji_', 'fuji_u8_')), '1.2.4.50', '1.2.4.94');
  await expect(readFilm(bytes)).rejects.toMatchObject({
    code: 'dicom/unsupported-transfer-syntax',
    message: expect.stringContaining('JPIP Referenced (1.2.840.10008.1.2.4.94)') as string,
  });
});

test('a header that promises more pixels than a file can hold is refused before memory is taken', async () => {
  const bytes = fixtureBytes('malformed/MR_truncated.dcm');
  const rows = Buffer.from(bytes).indexOf(Buffer.from([0x28, 0x00, 0x10, 0x00, 0x55, 0x53, 0x02, 0x00]));
  bytes.set([0xff, 0xff], rows + 8);
  bytes.set([0xff, 0xff], rows + 18);
  await expect(readFilm(bytes)).rejects.toMatchObject({ code: 'dicom/implausible-size' });
});

test('compressed pixels whose size is not the header’s are refused', async () => {
  const bytes = fixtureBytes('ts-chest/fuji_4.70.dcm');
  const rows = Buffer.from(bytes).indexOf(Buffer.from([0x28, 0x00, 0x10, 0x00, 0x55, 0x53, 0x02, 0x00]));
  bytes.set([0xb9, 0x01], rows + 8);
  await expect(readFilm(bytes)).rejects.toMatchObject({ code: 'dicom/malformed' });
});

test.each(['fuji_u8_4.50', 'fuji_4.70', 'fuji_4.57_sv6', 'fuji_4.201', 'fuji_1.2.5'])(
  '%s cut at three quarters is shown as far as it goes, and not judged',
  async (name) => {
    const bytes = fixtureBytes(`ts-chest/${name}.dcm`);
    const film = await readFilm(bytes.subarray(0, Math.floor(bytes.length * 0.75)));
    expect({ refusal: film.refusal?.code, seen: film.grey.minimum < film.grey.maximum }).toEqual({
      refusal: 'film/incomplete',
      seen: true,
    });
  },
);

// The JPEG-LS codec would not return from such a stream, and the JPEG 2000 codec refuses it.
test.each(['fuji_4.80', 'fuji_4.91'])('%s cut at three quarters is said to be too short to be shown', async (name) => {
  const bytes = fixtureBytes(`ts-chest/${name}.dcm`);
  const cut = bytes.subarray(0, Math.floor(bytes.length * 0.75));
  await expect(readFilm(cut)).rejects.toMatchObject({ code: 'dicom/truncated' });
});

test('a compressed picture without its end marker is incomplete, though the codec gives a full one', async () => {
  const bytes = fixtureBytes('ts-chest/fuji_u8_4.50.dcm');
  const end = Buffer.from(bytes).lastIndexOf(Buffer.from([0xff, 0xd9]));
  bytes.fill(0, end - 3000, end + 2);
  const film = await readFilm(bytes);
  expect({ refusal: film.refusal?.code, pixels: film.samples.length }).toEqual({
    refusal: 'film/incomplete',
    pixels: 440 * 440,
  });
});

test('a file that ends inside what follows its picture is told of and judged; refuse and whole elements are not', async () => {
  const film = fixtureBytes('ts-chest/fuji_4.70.dcm');
  const padding = [0xfc, 0xff, 0xfc, 0xff, 0x4f, 0x42, 0, 0, 4, 0, 0, 0, 1, 2, 3, 4];
  const read = async (tail: readonly number[]): Promise<object> => {
    const { refusal, warnings } = await readFilm(Buffer.concat([film, Uint8Array.from(tail)]));
    return { refusal, isSaid: warnings.some(({ code }) => code === 'incomplete') };
  };
  for (const length of [4, 9, 14]) {
    expect(await read(padding.slice(0, length))).toEqual({ refusal: null, isSaid: true });
  }
  for (const whole of [padding, [...padding, 7], Array<number>(30).fill(0xff), Array<number>(30).fill(0)]) {
    expect(await read(whole)).toEqual({ refusal: null, isSaid: false });
  }
});

test.each([
  'ts-chest/fuji_u8_4.50',
  'ts-chest/fuji_4.70',
  'ts-chest/fuji_4.57_sv6',
  'other/cr_hip_mono2_10bit_RG2_jply51',
  'ts-chest/s16_4.90',
])(
  'damage in the middle of the compressed data of %s that leaves all markers whole is found by its decoder',
  async (name) => {
    const bytes = fixtureBytes(`${name}.dcm`);
    const middle = Math.floor(bytes.length / 2);
    bytes.fill(0x55, middle, middle + 300);
    const film = await readFilm(bytes);
    const warnings = film.warnings.map(({ code }) => code);
    expect({ refusal: film.refusal?.code, isSaid: warnings.includes('incomplete') }).toEqual({
      // The hip is no chest to begin with.
      refusal: name.startsWith('other') ? 'film/not-chest' : 'film/incomplete',
      isSaid: true,
    });
  },
);

// dicom-parser 1.8.21 takes the length of these for a short one, and would find no picture behind them.
test.each(['1.2.840.10008.1.2.1', '1.2.840.10008.1.2.2', '1.2.840.10008.1.2.4.80'])(
  'an Extended Offset Table (OV) does not hide the pixels of %s',
  async (syntax) => {
    const table = Buffer.alloc(8);
    const film = await readFilm(makeDicom(syntax, [[0x7fe0, 0x0001, 'OV', table]]));
    expect(film.samples).toEqual((await readFilm(makeDicom(syntax))).samples);
  },
);

test('samples of lossless JPEG that need more bits than its precision are damage, though all codes are whole', async () => {
  const bytes = makeDicom('1.2.840.10008.1.2.4.70');
  expect((await readFilm(bytes)).refusal).toBeNull();
  // Precision 16 is written by this encoder; 11 is too few for the film's 12 bits.
  const frame = bytes.indexOf(Buffer.from([0xff, 0xc3, 0, 11]));
  bytes[frame + 4] = 11;
  expect((await readFilm(bytes)).refusal?.code).toBe('film/incomplete');
});

test.each(['ts-real/1.2.840.10008.1.2.4.51_ct_2frame_fragmented.dcm', 'voi/multiframe_emri_jpegls.dcm'])(
  'of the frames of %s the first is decoded alone where no other is needed',
  async (name) => {
    const codecs = await newCodecs();
    const all = readDicom(fixtureBytes(name), codecs, { ageRangeYears: [18, 120] });
    const first = readDicom(fixtureBytes(name), codecs, { ageRangeYears: [18, 120], firstFrameOnly: true });
    expect(first.storedBytes).toEqual(all.storedBytes.subarray(0, all.storedBytes.length / all.encoding.frames));
    expect({ ...first, storedBytes: null, overlayPlane: null }).toEqual({
      ...all,
      storedBytes: null,
      overlayPlane: null,
    });
  },
);

test('a file that says it is anonymous is told to say so, and nothing more', async () => {
  const { facts } = await readFilm(fixtureBytes('other/dx_dogleg_ybr422_jpeg50_idexx.dcm'));
  expect(facts.identityRemoved).toBe('YES');
  expect((await readFilm(fixtureBytes(FUJI))).facts.identityRemoved).toBe('');
});

test('only DICOM looks like DICOM', () => {
  const looks = Object.fromEntries(
    ['malformed/jpeg_named_dcm.dcm', 'malformed/zero_bytes.dcm', 'malformed/no_meta_be.dcm', FUJI].map((name) => [
      name,
      looksLikeDicom(fixtureBytes(name)),
    ]),
  );
  expect(looks).toEqual({
    'malformed/jpeg_named_dcm.dcm': false,
    'malformed/zero_bytes.dcm': false,
    'malformed/no_meta_be.dcm': true,
    [FUJI]: true,
  });
});
