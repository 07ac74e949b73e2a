import { describe, expect, it } from 'vitest';
import type { FilmId, PredictionId } from '#main/contract/ids';
import { AttentionController } from '../../../src-renderer/attention/attentionController.svelte';
import { Notices } from '../../../src-renderer/shared/notices.svelte';
import { answerLater, createFakeApi } from '../fakeApi';

function prediction(id: string): { filmId: FilmId; predictionId: PredictionId; findings: string[] } {
  return { filmId: id as FilmId, predictionId: id as PredictionId, findings: ['Mass', 'Nodule'] };
}

/** Maps [2,7,7]: the first is all 1, the second −1 but for a 4 in its last cell. */
function twoMaps(): Float32Array {
  const maps = new Float32Array(98).fill(1);
  maps.fill(-1, 49);
  maps[97] = 4;
  return maps;
}

describe('AttentionController', () => {
  it('fetches maps when a finding is first chosen, and once for all findings of a film', async () => {
    const fake = createFakeApi({ getAttentionMaps: twoMaps });
    const controller = new AttentionController(fake.api, new Notices());
    await controller.show(prediction('1'));
    expect(fake.calls).toEqual([]);
    await controller.toggle('Mass');
    await controller.toggle('Nodule');
    expect(fake.calls).toEqual([{ name: 'getAttentionMaps', argument: { filmId: '1' } }]);
  });

  it('scales the positive part of a map to its own largest value', async () => {
    const controller = new AttentionController(createFakeApi({ getAttentionMaps: twoMaps }).api, new Notices());
    await controller.show(prediction('1'));
    await controller.choose('Nodule');
    const expected = new Float32Array(49);
    expected[48] = 1;
    expect([controller.largest, controller.scaled]).toEqual([4, expected]);
  });

  it('hides the map when its finding is chosen again, and knows which it was', async () => {
    const controller = new AttentionController(createFakeApi({ getAttentionMaps: twoMaps }).api, new Notices());
    await controller.show(prediction('1'));
    await controller.toggle('Mass');
    await controller.toggle('Mass');
    expect([controller.finding, controller.map, controller.lastFinding]).toEqual([null, null, 'Mass']);
  });

  it('never shows the map of one film over the next, however late it comes', async () => {
    const slow = answerLater<Float32Array>();
    const fake = createFakeApi({ getAttentionMaps: ({ filmId }) => (filmId === '1' ? slow.promise : twoMaps()) });
    const controller = new AttentionController(fake.api, new Notices());
    await controller.show(prediction('1'));
    const first = controller.choose('Mass');
    await controller.show(prediction('2'));
    slow.answer(new Float32Array(98).fill(9));
    await first;
    expect(controller.largest).toBe(1);
    await controller.show(null);
    expect(controller.map).toBeNull();
  });
});
