/** Hours of the day in which a queue works, by the local time of the machine: pure but for the zone, which Date knows. */
import type { Hours } from '../../../shared/queue-contract.ts';

const MINUTE_MS = 60_000;
/** A day has at most 25 hours, and each change of open and closed comes at least once in it. */
const MINUTES_LOOKED_AT = 26 * 60;

/** How a queue's hours stand. until: when that changes next, epoch ms. */
export interface HoursNow {
  readonly isOpen: boolean;
  readonly until: number;
}

/** How the hours stand at a moment. */
export function hoursAt(hours: Hours, now: number): HoursNow {
  return { isOpen: isWithin(hours, now), until: nextChange(hours, now) };
}

/** Whether the clock on the wall stands within the hours. What it shows twice in an autumn night counts twice. */
export function isWithin(hours: Hours, now: number): boolean {
  const date = new Date(now);
  const minute = date.getHours() * 60 + date.getMinutes();
  const [from, to] = [minuteOf(hours.from), minuteOf(hours.to)];
  return from < to ? minute >= from && minute < to : minute >= from || minute < to;
}

/**
 * When that changes next, epoch ms. Looked for minute by minute: hours and the jumps of daylight saving time all fall on whole ones, so no
 * night of a zone is an exception. (1,600 looks; QueueGates asks when a boundary was crossed, not at every claim.)
 */
export function nextChange(hours: Hours, now: number): number {
  const isOpen = isWithin(hours, now);
  let at = Math.floor(now / MINUTE_MS) * MINUTE_MS;
  for (let looked = 0; looked < MINUTES_LOOKED_AT; looked += 1) {
    at += MINUTE_MS;
    if (isWithin(hours, at) !== isOpen) return at;
  }
  // Only where a spring's jump swallows the hours whole: there is another day.
  return at;
}

function minuteOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}
