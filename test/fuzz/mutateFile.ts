/** Broken copies of a file: what disks, networks, other programs and attackers do to one. */
type Mutation = (bytes: Buffer, random: () => number) => Buffer;

/** Mostly in the header, where every byte has a meaning. */
function place(bytes: Buffer, random: () => number): number {
  const end = random() < 0.7 ? Math.min(bytes.length, 3000) : bytes.length;
  return Math.floor(random() * end);
}

function pick<Value>(values: readonly Value[], random: () => number): Value {
  return values[Math.floor(random() * values.length)]!;
}

/** Lengths that overflow, point nowhere or mean something special. */
const LENGTHS = [0, 1, 2, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];

/** Tags that decide how the rest is read (little-endian group, element). */
const TAGS = [
  ...[0x00100002, 0x00050008, 0x00080028, 0x00100028, 0x00110028, 0x01000028, 0x01010028, 0x01020028, 0x01030028],
  ...[0x00020028, 0x00040028, 0x00060028, 0x00101028, 0x30000028, 0x30100028, 0x00107fe0, 0xe000fffe, 0xe00dfffe],
  ...[0xe0ddfffe, 0x30006000, 0x00080018],
];

const MUTATIONS: Readonly<Record<string, Mutation>> = {
  flipBits(bytes, random) {
    const copy = Buffer.from(bytes);
    for (let flips = 1 + Math.floor(random() * 8); flips > 0; flips--) {
      const at = place(copy, random);
      copy[at] = (copy[at] ?? 0) ^ (1 << Math.floor(random() * 8));
    }
    return copy;
  },
  cut(bytes, random) {
    return bytes.subarray(0, Math.floor(random() * bytes.length));
  },
  overwrite(bytes, random) {
    const copy = Buffer.from(bytes);
    const at = place(copy, random);
    return copy.fill(pick([0x00, 0xff, 0x80], random), at, Math.min(copy.length, at + Math.floor(random() * 64)));
  },
  remove(bytes, random) {
    const at = place(bytes, random);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + Math.floor(random() * 16))]);
  },
  repeat(bytes, random) {
    const at = place(bytes, random);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.max(0, at - Math.floor(random() * 200)))]);
  },
  wrongLength(bytes, random) {
    const copy = Buffer.from(bytes);
    const at = Math.min(place(copy, random) & ~1, copy.length - 4);
    if (at < 0) return copy;
    const length = pick(LENGTHS, random);
    if (random() < 0.5) copy.writeUInt16LE(length & 0xffff, at);
    else copy.writeUInt32LE(length, at);
    return copy;
  },
  swapWords(bytes, random) {
    const copy = Buffer.from(bytes);
    const [one, other] = [place(copy, random) & ~1, place(copy, random) & ~1];
    if (Math.max(one, other) + 2 > copy.length) return copy;
    const word = copy.readUInt16LE(one);
    copy.writeUInt16LE(copy.readUInt16LE(other), one);
    copy.writeUInt16LE(word, other);
    return copy;
  },
  randomTag(bytes, random) {
    const copy = Buffer.from(bytes);
    const at = Math.min(place(copy, random) & ~1, copy.length - 4);
    if (at >= 0) copy.writeUInt32LE(pick(TAGS, random), at);
    return copy;
  },
};

const NAMES = Object.keys(MUTATIONS);

/** One mutation, sometimes two or three over each other; `how` names them. */
export function mutateFile(bytes: Buffer, random: () => number): { readonly bytes: Buffer; readonly how: string } {
  const names = [pick(NAMES, random)];
  while (names.length < 3 && random() < 0.2) names.push(pick(NAMES, random));
  return { bytes: names.reduce((broken, name) => MUTATIONS[name]!(broken, random), bytes), how: names.join('+') };
}
