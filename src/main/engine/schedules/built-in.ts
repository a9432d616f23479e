/** What every data folder does by the clock from its first start on. Its user may change the times and switch each off. */
import { maintenanceOptions } from '../../../shared/options.ts';
import type { Schedule } from '../../../shared/schedule-contract.ts';

type BuiltIn = Pick<Schedule, 'name' | 'timing' | 'action' | 'missed'>;

const daily = (cron: string) => ({ kind: 'cron', cron, timeZone: 'local' } as const);

/** In the order in which they are listed. Names are the user's to read and to write. */
export const BUILT_IN: readonly BuiltIn[] = [
  // At night, and the copy after the clean-up, so that it is small.
  { name: 'clean-up', timing: daily('0 2 * * *'), action: maintenanceOptions.parse({ action: 'cleanUp' }), missed: 'once' },
  { name: 'backup', timing: daily('30 2 * * *'), action: maintenanceOptions.parse({ action: 'backup' }), missed: 'once' },
  { name: 'hourly-quotas', timing: daily('0 * * * *'), action: maintenanceOptions.parse({ action: 'quotaReset', period: 'hour' }), missed: 'once' },
  { name: 'monthly-quotas', timing: daily('0 0 1 * *'), action: maintenanceOptions.parse({ action: 'quotaReset', period: 'month' }), missed: 'once' },
  // What was not looked at while nobody was there needs no look any more.
  { name: 'health-check', timing: { kind: 'interval', seconds: 300 }, action: maintenanceOptions.parse({ action: 'healthCheck' }), missed: 'skip' },
];
