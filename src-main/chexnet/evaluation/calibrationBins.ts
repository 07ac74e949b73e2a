/** Bins of equal width of the expected calibration error (Guo et al., ICML 2017). */
export const CALIBRATION_BINS = 15;

export function binOf(probability: number): number {
  return Math.max(0, Math.min(CALIBRATION_BINS - 1, Math.floor(probability * CALIBRATION_BINS)));
}
