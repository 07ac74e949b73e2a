/** The decode process: serves DecodeProtocol to whoever started it, one request after the other. */
import { serve } from '#main/channel/channel';
import { parentPort } from '#main/channel/parentPort';
import { wasmFolder } from '#main/channel/wasmFolder';
import { cancelled } from '#main/contract/errors';
import type { DecodeProtocol } from '#main/decoding/protocol/protocol';
import type { DicomCodecs } from '#main/imaging/filmPixels';
import { createCodecs } from './codecs/createCodecs';
import { decodeFile, describeUnread, digestFile } from './decodeFile';
import { drawOverlays } from './drawOverlays';
import { drawPicture } from './drawPicture';
import { listContents } from './listContents';

let loading: Promise<DicomCodecs> | null = null;
const codecs = (): Promise<DicomCodecs> => (loading ??= createCodecs(wasmFolder()));

let last: Promise<unknown> = Promise.resolve();

/** Two films at once would double the memory and gain nothing: decoding is one thread's work. */
function inTurn<Argument, Reply>(handle: (argument: Argument, signal: AbortSignal) => Promise<Reply>) {
  return (argument: Argument, signal: AbortSignal): Promise<Reply> => {
    const turn = last.then(() => {
      if (signal.aborted) throw cancelled();
      return handle(argument, signal);
    });
    last = turn.catch(() => undefined);
    return turn;
  };
}

serve<DecodeProtocol>(parentPort(), {
  decode: inTurn((request, signal) => decodeFile(request, codecs, signal)),
  digest: inTurn(({ source, copyTo }) => digestFile(source, copyTo)),
  describe: inTurn(({ source }) => describeUnread(source)),
  overlay: inTurn((request, signal) => drawOverlays(request, codecs, signal)),
  picture: inTurn((request) => drawPicture(request, codecs)),
  listArchive: inTurn(({ path }, signal) => listContents(path, signal)),
  ready: inTurn(() => Promise.resolve(null)),
});
