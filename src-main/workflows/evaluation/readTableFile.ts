/** A table of predictions, labels or readers as text: a CSV file in any encoding, or one that gzip has packed. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { AppError } from '#main/contract/errors';
import type { LabelTable } from '#main/chexnet/dataset/labelTable';
import { readLabelTable } from '#main/chexnet/dataset/readLabelTable';

const unpack = promisify(gunzip);

/** Ten times NIH's whole table with probabilities. What is larger is no table of films. */
const MOST_BYTES = 500_000_000;

/** Throws `file/not-found`, `file/unreadable`, `file/too-large`, `label/malformed` where the packing is damaged. */
export async function readTableFile(file: string): Promise<string> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw new AppError('file/not-found', `There is no file ${file}.`);
    throw new AppError('file/unreadable', `${file} can not be read.`, {}, error);
  });
  const content = bytes[0] === 0x1f && bytes[1] === 0x8b ? await unpackTable(file, bytes) : bytes;
  if (content.length > MOST_BYTES) throw new AppError('file/too-large', `${file} is too large for a table.`);
  return decodeTable(file, content);
}

/** Throws as `readTableFile` and `readLabelTable` do. */
export async function readLabelFile(
  file: string,
  options: Pick<NonNullable<Parameters<typeof readLabelTable>[1]>, 'uncertain'> = {},
): Promise<LabelTable> {
  const text = await readTableFile(file);
  const metadata = await readMetadata(file);
  return inFile(file, () => readLabelTable(text, { ...options, metadata }));
}

/** MIMIC-CXR's table of films, as its authors lay it beside the labels of its studies; packed or not. */
async function readMetadata(labels: string): Promise<string | undefined> {
  const start = /^(.*)-(?:chexpert|negbio)\.csv(?:\.gz)?$/i.exec(labels)?.[1];
  if (start === undefined) return undefined;
  const found = [`${start}-metadata.csv`, `${start}-metadata.csv.gz`].find((file) => existsSync(file));
  return found === undefined ? undefined : readTableFile(found);
}

/** What is wrong with a table is told with its name: there are up to five of them. */
export function inFile<Value>(file: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof AppError) || !error.code.startsWith('label/')) throw error;
    throw new AppError(error.code, `${file}: ${error.message}`, { ...error.details, file }, error);
  }
}

/**
 * UTF-16 where its mark or its zeros say so (Excel's "Unicode text"), UTF-8, else Windows-1252, which is what Excel
 * writes in Western Europe. Throws `label/unknown-format` where it is no text.
 */
function decodeTable(file: string, content: Buffer): string {
  const encoding = findUtf16(content);
  if (encoding !== null) return new TextDecoder(encoding).decode(content);
  if (content.subarray(0, BYTES_LOOKED_AT).some((byte) => byte < 0x20 && !IN_TEXTS.has(byte))) {
    const what = content.subarray(0, 4).equals(ZIP_START) ? 'a spreadsheet or a ZIP archive' : 'no text';
    throw new AppError('label/unknown-format', `${file} is ${what}: save the table as CSV.`, { file });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    return new TextDecoder('windows-1252').decode(content);
  }
}

const ZIP_START = Buffer.from('PK\x03\x04', 'latin1');
const BYTES_LOOKED_AT = 4096;
/** Tabs, line and page ends, and the zeros that pad DICOM's UIDs. */
const IN_TEXTS: ReadonlySet<number> = new Set([0x00, 0x09, 0x0a, 0x0b, 0x0c, 0x0d]);

/** Without a mark: every second byte of the first letters, which are ASCII, is zero. */
function findUtf16(content: Buffer): 'utf-16le' | 'utf-16be' | null {
  const [first, second, third, fourth] = content;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (first !== 0 && second === 0 && third !== 0 && fourth === 0) return 'utf-16le';
  return first === 0 && second !== 0 && third === 0 && fourth !== 0 ? 'utf-16be' : null;
}

async function unpackTable(file: string, bytes: Buffer): Promise<Buffer> {
  try {
    return await unpack(bytes, { maxOutputLength: MOST_BYTES });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new AppError('file/too-large', `${file} is too large for a table.`, {}, cause);
    }
    throw new AppError('label/malformed', `${file} is a damaged gzip file.`, {}, cause);
  }
}
