import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sniffFormat } from '#main/imaging/raster/sniffFormat';
import { makeZip } from '#test/helpers/makeZip';

const FIXTURES = join(import.meta.dirname, '../../../fixtures');
const read = (name: string) => readFileSync(join(FIXTURES, name));

describe('sniffFormat', () => {
  it('knows films by their first bytes', () => {
    const files = {
      png: read('rasters/grey8.png'),
      jpeg: read('rasters/grey.jpg'),
      tiff: read('rasters/grey8.tif'),
      'big-endian tiff': Buffer.from('MM\0\x2a\0\0\0\x08'),
      'big tiff': Buffer.from('II\x2b\0\x08\0\0\0'),
      dicom: read('dicom/ts-chest/bits_u08.dcm'),
      'dicom without preamble': read('dicom/chest/cr_pa_mono1_10bit_fuji_440_nometa_implicit.dcm'),
      archive: makeZip([{ name: 'film', bytes: Buffer.from('film') }]),
      'empty archive': makeZip([]),
      text: Buffer.from('Dear colleague'),
      empty: new Uint8Array(),
    };
    expect(Object.fromEntries(Object.entries(files).map(([what, bytes]) => [what, sniffFormat(bytes)]))).toEqual({
      png: 'png',
      jpeg: 'jpeg',
      tiff: 'tiff',
      'big-endian tiff': 'tiff',
      'big tiff': 'tiff',
      dicom: 'dicom',
      'dicom without preamble': 'dicom',
      archive: 'zip',
      'empty archive': 'zip',
      text: null,
      empty: null,
    });
  });

  it('takes a DICOM file for one though its preamble is the header of a TIFF', () => {
    const both = Buffer.from(read('dicom/ts-chest/bits_u08.dcm'));
    both.write('II\x2a\0', 0, 'latin1');
    expect(sniffFormat(both)).toBe('dicom');
  });
});
