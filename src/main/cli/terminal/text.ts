/** Text that is safe to print and knows how wide it is. Names of files come from anywhere and may hold anything. */

const SEGMENTER = new Intl.Segmenter('en', { granularity: 'grapheme' });
const ELLIPSIS = '…';

/** Invisible characters that move the cursor, reorder the line or end it: C0, C1, bidirectional controls, line separators, soft hyphen, BOM. */
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/gu;
/** Control characters have a picture of their own at this offset. */
const CONTROL_PICTURES = 0x2400;

const ZERO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;
const EMOJI = /\p{Emoji_Presentation}|\p{Extended_Pictographic}\u{fe0f}|\u{fe0f}\u{20e3}|\p{Regional_Indicator}{2}/u;
/** East Asian Wide and Fullwidth of Unicode's EastAsianWidth.txt, rounded to whole blocks. */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f], [0x2e80, 0x303e], [0x3041, 0x33ff], [0x3400, 0x4dbf], [0x4e00, 0xa4cf], [0xa960, 0xa97c], [0xac00, 0xd7a3], [0xf900, 0xfaff],
  [0xfe10, 0xfe19], [0xfe30, 0xfe6b], [0xff01, 0xff60], [0xffe0, 0xffe6], [0x16fe0, 0x18cff], [0x1aff0, 0x1b2ff], [0x1f200, 0x1f265], [0x20000, 0x3fffd],
];

/** The same text on one line with nothing a terminal would obey: each such character becomes a visible one. */
export function clean(text: string): string {
  return text.toWellFormed().replace(UNSAFE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x20) return String.fromCodePoint(CONTROL_PICTURES + code);
    return code === 0x7f ? '\u2421' : '\ufffd';
  });
}

/** Columns a clean text takes in a terminal. */
export function widthOf(text: string): number {
  let width = 0;
  for (const { segment } of SEGMENTER.segment(text)) width += graphemeWidth(segment);
  return width;
}

/** Shortens a clean text to at most `width` columns, with an ellipsis in place of its middle: the end of a name tells as much as its start. */
export function fit(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  if (width <= 0) return '';
  const letters = [...SEGMENTER.segment(text)].map(({ segment }) => segment);
  const room = width - 1;
  const head = takeWidth(letters, Math.ceil(room / 2));
  const tail = takeWidth(letters.toReversed(), room - widthOf(head.join(''))).toReversed();
  return `${head.join('')}${ELLIPSIS}${tail.join('')}`;
}

/** Cuts a clean text at the end so that a line never wraps. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  if (width <= 0) return '';
  return `${takeWidth([...SEGMENTER.segment(text)].map(({ segment }) => segment), width - 1).join('')}${ELLIPSIS}`;
}

/** Fills up with spaces to `width` columns. */
export function pad(text: string, width: number, side: 'left' | 'right' = 'right'): string {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)));
  return side === 'right' ? `${text}${space}` : `${space}${text}`;
}

function takeWidth(letters: readonly string[], width: number): string[] {
  const taken: string[] = [];
  let used = 0;
  for (const letter of letters) {
    used += graphemeWidth(letter);
    if (used > width) break;
    taken.push(letter);
  }
  return taken;
}

function graphemeWidth(grapheme: string): number {
  const code = grapheme.codePointAt(0) ?? 0;
  if (code < 0x300) return EMOJI.test(grapheme) ? 2 : 1;
  if (ZERO_WIDTH.test(grapheme)) return 0;
  return EMOJI.test(grapheme) || WIDE.some(([first, last]) => code >= first && code <= last) ? 2 : 1;
}
