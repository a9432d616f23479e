/** Reads the JSON that `whisper-cli -ojf` writes for one window. */
import * as z from 'zod';

/** A word with its times in seconds of the window. */
export interface HeardWord {
  readonly text: string;
  readonly startSeconds: number;
  readonly endSeconds: number;
  /** 0–1: the mean probability of its tokens. */
  readonly confidence: number;
}

export interface HeardSegment {
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly text: string;
  readonly words: readonly HeardWord[];
}

/** What Whisper made of one window. */
export interface HeardWindow {
  /** ISO 639-1. */
  readonly language: string;
  readonly segments: readonly HeardSegment[];
  /** Text tokens and time stamps in order, to judge the result by. */
  readonly tokens: readonly { readonly id: number; readonly probability: number }[];
}

const offsets = z.object({ from: z.number(), to: z.number() });
const token = z.object({ text: z.string(), id: z.int(), p: z.number().catch(0), offsets: offsets.optional() });
type Token = z.infer<typeof token>;
const output = z.object({
  result: z.object({ language: z.string() }),
  transcription: z.array(z.object({ text: z.string(), offsets, tokens: z.array(token).default([]) })),
});

/** Undefined: the file is not whole or not what whisper-cli writes. */
export function parseWhisperJson(bytes: Buffer): HeardWindow | undefined {
  const parsed = output.safeParse(parseLeniently(bytes));
  if (!parsed.success) return undefined;
  const { result, transcription } = parsed.data;
  return {
    language: result.language,
    segments: transcription.map((segment) => ({
      startSeconds: segment.offsets.from / 1000,
      endSeconds: segment.offsets.to / 1000,
      text: segment.text.trim(),
      words: toWords(segment.tokens),
    })),
    tokens: transcription.flatMap((segment) => segment.tokens.map(({ id, p }) => ({ id, probability: p }))),
  };
}

/** whisper-cli escapes quotes and backslashes only: control characters in a text would not be JSON. A character cut in two becomes U+FFFD. */
function parseLeniently(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8').replaceAll(/[\u0000-\u001f]/g, ' '));
  } catch {
    return undefined;
  }
}

/** Tokens are parts of words; a blank starts a new one, and so does each character of a script that is written without blanks. */
function toWords(tokens: readonly Token[]): HeardWord[] {
  const groups: Token[][] = [];
  for (const current of tokens) {
    if (isSpecial(current)) continue;
    const last = groups.at(-1);
    if (last === undefined || startsWord(current.text)) groups.push([current]);
    else last.push(current);
  }
  return groups.flatMap((group) => {
    const text = group.map((part) => part.text).join('').trim();
    const times = group.flatMap((part) => part.offsets ?? []);
    const [first, last] = [times.at(0), times.at(-1)];
    if (text === '' || first === undefined || last === undefined) return [];
    const confidence = group.reduce((total, part) => total + part.p, 0) / group.length;
    return [{ text, startSeconds: first.from / 1000, endSeconds: Math.max(first.from, last.to) / 1000, confidence }];
  });
}

/** `[_BEG_]`, `[_TT_550]`. */
function isSpecial({ text }: Token): boolean {
  return /^\[_[A-Z]+_?\d*_?\]$/.test(text);
}

function startsWord(text: string): boolean {
  return /^\s/.test(text) || /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u.test(text);
}
