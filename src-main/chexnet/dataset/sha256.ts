/** SHA-256 (FIPS 180-4) of short texts. Patients are divided and hashed by it, in rooms that have no node:crypto. */

const PRIMES = firstPrimes(64);
/** The first 32 bits of the fractions of the primes' cube roots, and of the first eight square roots. */
const ROUND_CONSTANTS = Int32Array.from(PRIMES, (prime) => fractionBits(Math.cbrt(prime)));
const START = Int32Array.from(PRIMES.slice(0, 8), (prime) => fractionBits(Math.sqrt(prime)));

function firstPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let number = 2; primes.length < count; number++) {
    if (primes.every((prime) => number % prime !== 0)) primes.push(number);
  }
  return primes;
}

function fractionBits(value: number): number {
  return Math.floor((value - Math.floor(value)) * 2 ** 32) | 0;
}

/** 64 hex digits of the text's UTF-8. */
export function sha256(text: string): string {
  const state = START.slice();
  const words = new Int32Array(64);
  const bytes = pad(new TextEncoder().encode(text));
  for (let at = 0; at < bytes.length; at += 64) compress(state, words, new DataView(bytes.buffer, at, 64));
  return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

/** One bit, zeros, and the length in bits as the last eight bytes of a block of 64. */
function pad(text: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(Math.ceil((text.length + 9) / 64) * 64);
  bytes.set(text);
  bytes[text.length] = 0x80;
  new DataView(bytes.buffer).setBigUint64(bytes.length - 8, BigInt(text.length) * 8n);
  return bytes;
}

function compress(state: Int32Array, words: Int32Array, block: DataView): void {
  for (let index = 0; index < 16; index++) words[index] = block.getInt32(index * 4);
  for (let index = 16; index < 64; index++) {
    const near = words[index - 15]!;
    const far = words[index - 2]!;
    const spread = turn(near, 7) ^ turn(near, 18) ^ (near >>> 3);
    const mixed = turn(far, 17) ^ turn(far, 19) ^ (far >>> 10);
    words[index] = words[index - 16]! + spread + words[index - 7]! + mixed;
  }
  // The eight working variables go round in place: round `index` finds a at (8 - index) % 8, and so on.
  const work = state.slice();
  for (let index = 0; index < 64; index++) {
    const a = work[-index & 7]!;
    const b = work[(1 - index) & 7]!;
    const c = work[(2 - index) & 7]!;
    const e = work[(4 - index) & 7]!;
    const f = work[(5 - index) & 7]!;
    const g = work[(6 - index) & 7]!;
    const last = (7 - index) & 7;
    const chosen = (e & f) ^ (~e & g);
    const first =
      work[last]! + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + chosen + ROUND_CONSTANTS[index]! + words[index]!;
    const second = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    work[(3 - index) & 7]! += first;
    work[last] = first + second;
  }
  for (let index = 0; index < 8; index++) state[index]! += work[index]!;
}

function turn(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}
