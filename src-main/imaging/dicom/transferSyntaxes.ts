/** What a transfer syntax means for parsing and for pixels (PS3.5 annex A, PS3.6 annex A). */
export type PixelCoding =
  'native' | 'encapsulated-native' | 'rle' | 'jpeg' | 'jpeg-ls' | 'jpeg-2000' | 'htj2k' | 'jpeg-xl';

export type TransferSyntax = {
  readonly name: string;
  readonly coding: PixelCoding;
  /** Whether the coding itself may have changed grey values. */
  readonly lossy: boolean;
};

export const IMPLICIT_LITTLE = '1.2.840.10008.1.2';
export const EXPLICIT_LITTLE = '1.2.840.10008.1.2.1';
export const EXPLICIT_BIG = '1.2.840.10008.1.2.2';
export const DEFLATED = '1.2.840.10008.1.2.1.99';

const TRANSFER_SYNTAXES: Readonly<Record<string, TransferSyntax>> = {
  [IMPLICIT_LITTLE]: syntax('Implicit VR Little Endian', 'native'),
  [EXPLICIT_LITTLE]: syntax('Explicit VR Little Endian', 'native'),
  [EXPLICIT_BIG]: syntax('Explicit VR Big Endian', 'native'),
  [DEFLATED]: syntax('Deflated Explicit VR Little Endian', 'native'),
  '1.2.840.10008.1.2.1.98': syntax('Encapsulated Uncompressed Explicit VR Little Endian', 'encapsulated-native'),
  '1.2.840.10008.1.2.5': syntax('RLE Lossless', 'rle'),
  '1.2.840.10008.1.2.4.50': syntax('JPEG Baseline (Process 1)', 'jpeg', true),
  '1.2.840.10008.1.2.4.51': syntax('JPEG Extended (Process 2 & 4)', 'jpeg', true),
  '1.2.840.10008.1.2.4.53': syntax('JPEG Spectral Selection (Process 6 & 8)', 'jpeg', true),
  '1.2.840.10008.1.2.4.55': syntax('JPEG Full Progression (Process 10 & 12)', 'jpeg', true),
  '1.2.840.10008.1.2.4.57': syntax('JPEG Lossless (Process 14)', 'jpeg'),
  '1.2.840.10008.1.2.4.70': syntax('JPEG Lossless, First-Order Prediction (SV1)', 'jpeg'),
  '1.2.840.10008.1.2.4.80': syntax('JPEG-LS Lossless', 'jpeg-ls'),
  '1.2.840.10008.1.2.4.81': syntax('JPEG-LS Lossy (Near-Lossless)', 'jpeg-ls', true),
  '1.2.840.10008.1.2.4.90': syntax('JPEG 2000 (Lossless Only)', 'jpeg-2000'),
  '1.2.840.10008.1.2.4.91': syntax('JPEG 2000', 'jpeg-2000', true),
  '1.2.840.10008.1.2.4.92': syntax('JPEG 2000 Part 2 Multi-component (Lossless Only)', 'jpeg-2000'),
  '1.2.840.10008.1.2.4.93': syntax('JPEG 2000 Part 2 Multi-component', 'jpeg-2000', true),
  '1.2.840.10008.1.2.4.110': syntax('JPEG XL Lossless', 'jpeg-xl'),
  '1.2.840.10008.1.2.4.111': syntax('JPEG XL JPEG Recompression', 'jpeg-xl', true),
  '1.2.840.10008.1.2.4.112': syntax('JPEG XL', 'jpeg-xl', true),
  '1.2.840.10008.1.2.4.201': syntax('High-Throughput JPEG 2000 (Lossless Only)', 'htj2k'),
  '1.2.840.10008.1.2.4.202': syntax('High-Throughput JPEG 2000 with RPCL (Lossless Only)', 'htj2k'),
  '1.2.840.10008.1.2.4.203': syntax('High-Throughput JPEG 2000', 'htj2k', true),
};

/** Known by name so that a refusal can say what it refuses. */
const UNREAD: Readonly<Record<string, string>> = {
  '1.2.840.10008.1.2.4.52': 'JPEG Extended (Process 3 & 5)',
  '1.2.840.10008.1.2.4.94': 'JPIP Referenced',
  '1.2.840.10008.1.2.4.95': 'JPIP Referenced Deflate',
  '1.2.840.10008.1.2.4.100': 'MPEG-2 Main Profile / Main Level',
  '1.2.840.10008.1.2.4.101': 'MPEG-2 Main Profile / High Level',
  '1.2.840.10008.1.2.4.102': 'MPEG-4 AVC/H.264 High Profile / Level 4.1',
  '1.2.840.10008.1.2.4.103': 'MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1',
  '1.2.840.10008.1.2.4.104': 'MPEG-4 AVC/H.264 High Profile / Level 4.2 for 2D video',
  '1.2.840.10008.1.2.4.105': 'MPEG-4 AVC/H.264 High Profile / Level 4.2 for 3D video',
  '1.2.840.10008.1.2.4.106': 'MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2',
  '1.2.840.10008.1.2.4.107': 'HEVC/H.265 Main Profile / Level 5.1',
  '1.2.840.10008.1.2.4.108': 'HEVC/H.265 Main 10 Profile / Level 5.1',
  '1.2.840.10008.1.2.4.204': 'JPIP HTJ2K Referenced',
  '1.2.840.10008.1.2.4.205': 'JPIP HTJ2K Referenced Deflate',
  '1.2.840.10008.1.2.8.1': 'Deflated Image Frame Compression',
};

/** Null where Hilum does not read the syntax. */
export function transferSyntax(uid: string): TransferSyntax | null {
  return TRANSFER_SYNTAXES[uid] ?? null;
}

/** Name and UID for a message; the UID alone where nobody has named it. */
export function describeTransferSyntax(uid: string): string {
  const name = TRANSFER_SYNTAXES[uid]?.name ?? UNREAD[uid];
  return name === undefined ? uid : `${name} (${uid})`;
}

function syntax(name: string, coding: PixelCoding, lossy = false): TransferSyntax {
  return { name, coding, lossy };
}
