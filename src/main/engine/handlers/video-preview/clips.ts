/** Which pieces of a film make its preview. Plain values in and out. */
import type { Fraction } from '../../media/media-info.ts';

export interface Clip {
  /** From the film's start. */
  readonly startSeconds: number;
  readonly frames: number;
}

export interface ClipWish {
  readonly filmSeconds: number;
  /** Length of the whole preview; a shorter film is shown whole. */
  readonly wantedSeconds: number;
  readonly clips: number;
  readonly rate: Fraction;
}

/** Under a second, a clip is a flicker: fewer, longer ones are made instead. */
const SHORTEST_CLIP_SECONDS = 1;
/** A single clip starts in the middle of the first third: past titles and logos, before anything is given away. */
const SINGLE_START = 1 / 6;
/** Headers often promise a few frames more than there are: the last clip ends this much before the end. */
const END_MARGIN_SECONDS = 0.1;
/** A preview needs no more motion than this, and half of 50 or 60 is even. */
const MAX_RATE = 30;

/** Clips in the middle of equal stretches of the film. */
export function planClips({ filmSeconds, wantedSeconds, clips, rate }: ClipWish): Clip[] {
  const framesOf = (seconds: number): number => Math.max(1, Math.floor((seconds * rate.numerator) / rate.denominator + 1e-6));
  if (filmSeconds <= wantedSeconds) return [{ startSeconds: 0, frames: framesOf(filmSeconds) }];
  const count = Math.max(1, Math.min(clips, Math.floor(wantedSeconds / SHORTEST_CLIP_SECONDS)));
  const clipSeconds = wantedSeconds / count;
  const lastStart = Math.max(0, filmSeconds - clipSeconds - END_MARGIN_SECONDS);
  return Array.from({ length: count }, (_, index) => {
    const middle = count === 1 ? filmSeconds * SINGLE_START + clipSeconds / 2 : ((index + 0.5) * filmSeconds) / count;
    return { startSeconds: Math.min(lastStart, Math.max(0, middle - clipSeconds / 2)), frames: framesOf(clipSeconds) };
  });
}

/** A constant rate near the film's own: halved where it is above the limit, 25 where it is unknown or senseless. */
export function previewRate(rate: Fraction | null, maxRate = MAX_RATE): Fraction {
  const perSecond = rate === null ? 0 : rate.numerator / rate.denominator;
  if (rate === null || perSecond < 1 || perSecond > 1000) return { numerator: 25, denominator: 1 };
  const divisor = Math.ceil(perSecond / (maxRate + 0.01));
  return { numerator: rate.numerator, denominator: rate.denominator * divisor };
}
