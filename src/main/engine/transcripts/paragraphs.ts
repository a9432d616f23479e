/** Puts segments together into paragraphs, as a reader wants them. */
import type { TranscriptSegment } from '../../../shared/transcript.ts';

export interface Paragraph {
  readonly startMs: number;
  /** May hold line breaks that the user typed. */
  readonly text: string;
}

/** A silence that a listener hears as a new beginning; the TXT file breaks there too. */
const PAUSE_MS = 2000;
/** Who speaks without a pause gets a new paragraph, and with it a time to find the place by, about once a minute. */
const LONG_MS = 60_000;
/** Scripts that put no blanks between words: Chinese characters, kana, Thai, Lao, Khmer, and full-width punctuation. */
const UNSPACED = String.raw`[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\u3000-\u303f\uff00-\uffef]`;
const ENDS_UNSPACED = new RegExp(`${UNSPACED}$`, 'u');
const BEGINS_UNSPACED = new RegExp(`^${UNSPACED}`, 'u');

export function makeParagraphs(segments: readonly TranscriptSegment[]): Paragraph[] {
  const paragraphs: { startMs: number; text: string }[] = [];
  let before: TranscriptSegment | undefined;
  for (const segment of segments) {
    const current = paragraphs.at(-1);
    const isNew = current === undefined || before === undefined || segment.startMs - before.endMs >= PAUSE_MS || segment.startMs - current.startMs >= LONG_MS;
    if (isNew) paragraphs.push({ startMs: segment.startMs, text: segment.text });
    else current.text += `${separator(current.text, segment.text)}${segment.text}`;
    before = segment;
  }
  return paragraphs;
}

function separator(before: string, after: string): string {
  return ENDS_UNSPACED.test(before) && BEGINS_UNSPACED.test(after) ? '' : ' ';
}
