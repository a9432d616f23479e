/** What the operations answer, parsed by the client: rows are stored data, and stored data is not trusted. Made once each: to make a schema takes longer than to use it. */
import { dirname } from 'node:path';
import * as z from 'zod';
import { attemptRecord } from '../../../shared/contract.ts';
import { errorCode, taskErrorShape } from '../../../shared/errors.ts';
import { estimate, groupId, output, task, taskId, taskStatus, taskType } from '../../../shared/task.ts';
import { packedTask } from './packed-row.ts';
import { parseJson } from './row.ts';
import { storedDependency } from './group-results.ts';
import type { Claimed, IntendedOutput } from './store.ts';

export { summaryRows as summaries } from './summary-row.ts';
export const storedTask = packedTask.transform(({ task: whole }) => whole);
export const storedTaskOrNull = storedTask.nullable();
export const storedTasks = z.array(storedTask);
export const nothing = z.null();
export const yesOrNo = z.boolean();
export const ids = z.array(taskId);
export const revision = z.int().nullable();
export const pace = z.number().nullable();
export const logLines = z.array(z.tuple([z.int(), z.string()]));
export const settings = z.record(z.string(), z.string());

/** damaged: names of columns that could not be read; such a task can't be worked on. */
export const claimedTasks = z.array(
  z
    .object({ task: packedTask, plan: z.string().nullable(), parts: z.array(z.tuple([z.number(), z.string()])), intent: z.string().nullable(), dependencies: z.array(storedDependency), groupName: z.string().nullable(), suffix: z.string().nullable(), missing: z.string().nullable() })
    .transform(({ task: { task: whole, damaged }, plan: planText, parts, intent, ...rest }): { claimed: Claimed; damaged: readonly string[] } => {
      const plan = planText === null ? undefined : parseJson(planText);
      return { claimed: { task: whole, plan, parts: plan === undefined ? [] : readParts(parts), intent: readIntent(intent), ...rest }, damaged };
    }),
);

export const letThrough = z.object({ ids: z.array(taskId), nextAt: z.number().nullable() });
export const ratedTasks = z.object({ claimed: claimedTasks, nextAt: z.number().nullable() });

export const insertedTasks = z.array(z.tuple([taskId, taskStatus, groupId.nullable(), z.boolean()]));
export const staged = z.object({ staged: z.array(taskId), nextAt: z.number().nullable() });
export const completed = z.object({ released: z.array(taskId) }).nullable();
const consequences = { broken: storedTasks, others: storedTasks };
export const ended = z.object({ task: storedTask, ...consequences }).nullable();
export const touched = z.array(z.object({ task: storedTask, didChange: z.boolean(), ...consequences }));
export const groupTouched = z.object({ tasks: z.array(task.pick({ id: true, type: true, status: true, stopRequested: true, attempt: true })), others: z.array(taskId) });
export const moved = z.object({ touched, others: z.array(taskId) });
export const page = z.object({ tasks: storedTasks, total: z.int().nonnegative() });
export const idPage = z.object({ ids: z.array(taskId), total: z.int().nonnegative() });
export const causes = z.array(z.object({ code: errorCode.nullable().catch(null), tasks: z.int().positive() }));
export const statusCounts = z.record(taskStatus, z.int());
const someTexts = z.tuple([z.string()]).rest(z.string());
export const head = z
  .object({ inputs: z.string(), outputDir: z.string().nullable() })
  .transform(({ inputs, outputDir }) => {
    const input = someTexts.safeParse(parseJson(inputs)).data?.[0];
    // Without a readable input there is no folder to name: the attempt will say what is wrong.
    return outputDir !== null ? { outputDir } : input === undefined ? null : { outputDir: dirname(input) };
  })
  .nullable();
export const candidates = z.array(
  z.object({ id: taskId, type: taskType, recipe: z.string(), inputs: z.string(), outputDir: z.string().nullable(), estimate: z.string().nullable() })
    .transform(({ inputs, outputDir, estimate: text, ...task }) => ({
      ...task, outputDir: head.parse({ inputs, outputDir })?.outputDir ?? null,
      estimate: text === null ? null : (estimate.safeParse(parseJson(text)).data ?? null),
    })),
);
export const resourceUse = z.object({ memoryRatio: z.number().nullable(), tempRatio: z.number().nullable(), processors: z.number().nullable() });
export const draftFolders = z.array(z.object({ inputs: z.string(), outputDir: z.string().nullable() }))
  .transform((rows) => [...new Set(rows.map((row) => head.parse(row)?.outputDir).filter((dir) => dir !== undefined))]);
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
