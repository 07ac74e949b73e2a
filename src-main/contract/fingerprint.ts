/** When two films are taken for one, by their perceptual hashes (16 hex digits; see imaging/fingerprint). */

/**
 * Films at most this far apart are near-identical. Measured on 1,235 NIH films of 983 patients: 22 of them at 1024 and
 * at 256 pixels, and as JPEG of quality 60, are at most 2 apart; of 761,995 pairs of different films none is
 * nearer than 6. A changed window or gamma moves a film by up to 6 and may go unseen.
 */
export const NEAR_IDENTICAL_BITS = 4;

/** In how many of 64 bits two fingerprints differ. */
export function fingerprintDistance(one: string, other: string): number {
  let differing = BigInt(`0x${one}`) ^ BigInt(`0x${other}`);
  let count = 0;
  for (; differing > 0n; differing >>= 1n) count += Number(differing & 1n);
  return count;
}
