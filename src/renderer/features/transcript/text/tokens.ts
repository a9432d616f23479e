/** Cuts text into what an edit can keep or change as one: words between blanks, and single characters where a script has no blanks. */

/** A piece of text without blanks, and where it stands. */
export interface Token {
  readonly text: string;
  /** What makes it the same word: its letters, without case and the punctuation around them. */
  readonly letters: string;
  readonly from: number;
  readonly to: number;
}

/** Scripts that are written without blanks between words, and the punctuation that goes with them. */
const UNSPACED = '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}\\u3000-\\u303f\\uff00-\\uff65';
const TOKEN = new RegExp(`[${UNSPACED}]\\p{M}*|[^\\s${UNSPACED}]+`, 'gu');
const UNSPACED_AT_END = new RegExp(`[${UNSPACED}]\\p{M}*$`, 'u');
const UNSPACED_AT_START = new RegExp(`^[${UNSPACED}]`, 'u');

/** The tokens of a text, in order. */
export function tokensOf(text: string): Token[] {
  return Array.from(text.matchAll(TOKEN), (match) => ({ text: match[0], letters: lettersOf(match[0]), from: match.index, to: match.index + match[0].length }));
}

function lettersOf(text: string): string {
  return text.replaceAll(/^\p{P}+|\p{P}+$/gu, '').toLowerCase() || text;
}

/** Two texts as one, with a blank where their scripts want it. */
export function joinTexts(left: string, right: string): string {
  const [before, after] = [left.trimEnd(), right.trimStart()];
  if (before === '' || after === '') return before + after;
  return UNSPACED_AT_END.test(before) && UNSPACED_AT_START.test(after) ? before + after : `${before} ${after}`;
}
