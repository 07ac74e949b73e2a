/** A pack of two small files out of a small wheel. */
import type { Pinned } from '#main/engine/pack/pinnedPack';
import { makeZip } from '#test/helpers/makeZip';
import { sha256, WHEEL_NAME } from '#test/helpers/packServer';

export const ADDON = Buffer.from('addon');
/** Large enough to be cut in the middle; stored, so that the wheel is as large. */
export const LIBRARY = Buffer.alloc(300_000, 'library ');
export const ENTRIES = [
  { name: 'tensorflow/cc.so', bytes: LIBRARY, stored: true },
  { name: 'tensorflow/python.py', bytes: Buffer.from('print()') },
  { name: 'LICENSE', bytes: Buffer.from('Apache') },
];
export const WHEEL = makeZip(ENTRIES);

export function pin(wheel: Uint8Array, version = '1.0'): Pinned {
  return {
    version,
    platform: process.platform,
    arch: process.arch,
    project: 'small',
    wheel: { file: WHEEL_NAME, bytes: wheel.length, sha256: sha256(wheel) },
    entries: { 'tensorflow/cc.so': 'cc.so', LICENSE: 'LICENSE' },
    besides: [],
    diskBytes: 1,
    addon: { file: 'tfjs_binding.node', folder: 'here', place: 'tfjs_binding.node', sha256: sha256(ADDON) },
  };
}
