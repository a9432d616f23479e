/** What the operations answer, parsed by the client: rows are stored data, and stored data is not trusted. */
import { dirname } from 'node:path';
import * as z from 'zod';
import { attemptRecord } from '../../../shared/contract.ts';
import { taskErrorShape } from '../../../shared/errors.ts';
import { output, taskId, taskStatus } from '../../../shared/task.ts';
import { parseJson, readTask, taskRow, unpackRow } from './row.ts';
import type { Claimed, IntendedOutput } from './store.ts';

export { summaryRows as summaries } from './summary-row.ts';
export const storedTask = taskRow.transform((row) => readTask(row).task);
export const storedTasks = z.array(storedTask);
const packedRow = z.custom<readonly unknown[]>(Array.isArray).transform(unpackRow);
export const packedTasks = z.array(packedRow.pipe(storedTask));

/** damaged: names of columns that could not be read; such a task can't be worked on. */
export const claimedTasks = z.array(
  z
    .object({ task: packedRow.pipe(taskRow), plan: z.string().nullable(), parts: z.array(z.tuple([z.number(), z.string()])), intent: z.string().nullable() })
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
export const moved = z.object({ touched, others: z.array(taskId) });
export const page = z.object({ tasks: storedTasks, total: z.int().nonnegative() });
export const statusCounts = z.record(taskStatus, z.int());
export const head = z
  .object({ inputs: z.string(), outputDir: z.string().nullable() })
  .transform(({ inputs, outputDir }) => {
    const input = z.tuple([z.string()]).rest(z.string()).safeParse(parseJson(inputs)).data?.[0];
    // Without a readable input there is no folder to name: the attempt will say what is wrong.
    return outputDir !== null ? { outputDir } : input === undefined ? null : { outputDir: dirname(input) };
  })
  .nullable();
export const attempts = z.array(
  attemptRecord.extend({ error: z.string().nullable() }).transform(({ error, ...rest }) => ({ ...rest, error: error === null ? null : (taskErrorShape.safeParse(parseJson(error)).data ?? null) })),
);
export const document = z
  .object({ document: z.string(), revision: z.int().positive() })
  .transform(({ document: text, revision }) => {
    const value = parseJson(text);
    return value === undefined ? null : { document: value, revision };
  })
  .nullable();
export const checkpoint = z
  .object({ plan: z.string(), parts: z.array(z.tuple([z.number(), z.string()])) })
  .transform(({ plan: text, parts }) => {
    const plan = parseJson(text);
    return plan === undefined ? null : { plan, parts: readParts(parts) };
  })
  .nullable();
export const tools = z.array(z.object({ pid: z.int(), startStamp: z.string() }));

const intended: z.ZodType<IntendedOutput[]> = z.array(output.extend({ tempPath: z.string() }));

/** A part that is not JSON any more is left out: the handler makes it again. */
function readParts(parts: readonly (readonly [index: number, text: string])[]): Claimed['parts'] {
  return parts.map(([index, text]) => ({ index, part: parseJson(text) })).filter(({ part }) => part !== undefined);
}

function readIntent(text: string | null): readonly IntendedOutput[] | null {
  return text === null ? null : (intended.safeParse(parseJson(text)).data ?? null);
}
