/** Runs tasks of the type maintenance, inside the engine's process: they need its parts, and make no files. */
import { maintenanceOptions, type MaintenanceOptions } from '../../../../shared/options.ts';
import { TaskError } from '../../../../shared/errors.ts';
import type { RunOne } from '../../workers/serve.ts';
import { backUp } from './backup.ts';
import { cleanUp } from './clean-up.ts';
import { takeNewFiles } from './folder.ts';
import { checkHealth } from './health-check.ts';
import { resetQuotas } from './quota-reset.ts';
import type { Upkeep, UpkeepParts } from './upkeep.ts';

const ACTIONS: Readonly<Record<MaintenanceOptions['action'], Upkeep>> = { cleanUp, backup: backUp, healthCheck: checkHealth, quotaReset: resetQuotas, folder: takeNewFiles };

/** What runs an attempt of the type maintenance; others go to `otherwise`. */
export function runMaintenance(parts: UpkeepParts, otherwise: RunOne): RunOne {
  return async (order, port, signal) => {
    if (order.task.type !== 'maintenance') return await otherwise(order, port, signal);
    try {
      const options = readOptions(order.task.options);
      const scheduleId = (await parts.store.get(order.task.id))?.scheduleId ?? null;
      const { message, isQuiet } = await ACTIONS[options.action](
        {
          id: order.task.id, options, scheduleId, name: order.task.recipe, signal,
          progress: (current, total, said) => port.progress(current, total, said), log: (line) => port.log(line), warn: (sentence) => port.warn(sentence),
        },
        parts,
      );
      if (isQuiet && scheduleId !== null) parts.onChanged(await parts.store.replaceQuietRuns({ scheduleId, exceptId: order.task.id, message, now: parts.clock.now() }));
      return { kind: 'completed', outputs: [], message, pace: null, hasWorkDir: false };
    } catch (error) {
      return signal.aborted ? { kind: 'stopped' } : { kind: 'failed', error: TaskError.from(error).toShape() };
    }
  };
}

function readOptions(stored: unknown): MaintenanceOptions {
  const parsed = maintenanceOptions.safeParse(stored);
  if (parsed.success) return parsed.data;
  throw new TaskError('OPTION_INVALID', 'What this task was to do can\'t be read any more. Remove it; its schedule makes another one.', { details: parsed.error.message });
}
