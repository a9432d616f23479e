/** Counts afresh what has a limit per hour or month. */
import { nextAfter } from '../../schedules/timing.ts';
import type { Upkeep } from './upkeep.ts';

const PATTERNS = { hour: '0 * * * *', month: '0 0 1 * *' } as const;

/** Every quota of the period whose time has come; the next time is the next full hour, or the first of the next month by the machine's zone. */
export const resetQuotas: Upkeep = async ({ options }, { store, clock, localZone }) => {
  const period = options.period ?? 'hour';
  const now = clock.now();
  const resetAt = nextAfter({ timing: { kind: 'cron', cron: PATTERNS[period], timeZone: 'local' }, createdAt: now, localZone: localZone() }, now) ?? now;
  const reset = await store.resetQuotas({ period, now, resetAt });
  if (reset === 0) return { message: 'nothing to reset', isQuiet: true };
  return { message: reset === 1 ? 'reset 1 quota' : `reset ${reset} quotas`, isQuiet: false };
};
