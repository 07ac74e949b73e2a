/**
 * The entries of a ZIP archive that compresses nothing, as PyTorch and Keras write it (APPNOTE.TXT 6.3.10, with zip64).
 * Entries are looked up by name and never written anywhere.
 */
import { AppError } from '#main/contract/errors';

const END = 0x06054b50;
const END64_LOCATOR = 0x07064b50;
const END64 = 0x06064b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const ZIP64_EXTRA = 1;
const END_BYTES = 22;
const LONGEST_COMMENT = 65_535;
/** Entries of archives that are none of ours, and what to do with those. */
const FOREIGN: readonly (readonly [RegExp, string])[] = [
  [
    /^[^/]+\/code\/__torch__/,
    'A TorchScript program can not be read: load it with torch.jit.load, and torch.save its state_dict().',
  ],
  [
    /(?:^|\/)(?:serialized_exported_program|models\/[^/]+)\.json$/,
    'A program of torch.export can not be read: load it with torch.export.load, and torch.save its state_dict.',
  ],
  [/\.npy$/, 'Arrays of NumPy can not be read: torch.save them as a dictionary of tensors by name.'],
];
const IN_ZIP64 = 0xffffffff;

function invalid(fault: string): AppError {
  return new AppError('model/invalid', `This is not an archive that can be read: ${fault}`);
}

type Directory = { readonly offset: number; readonly entries: number };

export function isStoredZip(file: Uint8Array): boolean {
  return file.length >= 4 && new DataView(file.buffer, file.byteOffset).getUint32(0, true) === LOCAL;
}

/** Name → bytes, which are views of the file. Throws `model/invalid`. */
export function readStoredZip(file: Uint8Array): Map<string, Uint8Array> {
  try {
    return readEntries(file);
  } catch (error) {
    // A place outside of the file, which DataView refuses.
    if (error instanceof RangeError) throw invalid('it is damaged.');
    throw error;
  }
}

function readEntries(file: Uint8Array): Map<string, Uint8Array> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const directory = findDirectory(view);
  const entries = new Map<string, Uint8Array>();
  let at = directory.offset;
  for (let i = 0; i < directory.entries; i++) {
    if (view.getUint32(at, true) !== CENTRAL) throw invalid('it is damaged.');
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) => view.getUint16(at + field, true));
    const nameAt = at + 46;
    const name = new TextDecoder().decode(file.subarray(nameAt, nameAt + nameLength!));
    const foreign = FOREIGN.find(([sign]) => sign.test(name));
    if (foreign !== undefined) throw new AppError('model/unsupported', foreign[1]);
    if (view.getUint16(at + 10, true) !== 0)
      throw invalid(`${name} is compressed, which neither PyTorch nor Keras does.`);
    if (entries.has(name)) throw invalid(`${name} is in it twice.`);
    entries.set(name, contentOf(file, view, at, nameAt + nameLength!, extraLength!));
    at = nameAt + nameLength! + extraLength! + commentLength!;
  }
  return entries;
}

function contentOf(file: Uint8Array, view: DataView, at: number, extraAt: number, extraLength: number): Uint8Array {
  const fields = [view.getUint32(at + 24, true), view.getUint32(at + 20, true), view.getUint32(at + 42, true)];
  const [size = 0, , local = 0] = widen(fields, view, extraAt, extraLength);
  if (view.getUint32(local, true) !== LOCAL) throw invalid('it is damaged.');
  const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  if (start + size > file.length) throw invalid('it is cut off.');
  return file.subarray(start, start + size);
}

/** Size, stored size and place, of which those that do not fit into 32 bits stand in the zip64 field, in this order. */
function widen(fields: readonly number[], view: DataView, extraAt: number, extraLength: number): number[] {
  if (!fields.includes(IN_ZIP64)) return [...fields];
  let at = extraAt;
  while (at < extraAt + extraLength && view.getUint16(at, true) !== ZIP64_EXTRA) at += 4 + view.getUint16(at + 2, true);
  if (at >= extraAt + extraLength) throw invalid('it is damaged.');
  at += 4;
  return fields.map((field) => {
    if (field !== IN_ZIP64) return field;
    at += 8;
    return Number(view.getBigUint64(at - 8, true));
  });
}

function findDirectory(view: DataView): Directory {
  const first = Math.max(0, view.byteLength - END_BYTES - LONGEST_COMMENT);
  let end = view.byteLength - END_BYTES;
  while (end >= first && view.getUint32(end, true) !== END) end--;
  if (end < first) throw invalid('it is cut off.');
  const entries = view.getUint16(end + 10, true);
  const offset = view.getUint32(end + 16, true);
  if (end < 20 || view.getUint32(end - 20, true) !== END64_LOCATOR) return { offset, entries };
  const end64 = Number(view.getBigUint64(end - 12, true));
  if (view.getUint32(end64, true) !== END64) throw invalid('it is damaged.');
  return {
    entries: Number(view.getBigUint64(end64 + 32, true)),
    offset: Number(view.getBigUint64(end64 + 48, true)),
  };
}
