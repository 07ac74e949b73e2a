/** ZIP archives for tests, good and bad: yauzl only reads them, and no writer makes bad ones. */
import { crc32, deflateRawSync } from 'node:zlib';

export type ZipEntry = {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Stored as it is instead of deflated. */
  readonly stored?: boolean;
  /** Unix mode; 0 = none, as DOS writes it. */
  readonly mode?: number;
  /** What the archive declares instead of the truth. */
  readonly declared?: {
    readonly crc?: number;
    readonly size?: number;
    readonly flags?: number;
    readonly method?: number;
  };
};

/** Local headers with data, central directory, end record (APPNOTE.TXT 4.3). */
export function makeZip(entries: readonly ZipEntry[]): Buffer {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const { name, bytes, stored = false, mode = 0, declared = {} } of entries) {
    const data = stored ? bytes : deflateRawSync(bytes);
    const nameBytes = Buffer.from(name, 'utf8');
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(0x800 | (declared.flags ?? 0), 2);
    common.writeUInt16LE(declared.method ?? (stored ? 0 : 8), 4);
    common.writeUInt32LE(declared.crc ?? crc32(bytes), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(declared.size ?? bytes.length, 18);
    common.writeUInt16LE(nameBytes.length, 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE((mode << 16) >>> 0, 6);
    tail.writeUInt32LE(offset, 10);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, nameBytes, data]);
    central.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x03', 'latin1'), common, tail, nameBytes]));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...locals, directory, Buffer.from('PK\x05\x06'), end]);
}
