/** Judges what Whisper heard, and mends what it repeats. */
import { deflateSync } from 'node:zlib';
import type { HeardSegment, HeardWindow } from './whisper-output.ts';

/** good; repeats: a phrase over and over; doubtful: Whisper itself hardly believed it. */
export type Verdict = 'good' | 'repeats' | 'doubtful';

/** Whisper's own limits (openai/whisper transcribe.py): text that deflates better repeats itself; less probable text is guessed. */
const MAX_COMPRESSION = 2.4;
const MIN_MEAN_LOG_PROBABILITY = -1;
/** whisper.cpp's: entropy of the last 32 tokens, in nats; a loop of few tokens lies below. */
const ENTROPY_TOKENS = 32;
const MIN_ENTROPY = 2.4;
/** Phrases up to this many words are looked for; loops are shorter. */
const MAX_PHRASE_WORDS = 12;
/** People say a word three times over; a phrase of several words they do not. */
const MAX_WORD_REPEATS = 5;
const MAX_PHRASE_REPEATS = 3;

export function judge(heard: HeardWindow): Verdict {
  const text = heard.segments.map((segment) => segment.text).join(' ');
  if (compression(text) > MAX_COMPRESSION || lastEntropy(heard) < MIN_ENTROPY || findRepeat(wordsOf(text)) !== undefined) return 'repeats';
  return meanLogProbability(heard) < MIN_MEAN_LOG_PROBABILITY ? 'doubtful' : 'good';
}

/** The same segments with each loop taken down to one turn: the last resort, when no other decoding helped. */
export function collapseRepeats(segments: readonly HeardSegment[]): HeardSegment[] {
  const words = segments.flatMap((segment, index) => splitWords(segment.text).map((word, position) => ({ word, index, position })));
  for (;;) {
    const repeat = findRepeat(words.map(({ word }) => fold(word)));
    if (repeat === undefined) break;
    words.splice(repeat.start + repeat.length, repeat.length * (repeat.times - 1));
  }
  return segments.flatMap((segment, index) => {
    const kept = words.filter((entry) => entry.index === index);
    if (kept.length === 0) return [];
    const text = kept.map(({ word }) => word).join(' ');
    const positions = new Set(kept.map(({ position }) => position));
    const hasWordEach = segment.words.length === splitWords(segment.text).length;
    return [{ ...segment, text, words: hasWordEach ? segment.words.filter((_, position) => positions.has(position)) : [] }];
  });
}

/** How many times smaller the text becomes: 1.2–2 for speech of a few sentences. */
function compression(text: string): number {
  const bytes = Buffer.from(text);
  return bytes.length === 0 ? 0 : bytes.length / deflateSync(bytes).length;
}

function lastEntropy(heard: HeardWindow): number {
  if (heard.tokens.length <= ENTROPY_TOKENS) return Number.POSITIVE_INFINITY;
  const counts = new Map<number, number>();
  for (const { id } of heard.tokens.slice(-ENTROPY_TOKENS)) counts.set(id, (counts.get(id) ?? 0) + 1);
  let entropy = 0;
  for (const count of counts.values()) entropy -= (count / ENTROPY_TOKENS) * Math.log(count / ENTROPY_TOKENS);
  return entropy;
}

/** How far Whisper believed its own words; 0 is certain. */
export function meanLogProbability(heard: HeardWindow): number {
  if (heard.tokens.length === 0) return 0;
  return heard.tokens.reduce((total, { probability }) => total + Math.log(Math.max(probability, 1e-9)), 0) / heard.tokens.length;
}

/** The first phrase that follows itself too often; the shortest that does. */
function findRepeat(words: readonly string[]): { start: number; length: number; times: number } | undefined {
  for (let start = 0; start < words.length; start += 1) {
    for (let length = 1; length <= MAX_PHRASE_WORDS && start + 2 * length <= words.length; length += 1) {
      let times = 1;
      while (isSame(words, start, start + times * length, length)) times += 1;
      if (times > (length === 1 ? MAX_WORD_REPEATS : MAX_PHRASE_REPEATS)) return { start, length, times };
    }
  }
  return undefined;
}

function isSame(words: readonly string[], first: number, second: number, length: number): boolean {
  if (second + length > words.length) return false;
  for (let offset = 0; offset < length; offset += 1) if (words[first + offset] !== words[second + offset]) return false;
  return true;
}

function wordsOf(text: string): string[] {
  return splitWords(text).map(fold);
}

function splitWords(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

/** Case and punctuation vary from turn to turn of a loop. */
function fold(word: string): string {
  return word.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '') || word;
}
