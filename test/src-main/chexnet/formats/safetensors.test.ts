import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSafetensors, writeSafetensors } from '#main/chexnet/formats/safetensors';
import { AppError } from '#main/contract/errors';
import { DEMO_WEIGHTS } from '#test/helpers/golden';

/** A file with this header, as text or as an object, and this data. */
function makeFile(header: unknown, data: Uint8Array = new Uint8Array(0), length?: bigint): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const file = new Uint8Array(8 + json.length + data.length);
  new DataView(file.buffer).setBigUint64(0, length ?? BigInt(json.length), true);
  file.set(json, 8);
  file.set(data, 8 + json.length);
  return file;
}

function faultOf(file: Uint8Array): string {
  try {
    readSafetensors(file);
  } catch (error) {
    if (error instanceof AppError && error.code === 'model/invalid') return error.message;
    throw error;
  }
  return 'no fault';
}

const F32 = { dtype: 'F32', shape: [2], data_offsets: [0, 8] };
const EIGHT = new Uint8Array(8);

describe('reading safetensors', () => {
  it('reads the 606 tensors and the metadata that the reference implementation wrote', async () => {
    const { weights, metadata } = readSafetensors(await readFile(DEMO_WEIGHTS));
    expect(weights.size).toBe(606);
    expect(metadata).toEqual({ format: 'pt' });
    expect(weights.get('features.conv0.weight')?.shape).toEqual([64, 3, 7, 7]);
    expect(weights.get('features.conv0.weight')?.data).toHaveLength(64 * 3 * 7 * 7);
  });

  it('reads float32 wherever the header ends, and from a Node buffer that starts anywhere', () => {
    const numbers = new Float32Array([1.5, -2]);
    const file = makeFile(`${JSON.stringify({ a: F32 })}   `, new Uint8Array(numbers.buffer));
    const shifted = Buffer.concat([Buffer.from([0]), file]).subarray(1);
    expect(readSafetensors(shifted).weights.get('a')).toEqual({ shape: [2], data: numbers });
  });

  it('reads every kind of float16 number', () => {
    // Values from IEEE 754-2019, binary16: 1, -2, largest, smallest normal, smallest subnormal, -0, 1/3, infinity.
    const halves = new Uint16Array([0x3c00, 0xc000, 0x7bff, 0x0400, 0x0001, 0x8000, 0x3555, 0x7c00]);
    const file = makeFile({ a: { dtype: 'F16', shape: [8], data_offsets: [0, 16] } }, new Uint8Array(halves.buffer));
    const expected = [1, -2, 65504, 2 ** -14, 2 ** -24, -0, 0.333251953125, Infinity];
    expect([...readSafetensors(file).weights.get('a')!.data]).toEqual(expected);
  });

  it.each([
    ['it is shorter than its header length.', new Uint8Array(7)],
    ['its header claims 4294967296 bytes.', makeFile('{}', EIGHT, 2n ** 32n)],
    ['its header claims 18446744073709551615 bytes.', makeFile('{}', EIGHT, 2n ** 64n - 1n)],
    ['it ends within its header.', makeFile('{}', EIGHT, 11n)],
    ['its header is not JSON.', makeFile('{"a":')],
    ['its header is not JSON.', makeFile('\u0000\u0000')],
    ['its header is not a JSON object.', makeFile('[]')],
    ['its metadata holds something else than text.', makeFile({ __metadata__: { a: 1 } })],
    ['a is not described by an object.', makeFile({ a: 1 })],
    ['a is stored as I64; F64, F32, F16 and BF16 can be read.', makeFile({ a: { ...F32, dtype: 'I64' } })],
    ['a is stored as F8_E4M3; F64, F32, F16 and BF16 can be read.', makeFile({ a: { ...F32, dtype: 'F8_E4M3' } })],
    ['a is stored as toString; F64, F32, F16 and BF16 can be read.', makeFile({ a: { dtype: 'toString' } })],
    ['a has no valid shape.', makeFile({ a: { ...F32, shape: [-2] } }, EIGHT)],
    ['a has no valid shape.', makeFile({ a: { ...F32, shape: [0.5] } }, EIGHT)],
    ['a has no valid place.', makeFile({ a: { ...F32, data_offsets: [0] } }, EIGHT)],
    ['a has 8 bytes where its shape needs 12.', makeFile({ a: { ...F32, shape: [3] } }, EIGHT)],
    ['a has -8 bytes where its shape needs 8.', makeFile({ a: { ...F32, data_offsets: [8, 0] } }, EIGHT)],
    ['it ends within a.', makeFile({ a: F32 }, EIGHT.subarray(0, 7))],
    ['b overlaps another tensor.', makeFile({ a: F32, b: { ...F32, data_offsets: [4, 12] } }, new Uint8Array(12))],
    ['there is a gap before b.', makeFile({ a: F32, b: { ...F32, data_offsets: [9, 17] } }, new Uint8Array(17))],
    ['1 bytes at its end belong to no tensor.', makeFile({ a: F32 }, new Uint8Array(9))],
  ])('says of a damaged file: %s', (fault, file) => {
    expect(faultOf(file)).toBe(`This is not a valid safetensors file: ${fault}`);
  });

  it('answers any bytes with tensors or with model/invalid', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => void faultOf(makeFile('{"a":{}}', bytes))));
    fc.assert(fc.property(fc.json(), (header) => void faultOf(makeFile(header))));
  });
});

describe('writing safetensors', () => {
  it('writes what it reads, names and order included', () => {
    const weights = new Map([
      ['z.weight', { shape: [2, 1], data: new Float32Array([1, 2]) }],
      ['__proto__', { shape: [], data: new Float32Array([3]) }],
      ['empty', { shape: [0, 4], data: new Float32Array(0) }],
    ]);
    const file = writeSafetensors(weights, { made: 'here' });
    const read = readSafetensors(file);
    expect([...read.weights]).toEqual([...weights]);
    expect(read.metadata).toEqual({ made: 'here' });
  });

  it('writes the demonstration weights so that their numbers are the same bits', async () => {
    const { weights } = readSafetensors(await readFile(DEMO_WEIGHTS));
    const again = readSafetensors(writeSafetensors(weights)).weights;
    expect([...again.keys()]).toEqual([...weights.keys()]);
    expect(
      [...again.values()].every(
        ({ data }, i) => Buffer.compare(bytesOf(data), bytesOf([...weights.values()][i]!.data)) === 0,
      ),
    ).toBe(true);
  });
});

function bytesOf(data: Float32Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
