/** Items of a sequence that was written as UN (PS3.5 6.2.2): whoever passed it on did not know what it is. */
import dicomParser, { type Element } from 'dicom-parser';
import { hasKnownVr } from './elementHeader';

/** Of an element of defined length inside `bytes`; [] where it holds no items. They are little-endian, as UN always is. */
export function itemsOfUnknown(bytes: Uint8Array, { tag, dataOffset, length }: Element): readonly Element[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (length < 16 || view.getUint32(dataOffset, true) !== ITEM_TAG) return [];
  const stream = new dicomParser.ByteStream(dicomParser.littleEndianByteArrayParser, bytes, dataOffset);
  const sequence: Element = { tag, vr: 'SQ', dataOffset, length };
  try {
    // They should be implicit, but some who copy a sequence leave its VRs in it.
    if (hasKnownVr(view, dataOffset + 8)) dicomParser.readSequenceItemsExplicit(stream, sequence, []);
    else dicomParser.readSequenceItemsImplicit(stream, sequence);
  } catch {
    // What was read up to there counts.
  }
  return sequence.items ?? [];
}

/** (FFFE,E000) as it lies in a little-endian file. */
const ITEM_TAG = 0xe000fffe;
