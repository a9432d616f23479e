/** What the operations answer, parsed by the client: rows are stored data, and stored data is not trusted. */
import * as z from 'zod';
import { output, taskId, taskStatus } from '../../../shared/task.ts';
import { parseJson, readTask, taskRow } from './row.ts';
import type { Claimed, IntendedOutput } from './store.ts';

export const storedTask = taskRow.transform((row) => readTask(row).task);
export const storedTasks = z.array(storedTask);

/** damaged: names of columns that could not be read; such a task can't be worked on. */
export const claimedTasks = z.array(
  z
    .object({ task: taskRow, plan: z.string().nullable(), parts: z.array(z.tuple([z.number(), z.string()])), intent: z.string().nullable() })
    .transform(({ task: row, plan: planText, parts, intent }): { claimed: Claimed; damaged: readonly string[] } => {
      const { task, damaged } = readTask(row);
      const plan = planText === null ? undefined : parseJson(planText);
      return { claimed: { task, plan, parts: plan === undefined ? [] : readParts(parts), intent: readIntent(intent) }, damaged };
    }),
);

export const insertedTasks = z.array(z.tuple([taskId, taskStatus]));
export const staged = z.object({ staged: z.array(taskId), nextAt: z.number().nullable() });
export const completed = z.object({ released: z.array(taskId) }).nullable();
export const ended = z.object({ task: storedTask, broken: storedTasks }).nullable();
export const touched = z.array(z.object({ task: storedTask, didChange: z.boolean(), broken: storedTasks }));
export const page = z.object({ tasks: storedTasks, total: z.int().nonnegative() });
export const statusCounts = z.record(taskStatus, z.int());
export const tools = z.array(z.object({ pid: z.int(), startStamp: z.string() }));

const intended: z.ZodType<IntendedOutput[]> = z.array(output.extend({ tempPath: z.string() }));

/** A part that is not JSON any more is left out: the handler makes it again. */
function readParts(parts: readonly (readonly [index: number, text: string])[]): Claimed['parts'] {
  return parts.map(([index, text]) => ({ index, part: parseJson(text) })).filter(({ part }) => part !== undefined);
}

function readIntent(text: string | null): readonly IntendedOutput[] | null {
  return text === null ? null : (intended.safeParse(parseJson(text)).data ?? null);
}
