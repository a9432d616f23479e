/** What lies before the queues, from the mirror. */
import type { EngineStatus } from '../../../shared/contract.ts';
import type { TaskSummary } from '../../../shared/summary.ts';
import type { QueueName, TaskId } from '../../../shared/task.ts';
import { fromEstimate, type Forecast } from '../../../shared/forecast.ts';
import type { QueueLoad } from '../../store/forecast.ts';
import type { Sections } from '../../store/sections.ts';

interface Looked {
  readonly sections: Pick<Sections, 'of'>;
  readonly tasks: ReadonlyMap<TaskId, TaskSummary>;
  readonly status: Pick<EngineStatus, 'queues'> | null;
}

/** Paused tasks wait for somebody and do not count. */
export function queueLoads({ sections, tasks, status }: Looked, forecast: Pick<Forecast, 'secondsLeft'>, now: number): QueueLoad[] {
  const queues = new Map<QueueName, { running: (number | null)[]; waitingSeconds: number; waitingKnown: number; waitingUnknown: number; concurrency: number }>();
  const of = (name: QueueName) => {
    const known = queues.get(name);
    if (known !== undefined) return known;
    const made = { running: [], waitingSeconds: 0, waitingKnown: 0, waitingUnknown: 0, concurrency: status?.queues.find((queue) => queue.name === name)?.concurrency ?? 1 };
    queues.set(name, made);
    return made;
  };
  for (const { id, queue } of sections.of('running')) {
    const task = tasks.get(id);
    if (task !== undefined) of(queue).running.push(forecast.secondsLeft(task, now));
  }
  for (const { id, queue } of sections.of('waiting')) {
    const task = tasks.get(id);
    if (task === undefined || task.status === 'paused') continue;
    const load = of(queue);
    const seconds = fromEstimate(task);
    if (seconds === null) load.waitingUnknown += 1;
    else {
      load.waitingKnown += 1;
      load.waitingSeconds += seconds;
    }
  }
  return [...queues.values()];
}
