/**
 * TorchXRayVision gives out its networks' probabilities so that 0.5 is each finding's operating point (`op_norm` in
 * torchxrayvision/models.py, 1.5): linear from 0 to the point, and from there to 1.
 */
import type { ModelCard } from '#main/contract/card';

/** `probabilities` [findings] in the card's order, as the network says them. */
export function applyOperatingPoints(
  probabilities: Float32Array,
  { findings, operatingPoints }: Pick<ModelCard, 'findings' | 'operatingPoints'>,
): Float32Array {
  if (operatingPoints === undefined) return probabilities;
  return probabilities.map((probability, index) => {
    const point = operatingPoints[findings[index] ?? ''];
    if (point === undefined) return probability;
    return probability < point ? probability / (point * 2) : 1 - (1 - probability) / ((1 - point) * 2);
  });
}
