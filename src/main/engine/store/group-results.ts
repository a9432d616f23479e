/** What the operations answer of groups and of dependencies, parsed by the client. */
import * as z from 'zod';
import type { DependencyResult } from '../../../shared/dependency-result.ts';
import { taskErrorShape } from '../../../shared/errors.ts';
import { taskGroup, type TaskGroup } from '../../../shared/group-contract.ts';
import { output, SETTLED_STATUSES, task, taskStatus } from '../../../shared/task.ts';
import { parseJson } from './row.ts';

/** JSON that can't be read counts as empty: what depends on it can still be done. */
function json<T>(schema: z.ZodType<T>, empty: T) {
  return z.string().nullable().transform((text) => (text === null ? empty : (schema.safeParse(parseJson(text)).data ?? empty)));
}

/** A DependencyRow. */
export const storedDependency = z
  .tuple([task.shape.id, task.shape.type, z.string(), taskStatus, json(z.array(z.string()), []), json(z.array(output), []), z.number(), json(taskErrorShape.nullable(), null)])
  .transform(([id, type, recipe, status, inputs, outputs, durationMs, error]): DependencyResult => ({ id, type, recipe, status, inputs, outputs, durationMs, error }));

const members = z.object({ status: taskStatus, tasks: z.int(), seconds: z.number(), doneSeconds: z.number(), unknown: z.int(), doneUnknown: z.number() });
type Members = z.infer<typeof members>;

/** A GroupRow. */
export const group = taskGroup
  .omit({ progress: true, counts: true, total: true })
  .extend({ members: z.array(members) })
  .transform(({ members: byStatus, ...rest }): TaskGroup => ({
    ...rest,
    progress: progressOf(byStatus),
    counts: { pending: 0, waiting: 0, running: 0, retrying: 0, paused: 0, completed: 0, failed: 0, cancelled: 0, ...Object.fromEntries(byStatus.map(({ status, tasks }) => [status, tasks])) },
    total: byStatus.reduce((sum, { tasks }) => sum + tasks, 0),
  }));
export const groupOrNull = group.nullable();
export const groups = z.object({ groups: z.array(group), total: z.int() });

/** Members of unknown length weigh as much as the others do on average. */
function progressOf(byStatus: readonly Members[]): number {
  let [seconds, doneSeconds, known, unknown, doneUnknown] = [0, 0, 0, 0, 0];
  for (const one of byStatus) {
    const isOver = SETTLED_STATUSES.includes(one.status);
    seconds += one.seconds;
    doneSeconds += isOver ? one.seconds : one.doneSeconds;
    known += one.tasks - one.unknown;
    unknown += one.unknown;
    doneUnknown += isOver ? one.unknown : one.doneUnknown;
  }
  const average = known === 0 || seconds === 0 ? 1 : seconds / known;
  const all = seconds + unknown * average;
  // An empty group has nothing left to do; so has one that is expected to take no time and is over.
  if (all === 0) return byStatus.every(({ status }) => SETTLED_STATUSES.includes(status)) ? 100 : 0;
  return Math.min(100, (100 * (doneSeconds + doneUnknown * average)) / all);
}
