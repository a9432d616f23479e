/** Segments as subtitles are cut from: one line of text each, with a time for every word that a line may break before. */
import type { TranscriptSegment, TranscriptWord } from '../../../shared/transcript.ts';
import { cleanText, wordsIn } from './segments.ts';

/**
 * Line breaks that the user typed become blanks: where lines break, the rules of subtitles say, and an empty line would end a cue.
 * Words that nobody heard (the user typed them) get times by their length between their neighbours.
 */
export function subtitleSegments(segments: readonly TranscriptSegment[], language: string): TranscriptSegment[] {
  const segmenter = new Intl.Segmenter(localeOf(language), { granularity: 'word' });
  return segments.map((segment) => {
    const text = cleanText(segment.text).replaceAll(/\s+/g, ' ').trim();
    return { ...segment, text, words: coveringWords({ ...segment, text }, segmenter) };
  }).filter(({ text }) => text !== '');
}

/** The heard words that are in the text, and new ones wherever it says something else. */
function coveringWords({ text, startMs, endMs, words }: TranscriptSegment, segmenter: Intl.Segmenter): TranscriptWord[] {
  const covering: TranscriptWord[] = [];
  let [from, fromMs] = [0, startMs];
  for (const word of wordsIn(text, words)) {
    const at = text.indexOf(word.text, from);
    covering.push(...wordsByLength({ text: text.slice(from, at), startMs: fromMs, endMs: Math.max(fromMs, word.startMs) }, segmenter), word);
    [from, fromMs] = [at + word.text.length, word.endMs];
  }
  covering.push(...wordsByLength({ text: text.slice(from), startMs: fromMs, endMs: Math.max(fromMs, endMs) }, segmenter));
  return covering;
}

/** Words as the language has them (punctuation goes with the word before), each with its share of the time. */
function wordsByLength({ text, startMs, endMs }: Omit<TranscriptSegment, 'words'>, segmenter: Intl.Segmenter): TranscriptWord[] {
  if (!/[\p{L}\p{N}]/u.test(text)) return [];
  const share = (endMs - startMs) / text.length;
  const starts = [...segmenter.segment(text)].filter(({ isWordLike }) => isWordLike === true).map(({ index }) => index);
  return starts.map((start, place) => {
    const end = starts[place + 1] ?? text.length;
    // Punctuation before the first word is shown with it.
    return { text: text.slice(start, end).trimEnd(), startMs: place === 0 ? startMs : Math.round(startMs + start * share), endMs: Math.round(startMs + end * share), confidence: 0 };
  });
}

/** Whisper has codes that are no locale (`auto` of a file without speech). */
function localeOf(language: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(language)[0];
  } catch {
    return undefined;
  }
}
