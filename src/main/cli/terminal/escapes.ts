/** The control sequences in use: ECMA-48, and xterm's private modes that every terminal of today knows or ignores. */

const CSI = '\u001b[';

export const HIDE_CURSOR = `${CSI}?25l`;
export const SHOW_CURSOR = `${CSI}?25h`;
/** Synchronized output: terminals that know it show the whole frame at once. */
export const BEGIN_FRAME = `${CSI}?2026h`;
export const END_FRAME = `${CSI}?2026l`;
export const CLEAR_TO_LINE_END = `${CSI}K`;
export const CLEAR_BELOW = `${CSI}J`;

/** To the first column, so many rows above. */
export function upBy(rows: number): string {
  return `${CSI}${String(rows)}A\r`;
}
