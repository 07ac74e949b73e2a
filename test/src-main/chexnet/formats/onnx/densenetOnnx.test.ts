/** Runs where `npm run bench` has installed onnxruntime-node before: it is too large to fetch for a test. */
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readCard } from '#test/bench/context';
import { ONNXRUNTIME, peerFolder } from '#test/bench/peer/installPeer';
import { preparePeer } from '#test/bench/peer/preparePeer';

describe.skipIf(!existsSync(peerFolder(ONNXRUNTIME.node)))('our weights as ONNX', () => {
  it("give PyTorch's probabilities of the golden films in onnxruntime", async () => {
    const { worstDifference } = await preparePeer(await readCard());
    expect(worstDifference).toBeLessThan(1e-5);
  });
});
