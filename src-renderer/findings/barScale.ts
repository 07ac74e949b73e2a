/**
 * Where a probability stands on its bar. The cut-off is always in the middle, whatever it is, so that fourteen bars
 * of fourteen cut-offs can be read with one look: right of the middle is flagged. Both halves are linear.
 */
export const CUTOFF_POSITION = 0.5;

/** 0…1; without a cut-off the bar is the probability itself. */
export function barPosition(probability: number, cutoff: number | null): number {
  const p = Math.min(1, Math.max(0, probability));
  if (cutoff === null) return p;
  if (p < cutoff) return CUTOFF_POSITION * (p / cutoff);
  if (cutoff >= 1) return 1;
  return CUTOFF_POSITION + (1 - CUTOFF_POSITION) * ((p - cutoff) / (1 - cutoff));
}
