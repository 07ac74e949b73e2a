/** DICOMDIRs of pydicom's test set; what they refer to, by dcmdump 3.6.7. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inflateRaw } from '#main/decoding/process/codecs/createCodecs';
import { readDicomdir } from '#main/imaging/dicom/readDicomdir';
import { fixtureBytes } from '#test/helpers/dicomFixtures';

const FOLDER = join(import.meta.dirname, '../../../fixtures/dicom/dicomdir');
const FILES = readFileSync(join(FOLDER, 'DICOMDIR.files.txt'), 'utf8').trimEnd().split('\n');

function read(name: string): string[] {
  return readDicomdir(fixtureBytes(`dicomdir/${name}.dcm`), { inflateRaw });
}

test.each(['DICOMDIR', 'DICOMDIR-bigEnd', 'DICOMDIR-nooffset'])('%s refers to the files that dcmdump lists', (name) => {
  expect(read(name)).toEqual(FILES);
});

test('one without records refers to nothing, and a film is no DICOMDIR', () => {
  expect(read('DICOMDIR-empty')).toEqual([]);
  const film = fixtureBytes('voi/overlays.dcm');
  expect(() => readDicomdir(film, { inflateRaw })).toThrow('directory records');
});

test('a record that is no longer in use refers to nothing', () => {
  const bytes = Buffer.from(fixtureBytes('dicomdir/DICOMDIR.dcm'));
  const image = bytes.indexOf(FILES[0]!.replaceAll('/', '\\'), 0, 'latin1');
  const inUse = bytes.lastIndexOf(Buffer.from([0x04, 0x00, 0x10, 0x14]), image);
  bytes.writeUInt16LE(0, inUse + 8);
  expect(readDicomdir(bytes, { inflateRaw })).toEqual(FILES.slice(1));
});
