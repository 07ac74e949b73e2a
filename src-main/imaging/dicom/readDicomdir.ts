/** The files that a DICOMDIR refers to (PS3.3 annex F). */
import { AppError } from '#main/contract/errors';
import type { DicomCodecs } from '../filmPixels';
import { readHeader } from './elementHeader';
import { openDataSet } from './parseDataSet';

const ITEM = 0xfffee000;
const DELIMITERS = 0xfffe;
const DIRECTORY_RECORDS = 0x00041220;
const RECORD_IN_USE = 0x00041410;
const REFERENCED_FILE = 0x00041500;

/** Whether a file of that name is one: in either case, and with the version that ISO 9660 puts behind names. */
export function isDicomdir(name: string): boolean {
  return /^DICOMDIR\.?(;\d+)?$/i.test(name);
}

/**
 * Each file once, as its components with `/` between them, in the order of the records. Elements are read one after
 * the other as they lie, through the borders of records: neither the offsets by which records refer to each other nor
 * the lengths of records, both often broken, are needed. Throws `dicom/malformed` and `dicom/truncated`.
 */
export function readDicomdir(file: Uint8Array, codecs: Pick<DicomCodecs, 'inflateRaw'>): string[] {
  const { bytes, position: start, encoding } = openDataSet(file, codecs);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { littleEndian } = encoding;
  const files = new Set<string>();
  let hasRecords = false;
  let isInUse = true;
  let position = start;
  while (position + 8 <= bytes.length) {
    const group = view.getUint16(position, littleEndian);
    const tag = group * 0x10000 + view.getUint16(position + 2, littleEndian);
    if (group === DELIMITERS) {
      if (tag === ITEM) isInUse = true;
      position += 8;
      continue;
    }
    const header = readHeader(view, position, encoding);
    if (header === null) break;
    const { dataOffset, end } = header;
    if (tag === RECORD_IN_USE && dataOffset + 2 <= bytes.length)
      isInUse = view.getUint16(dataOffset, littleEndian) !== 0;
    if (tag === REFERENCED_FILE && isInUse) files.add(componentsOf(bytes.subarray(dataOffset, end)));
    if (tag === DIRECTORY_RECORDS) hasRecords = true;
    position = tag === DIRECTORY_RECORDS || end === Infinity ? dataOffset : end;
  }
  if (!hasRecords) throw new AppError('dicom/malformed', 'The DICOMDIR holds no directory records.');
  files.delete('');
  return [...files];
}

/** At most eight components of eight characters (PS3.10 8.2), in ASCII; longer ones are read too. */
function componentsOf(bytes: Uint8Array): string {
  const text = String.fromCharCode(...bytes.subarray(0, 1024));
  return text
    .split('\\')
    .map((component) => component.replace(/[\0 ]+$/, '').trimStart())
    .join('/');
}
