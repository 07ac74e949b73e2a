/**
 * File names under Linux are bytes, and old media have some that are no UTF-8. Hilum keeps every path as text that can be
 * shown, stored and given back: such a byte as `\xe9`, and a backslash that only looks like the beginning of one as
 * `\x5c`. `systemPath` gives what the system is to be asked with.
 */
import { isUtf8 } from 'node:buffer';

const ESCAPED = /\\x([0-9a-f]{2})/;
const LOOKS_ESCAPED = /\\(?=x[0-9a-f]{2})/g;
/** Names are text there, and backslashes stand between them. */
const IS_TEXT = process.platform === 'win32';

export function systemPath(path: string): string | Buffer {
  if (IS_TEXT || !ESCAPED.test(path)) return path;
  return Buffer.concat(path.split(ESCAPED).map((part, at) => Buffer.from(part, at % 2 === 0 ? 'utf8' : 'hex')));
}

/** What Hilum keeps of a path that is valid text. */
export function keptText(path: string): string {
  return IS_TEXT ? path : path.replace(LOOKS_ESCAPED, '\\x5c');
}

/** What Hilum keeps of a path, or a name, in the system's bytes. */
export function keptBytes(path: Uint8Array): string {
  const bytes = Buffer.from(path.buffer, path.byteOffset, path.byteLength);
  let kept = '';
  let textStart = 0;
  for (let at = 0; at < bytes.length;) {
    const length = isUtf8(bytes.subarray(at)) ? bytes.length - at : characterLength(bytes, at);
    if (length > 0) {
      at += length;
      continue;
    }
    kept += `${keptText(bytes.toString('utf8', textStart, at))}\\x${bytes.toString('hex', at, at + 1)}`;
    at += 1;
    textStart = at;
  }
  return kept + keptText(bytes.toString('utf8', textStart));
}

/** Of the character that begins there in UTF-8; 0 where none does. */
function characterLength(bytes: Buffer, at: number): number {
  return [1, 2, 3, 4].find((count) => at + count <= bytes.length && isUtf8(bytes.subarray(at, at + count))) ?? 0;
}
