/** How much a picture tells, from its grey values. Plain values in and out. */

/** Thumbnails are judged at this size: details that a viewer does not see there do not count. */
export const SCORE_WIDTH = 96;
export const SCORE_HEIGHT = 54;

/** Mean grey outside of this is a fade, a black or a white screen. */
const DARK = 24;
const BRIGHT = 232;
/** Bits of information in the grey values of a full picture are about 7; a title on black has less than 3. */
const FULL_ENTROPY_BITS = 7;
/** Mean step between neighbours of a sharp, busy picture. More is noise and earns nothing. */
const FULL_DETAIL = 12;

/**
 * 0 to 1, from grey values row by row. A telling frame has many tones (entropy) and edges (detail) and is neither dark nor blank.
 */
export function tellingScore(grey: Uint8Array): number {
  if (grey.length === 0) return 0;
  const entropy = Math.min(1, entropyBits(grey) / FULL_ENTROPY_BITS);
  const detail = Math.min(1, meanStep(grey) / FULL_DETAIL);
  const mean = grey.reduce((sum, value) => sum + value, 0) / grey.length;
  const exposure = mean < DARK || mean > BRIGHT ? 0.2 : 1;
  return exposure * (0.65 * entropy + 0.35 * detail);
}

function entropyBits(grey: Uint8Array): number {
  const counts = new Array<number>(256).fill(0);
  for (const value of grey) counts[value] = (counts[value] ?? 0) + 1;
  return counts.reduce((bits, count) => (count === 0 ? bits : bits - (count / grey.length) * Math.log2(count / grey.length)), 0);
}

function meanStep(grey: Uint8Array): number {
  let sum = 0;
  for (let index = 1; index < grey.length; index += 1) sum += Math.abs((grey[index] ?? 0) - (grey[index - 1] ?? 0));
  return sum / Math.max(1, grey.length - 1);
}
