/**
 * Words of a header's text, in upper case: `LAT_L`, `ChestLat` and `Thorax seitl.` are two words each, `P.A.` and `P-A` are one.
 */
export function headerWords(text: string): readonly string[] {
  return text
    .replace(/\b([AP])(?:\.\s?|[-/])([AP])\b\.?/gi, '$1$2')
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toUpperCase()
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter(Boolean);
}
