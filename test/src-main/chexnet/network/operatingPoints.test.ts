import { expect, it } from 'vitest';
import { applyOperatingPoints } from '#main/chexnet/network/operatingPoints';

it('gives out what op_norm of TorchXRayVision 1.5.7 does', () => {
  const findings = ['A', 'B', 'C', 'D', 'E'];
  const operatingPoints = { A: 0.07422872, B: 0.07422872, C: 0.0022490358, D: 0.20204692 };
  const probabilities = Float32Array.of(0.05, 0.6, 0.0022490358, 0.999, 0.3);
  const normalised = applyOperatingPoints(probabilities, { findings, operatingPoints });
  // torch.float32 of op_norm; E has no point, and is left as the network says it (there NaN is one, which gives 0.5).
  const expected = [0.3367968797683716, 0.7839639186859131, 0.5, 0.9993733763694763, 0.3];
  expected.forEach((value, index) => expect(normalised[index]).toBeCloseTo(value, 6));
});
