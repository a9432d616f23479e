/** What a schedule does at a look: a pure decision. */
import type { MissedPolicy } from '../../../shared/schedule-contract.ts';
import { latestUpTo, nextAfter, type Rule } from './timing.ts';

export interface Standing {
  readonly rule: Rule;
  readonly missed: MissedPolicy;
  /** When it was to fire next, as stored; null: it was not told yet. */
  readonly nextFor: number | null;
}

export interface Decision {
  /** The occasion to fire for; null: none. */
  readonly fireFor: number | null;
  /** The time to store as the next one; null: it never comes again. */
  readonly nextFor: number | null;
}

/** An occasion that is not older was not missed: the engine was busy, or its timer late. */
export const PUNCTUAL_MS = 60_000;

/**
 * The next occasion is always counted from the wall clock as it is now, never from the last one: so a clock that jumps back by years, or
 * another time zone, moves it, and what was already done is refused by the store, which keeps each occasion once.
 */
export function decide({ rule, missed, nextFor }: Standing, nowMs: number): Decision {
  const upcoming = nextAfter(rule, nowMs);
  if (nextFor === null || nextFor > nowMs) return { fireFor: null, nextFor: upcoming };
  // Many may have passed; the newest stands for all of them. A zone that was changed since may have none: then the one that was stored.
  const latest = Math.max(nextFor, latestUpTo(rule, nowMs) ?? nextFor);
  const isMissed = nowMs - latest > PUNCTUAL_MS;
  return { fireFor: isMissed && missed === 'skip' ? null : latest, nextFor: upcoming };
}
