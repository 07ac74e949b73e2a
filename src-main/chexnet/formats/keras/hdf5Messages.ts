/** The messages of a version 1 object header (HDF5 format specification, IV.A.1.a), with those of its continuations. */
import { AppError } from '#main/contract/errors';

export type Message = {
  readonly type: number;
  readonly flags: number;
  /** Where its content starts in the file. */
  readonly start: number;
  readonly bytes: number;
};

const PREFIX_BYTES = 16;
const MESSAGE_HEAD = 8;
const CONTINUATION = 16;
/** Keras's own have fewer than ten; attributes come on top. */
const MOST_MESSAGES = 10_000;

/** Throws RangeError where the file ends before them, `model/invalid` where there is no such header. */
export function readMessages(view: DataView, at: number): Message[] {
  if (view.getUint8(at) !== 1) {
    throw new AppError(
      'model/invalid',
      'This is not a Keras file that can be read: its HDF5 is laid out as Keras does not write it; save it again with Keras.',
    );
  }
  const messages: Message[] = [];
  const blocks = [{ start: at + PREFIX_BYTES, bytes: view.getUint32(at + 8, true) }];
  let left = Math.min(view.getUint16(at + 2, true), MOST_MESSAGES);
  for (const { start, bytes } of blocks) {
    for (let next = start; next + MESSAGE_HEAD <= start + bytes && left > 0; left--) {
      const message = {
        type: view.getUint16(next, true),
        bytes: view.getUint16(next + 2, true),
        flags: view.getUint8(next + 4),
        start: next + MESSAGE_HEAD,
      };
      next = message.start + message.bytes;
      if (next > view.byteLength) throw new RangeError('The file ends within a message.');
      if (message.type !== CONTINUATION) messages.push(message);
      else blocks.push({ start: place(view, message.start), bytes: place(view, message.start + 8) });
    }
  }
  return messages;
}

function place(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true));
}
