/**
 * The part of protobuf's wire format that a writer needs (https://protobuf.dev/programming-guides/encoding/).
 * A message is the concatenation of its fields; every function returns one field, ready to be concatenated.
 */

const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;

const utf8 = new TextEncoder();

export function message(fields: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(fields.reduce((length, field) => length + field.length, 0));
  let offset = 0;
  for (const field of fields) {
    bytes.set(field, offset);
    offset += field.length;
  }
  return bytes;
}

/** int64, int32 or an enum; negative numbers take ten bytes of two's complement, as the format asks. */
export function integer(field: number, value: number): Uint8Array {
  return Uint8Array.from([...tag(field, VARINT), ...varint(BigInt.asUintN(64, BigInt(value)))]);
}

export function float(field: number, value: number): Uint8Array {
  const payload = new Uint8Array(4);
  new DataView(payload.buffer).setFloat32(0, value, true);
  return Uint8Array.from([...tag(field, FIXED_32), ...payload]);
}

/** string, bytes, or a message inside this one. */
export function bytes(field: number, value: string | Uint8Array): Uint8Array {
  const payload = typeof value === 'string' ? utf8.encode(value) : value;
  return message([Uint8Array.from([...tag(field, LENGTH_DELIMITED), ...varint(BigInt(payload.length))]), payload]);
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
