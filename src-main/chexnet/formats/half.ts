/** Numbers of 16 bits as float32, exactly: IEEE 754's half precision, and bfloat16. */

function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

export function halfToSingle(halves: Uint16Array): Float32Array {
  return Float32Array.from(halves, fromHalf);
}

/** The upper half of a float32. */
export function bfloatToSingle(halves: Uint16Array): Float32Array {
  const bits = Uint32Array.from(halves, (half) => half << 16);
  return new Float32Array(bits.buffer);
}
