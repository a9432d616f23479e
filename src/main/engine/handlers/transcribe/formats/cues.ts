/** Cuts segments into subtitles that can be read: at most two lines of 42 columns, at most seven seconds. */
import type { Segment } from '../plan.ts';

/** A piece of text with the time at which it begins. */
export interface TimedPiece {
  /** With the blanks around it. */
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
}

export interface Cue {
  readonly startMs: number;
  readonly endMs: number;
  readonly lines: readonly (readonly TimedPiece[])[];
}

/** The subtitle rules of broadcasters and streaming services (Netflix, BBC): columns a line, lines a cue, seconds a cue. */
const LINE_COLUMNS = 42;
const CUE_COLUMNS = 2 * LINE_COLUMNS;
const CUE_MS = 7000;
/** What a break after a comma or a full stop is worth, in columns of imbalance. */
const CLAUSE_BONUS = 12;
const SENTENCE_BONUS = 24;
/** A cue without length is never seen, and some players refuse it. */
const MIN_CUE_MS = 1;

/** In order, each within its segment's time. */
export function makeCues(segments: readonly Segment[]): Cue[] {
  return segments.flatMap((segment) => divide(timedPieces(segment)).map(toCue));
}

export function cueText(cue: Cue): string {
  return cue.lines.map(lineText).join('\n');
}

export function lineText(line: readonly TimedPiece[]): string {
  return line.map((piece) => piece.text).join('').trim();
}

/** The segment's text cut before each word, with the word's times; where words and text differ, times by length. */
function timedPieces(segment: Segment): TimedPiece[] {
  const cuts: { at: number; startMs: number; endMs: number }[] = [];
  let from = 0;
  for (const word of segment.words) {
    const at = segment.text.indexOf(word.text, from);
    if (at < 0) return piecesByLength(segment);
    cuts.push({ at, startMs: word.startMs, endMs: word.endMs });
    from = at + word.text.length;
  }
  if (cuts.length === 0) return piecesByLength(segment);
  return cuts.map(({ at, startMs, endMs }, index) => ({ text: segment.text.slice(index === 0 ? 0 : at, cuts[index + 1]?.at ?? segment.text.length), startMs, endMs }));
}

function piecesByLength(segment: Segment): TimedPiece[] {
  const words = segment.text.match(/\S+\s*/g) ?? [];
  const lengthMs = segment.endMs - segment.startMs;
  let before = 0;
  return words.map((text) => {
    const startMs = segment.startMs + Math.round((lengthMs * before) / segment.text.length);
    before += text.length;
    return { text, startMs, endMs: segment.startMs + Math.round((lengthMs * Math.min(before, segment.text.length)) / segment.text.length) };
  });
}

function divide(pieces: readonly TimedPiece[]): (readonly TimedPiece[])[] {
  const [first, last] = [pieces.at(0), pieces.at(-1)];
  if (first === undefined || last === undefined) return [];
  const isReadable = columns(pieces) <= CUE_COLUMNS && last.endMs - first.startMs <= CUE_MS && splitLines(pieces).every((line) => columns(line) <= LINE_COLUMNS);
  const at = isReadable ? 0 : bestBreak(pieces);
  if (at === 0) return [pieces];
  return [...divide(pieces.slice(0, at)), ...divide(pieces.slice(at))];
}

function splitLines(pieces: readonly TimedPiece[]): (readonly TimedPiece[])[] {
  if (columns(pieces) <= LINE_COLUMNS) return [pieces];
  const at = bestBreak(pieces);
  return at === 0 ? [pieces] : [pieces.slice(0, at), pieces.slice(at)];
}

/** Index of the piece before which to break: near the middle, rather behind punctuation. 0: there is only one piece. */
function bestBreak(pieces: readonly TimedPiece[]): number {
  const total = columns(pieces);
  let best = 0;
  let bestCost = Number.POSITIVE_INFINITY;
  let before = 0;
  for (const [index, piece] of pieces.entries()) {
    const cost = Math.abs(total - 2 * before) - breakBonus(pieces[index - 1]?.text.trimEnd() ?? '');
    if (index > 0 && cost < bestCost) [best, bestCost] = [index, cost];
    before += width(piece.text);
  }
  return best;
}

function breakBonus(before: string): number {
  if (/[.!?…。！？]["'”’)]?$/.test(before)) return SENTENCE_BONUS;
  return /[,;:，、；：]$/.test(before) ? CLAUSE_BONUS : 0;
}

function toCue(pieces: readonly TimedPiece[]): Cue {
  const startMs = pieces.at(0)?.startMs ?? 0;
  const endMs = Math.max(startMs + MIN_CUE_MS, pieces.at(-1)?.endMs ?? 0);
  return { startMs, endMs, lines: splitLines(pieces) };
}

function columns(pieces: readonly TimedPiece[]): number {
  return width(lineText(pieces));
}

/** Characters of East Asian scripts are two columns wide. */
function width(text: string): number {
  return [...text].reduce((total, character) => total + (/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/.test(character) ? 2 : 1), 0);
}
