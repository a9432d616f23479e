/** When a schedule comes: pure functions of its timing and a time. */
import { Cron } from 'croner';
import type { Timing } from '../../../shared/schedule-contract.ts';
import { TaskError } from '../../../shared/errors.ts';

/** A timing with what it is counted by. */
export interface Rule {
  readonly timing: Timing;
  /** Epoch milliseconds; intervals are counted from here. */
  readonly createdAt: number;
  /** What `local` means now: an IANA name. */
  readonly localZone: string;
}

/**
 * The first occasion after a time; null: there is none any more. Summer time as Vixie cron has it (croner's README, "DST handling"): a
 * time of day that the spring skips comes when the clock has jumped, one that the autumn doubles comes at its first, and whatever
 * comes several times a day or an hour goes on through both.
 */
export function nextAfter(rule: Rule, atMs: number): number | null {
  if (rule.timing.kind === 'interval') return gridTime(rule, rule.timing.seconds, Math.floor((atMs - rule.createdAt) / (rule.timing.seconds * 1000)) + 1);
  return cronOf(rule.timing, rule.localZone).nextRun(new Date(atMs))?.getTime() ?? null;
}

/** The newest occasion up to a time, that time included; null: there was none. */
export function latestUpTo(rule: Rule, atMs: number): number | null {
  if (rule.timing.kind === 'interval') {
    const passed = Math.floor((atMs - rule.createdAt) / (rule.timing.seconds * 1000));
    return passed < 1 ? null : gridTime(rule, rule.timing.seconds, passed);
  }
  // The end is not included there.
  return cronOf(rule.timing, rule.localZone).previousRuns(1, new Date(atMs + 1))[0]?.getTime() ?? null;
}

/** Throws USAGE when it is no timing that ever comes. */
export function requireTiming(timing: Timing, nowMs: number, localZone: string): void {
  if (timing.kind === 'interval') return;
  if (timing.timeZone !== 'local' && !isTimeZone(timing.timeZone)) {
    throw new TaskError('USAGE', `There is no time zone "${timing.timeZone}". Give an IANA name like Europe/Berlin, or local.`);
  }
  let next: number | null;
  try {
    next = nextAfter({ timing, createdAt: nowMs, localZone }, nowMs);
  } catch (cause) {
    throw new TaskError('USAGE', `"${timing.cron}" is no cron pattern. Give minute, hour, day, month and day of the week, such as "30 2 * * *" for 02:30 every day.`, {
      cause, ...(cause instanceof Error ? { details: cause.message } : {}),
    });
  }
  if (next === null) throw new TaskError('USAGE', `"${timing.cron}" never comes. Choose another day or month.`);
}

/** The machine's time zone as it is set now. */
export function machineZone(): string {
  // V8 asks the system once and remembers. Node has it ask again whenever this variable is touched, also where it was not set; so a traveller's
  // machine needs no new start of Longhaul.
  if (process.env['TZ'] === undefined) Reflect.deleteProperty(process.env, 'TZ');
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function cronOf({ cron, timeZone }: Extract<Timing, { kind: 'cron' }>, localZone: string): Cron {
  return new Cron(cron, { paused: true, timezone: timeZone === 'local' ? localZone : timeZone, mode: cron.startsWith('@') ? 'auto' : '5-part' });
}

function gridTime({ createdAt }: Rule, seconds: number, step: number): number {
  return createdAt + step * seconds * 1000;
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
