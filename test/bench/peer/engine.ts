/** The peer's engine as a process behind the same kind of border as Hilum's: grey bytes in, probabilities out. */
import { parentPort } from '#main/channel/parentPort';
import { serve } from '#main/channel/channel';
import { openSession, type Judge, type PeerModel } from './session';

export type PeerProtocol = {
  load: { argument: PeerModel; reply: null };
  analyse: { argument: { readonly inputs: readonly Uint8Array[] }; reply: { readonly probabilities: Float32Array } };
};

let judge: Judge | null = null;

serve<PeerProtocol>(parentPort(), {
  load: async (model) => {
    judge = await openSession(model);
    return null;
  },
  analyse: async ({ inputs }) => {
    if (judge === null) throw new Error('No model is loaded.');
    return { probabilities: await judge(inputs) };
  },
});
