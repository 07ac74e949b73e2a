/**
 * The archive inside a file, for yauzl, which wants nothing around it: a program that unpacks itself lies before some,
 * and what a transfer has added behind some (APPNOTE.TXT 4.1.9, 4.3.16).
 */
import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { RandomAccessReader } from 'yauzl';

const END_RECORD = Buffer.from('PK\x05\x06');
const END_RECORD_BYTES = 22;
const LARGEST_COMMENT_BYTES = 65_535;
/** Of ZIP64: then offsets stand elsewhere, and nothing is taken to lie before the archive. */
const ZIP64_LOCATOR = Buffer.from('PK\x06\x07');
const ZIP64_LOCATOR_BYTES = 20;
const DIRECTORY_ENTRY = Buffer.from('PK\x01\x02');

export type ArchivePlace = { readonly start: number; readonly end: number };

/** The whole file where no end of an archive is found in its last bytes: yauzl says then what is wrong. */
export async function findArchive(file: FileHandle): Promise<ArchivePlace> {
  const { size } = await file.stat();
  const from = Math.max(0, size - 2 * LARGEST_COMMENT_BYTES);
  const tail = await readAt(file, from, size - from);
  for (let at = tail.lastIndexOf(END_RECORD); at >= 0; at = tail.lastIndexOf(END_RECORD, at - 1)) {
    if (at + END_RECORD_BYTES <= tail.length) {
      const end = from + at + END_RECORD_BYTES + tail.readUInt16LE(at + 20);
      if (end <= size) return { start: await startOf(file, tail, at, from + at), end };
    }
    if (at === 0) break;
  }
  return { start: 0, end: size };
}

/** The directory lies right before the end record; where it says to lie from the archive's start tells the start. */
async function startOf(file: FileHandle, tail: Buffer, at: number, recordAt: number): Promise<number> {
  const locator = tail.subarray(Math.max(0, at - ZIP64_LOCATOR_BYTES), at);
  if (locator.subarray(0, 4).equals(ZIP64_LOCATOR)) return 0;
  const directoryBytes = tail.readUInt32LE(at + 12);
  const start = recordAt - directoryBytes - tail.readUInt32LE(at + 16);
  if (start <= 0) return 0;
  const first = await readAt(file, recordAt - directoryBytes, 4);
  return first.equals(DIRECTORY_ENTRY) ? start : 0;
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

/** Reads of a file only what is between two places, as if it were all. Leaves the file open. */
export class ArchiveWindow extends RandomAccessReader {
  private readonly file: FileHandle;
  private readonly start: number;

  constructor(file: FileHandle, { start }: ArchivePlace) {
    super();
    this.file = file;
    this.start = start;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(chunksOf(this.file, this.start + start, this.start + end), { objectMode: false });
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    this.file.read(buffer, offset, length, this.start + position).then(
      ({ bytesRead }) => callback(bytesRead === length ? null : new Error('The archive ends too early.')),
      (error: unknown) => callback(error as Error),
    );
  }
}

const CHUNK_BYTES = 1 << 20;

/** Not a stream of node:fs: that would close the file behind itself. */
async function* chunksOf(file: FileHandle, start: number, end: number): AsyncGenerator<Buffer> {
  for (let at = start; at < end;) {
    const chunk = await readAt(file, at, Math.min(CHUNK_BYTES, end - at));
    if (chunk.length === 0) return;
    yield chunk;
    at += chunk.length;
  }
}
