/** Times of the command line: when something is to be (a date, a time of day, a span from now), or since when (a date, a span before now). */
import { usage } from './values.ts';

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const SPAN = /^\+((?:\d{1,6}[smhd])+)$/;
const PAST_SPAN = /^((?:\d{1,6}[smhd])+)$/;
const CLOCK = /^(\d{1,2}):(\d{2})$/;
/** ISO 8601; without a zone it is local time. */
const DATE = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;

/** Epoch milliseconds. `HH:MM` is the next such moment of the machine's clock; `+1h30m` counts from now. */
export function parseTime(text: string, now: number): number {
  const span = SPAN.exec(text);
  if (span?.[1] !== undefined) return now + spanMs(span[1]);
  const clock = CLOCK.exec(text);
  if (clock !== null) return nextClock(Number(clock[1]), Number(clock[2]), now) ?? refuse(text);
  return DATE.test(text) ? dateMs(text, refuse) : refuse(text);
}

/** Epoch milliseconds, for the option of that name. `2h` is two hours before now. */
export function parsePast(option: string, text: string, now: number): number {
  const span = PAST_SPAN.exec(text);
  if (span?.[1] !== undefined) return now - spanMs(span[1]);
  const refused = (): never => {
    throw usage(`--${option} takes a time like 2026-12-24T18:00, or 30m, 2h or 7d for so long ago, not "${text}".`);
  };
  return DATE.test(text) ? dateMs(text, refused) : refused();
}

function spanMs(text: string): number {
  let total = 0;
  for (const [, digits, unit] of text.matchAll(/(\d+)([smhd])/g)) total += Number(digits) * (UNIT_MS[unit ?? ''] ?? 0);
  return total;
}

function nextClock(hours: number, minutes: number, now: number): number | undefined {
  if (hours > 23 || minutes > 59) return undefined;
  const date = new Date(now);
  date.setHours(hours, minutes, 0, 0);
  if (date.getTime() <= now) date.setDate(date.getDate() + 1);
  return date.getTime();
}

/** A date alone means its midnight here, as its reader would think; Date itself would take it as UTC. */
function dateMs(text: string, refused: (text: string) => never): number {
  const day = text.slice(0, 10);
  const parsed = Date.parse(text.length === 10 ? `${text}T00:00` : text.replace(' ', 'T'));
  const midnight = Date.parse(`${day}T00:00:00Z`);
  const isRealDay = !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(day);
  return Number.isNaN(parsed) || !isRealDay ? refused(text) : parsed;
}

function refuse(text: string): never {
  throw usage(`--at takes a time like 2026-12-24T18:00, 18:00, +30m or +2h, not "${text}".`);
}
