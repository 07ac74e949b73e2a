/**
 * The part of protobuf's wire format that we need (https://protobuf.dev/programming-guides/encoding/).
 * A message is the concatenation of its fields; every writing function returns one field, ready to be concatenated.
 */

const VARINT = 0;
const FIXED_64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;

const utf8 = new TextEncoder();

/** In pieces: megabytes of weights are not copied again by each message around them. */
export type Encoded = readonly Uint8Array[];

/** Bytes up to which pieces are cheaper to copy than to keep. */
const SMALL = 4096;

function lengthOf(pieces: Encoded): number {
  return pieces.reduce((length, piece) => length + piece.length, 0);
}

/** The message as one array. */
export function toBytes(pieces: Encoded): Uint8Array {
  const bytes = new Uint8Array(lengthOf(pieces));
  let offset = 0;
  for (const piece of pieces) {
    bytes.set(piece, offset);
    offset += piece.length;
  }
  return bytes;
}

export function message(fields: readonly Encoded[]): Encoded {
  const pieces = fields.flat();
  return lengthOf(pieces) > SMALL ? pieces : [toBytes(pieces)];
}

/** int64, int32 or an enum; negative numbers take ten bytes of two's complement, as the format asks. */
export function integer(field: number, value: number): Encoded {
  return [Uint8Array.from([...tag(field, VARINT), ...varint(BigInt.asUintN(64, BigInt(value)))])];
}

export function float(field: number, value: number): Encoded {
  const payload = new Uint8Array(4);
  new DataView(payload.buffer).setFloat32(0, value, true);
  return [Uint8Array.from([...tag(field, FIXED_32), ...payload])];
}

/** string, bytes, or a message inside this one. */
export function bytes(field: number, value: string | Uint8Array | Encoded): Encoded {
  const payload = typeof value === 'string' ? [utf8.encode(value)] : value instanceof Uint8Array ? [value] : value;
  const head = [...tag(field, LENGTH_DELIMITED), ...varint(BigInt(lengthOf(payload)))];
  return message([[Uint8Array.from(head)], payload]);
}

function tag(field: number, wireType: number): number[] {
  return varint(BigInt(field * 8 + wireType));
}

/** Seven bits a byte, lowest first; the high bit says that more follow. */
function varint(value: bigint): number[] {
  const groups: number[] = [];
  let rest = value;
  while (rest > 0x7fn) {
    groups.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  return [...groups, Number(rest)];
}

/** A field as it lies in a message: a whole number, four or eight raw bytes, or text, bytes and messages. */
export type Field = { readonly number: number; readonly value: bigint | Uint8Array };

/** Bytes of a field of fixed width. */
const FIXED_BYTES: ReadonlyMap<number, number> = new Map([
  [FIXED_64, 8],
  [FIXED_32, 4],
]);
const LONGEST_VARINT = 10;

/** The fields of a message in their order; payloads are views. Throws RangeError where the message is damaged. */
export function readFields(bytes: Uint8Array): Field[] {
  const fields: Field[] = [];
  let at = 0;

  function readVarint(): bigint {
    let value = 0n;
    for (let i = 0; i < LONGEST_VARINT; i++) {
      const byte = bytes[at++];
      if (byte === undefined) throw new RangeError('The message ends within a number.');
      value |= BigInt(byte & 0x7f) << BigInt(7 * i);
      if (byte < 0x80) return value;
    }
    throw new RangeError('A number is longer than ten bytes.');
  }
  function readBytes(length: number): Uint8Array {
    if (length > bytes.length - at) throw new RangeError('The message ends within a field.');
    at += length;
    return bytes.subarray(at - length, at);
  }

  while (at < bytes.length) {
    const key = Number(readVarint());
    const wireType = key % 8;
    const length = wireType === LENGTH_DELIMITED ? Number(readVarint()) : FIXED_BYTES.get(wireType);
    if (wireType !== VARINT && length === undefined) throw new RangeError(`There is no wire type ${wireType}.`);
    fields.push({ number: Math.floor(key / 8), value: length === undefined ? readVarint() : readBytes(length) });
  }
  return fields;
}
