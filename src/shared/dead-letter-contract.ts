/** Dead letters: tasks that failed for good, why, since when, and what can be done with them. */
import * as z from 'zod';
import { errorCode, taskErrorShape } from './errors.ts';
import { taskFilter } from './list-contract.ts';
import { taskBriefs } from './new-task.ts';
import { groupId, queueName, taskId, taskType } from './task.ts';

/** One of them. */
export const deadLetter = z.object({
  id: taskId,
  type: taskType,
  recipe: z.string(),
  queue: queueName,
  groupId: groupId.nullable(),
  owner: z.string().nullable(),
  project: z.string().nullable(),
  /** Its first input; empty: it has none. */
  input: z.string(),
  /** Null: the cause can't be read any more. */
  error: taskErrorShape.nullable(),
  attempts: z.int().nonnegative(),
  failures: z.int().nonnegative(),
  /** Epoch milliseconds. */
  createdAt: z.number(),
  failedAt: z.number(),
  /** Milliseconds since it failed, as the engine's clock goes. */
  ageMs: z.number().nonnegative(),
});
export type DeadLetter = z.infer<typeof deadLetter>;

/** Which dead letters; nothing given: all. */
export const deadLetterFilter = taskFilter
  .pick({ ids: true, type: true, queue: true, recipe: true, groupId: true, owner: true, project: true, text: true, code: true })
  .extend({ failedFrom: z.number().optional(), failedTo: z.number().optional() });
export type DeadLetterFilter = z.input<typeof deadLetterFilter>;

export const DEAD_LETTER_FORMATS = ['jsonl', 'csv'] as const;

export const DEAD_LETTER_COMMANDS = {
  /** Dead letters start over with fresh retries. refused: those that can't yet, because what they depend on failed, or that are none any more. */
  replayDeadLetters: { input: deadLetterFilter, output: taskBriefs.extend({ refused: z.array(taskId) }) },
  /** Removed tasks come back to the list in the status they had. */
  restoreTasks: { input: z.object({ ids: z.array(taskId).min(1) }), output: taskBriefs },
} as const;

export const DEAD_LETTER_QUERIES = {
  /** The newest first. total and causes: of all that match, on every page. */
  listDeadLetters: {
    input: deadLetterFilter.extend({ limit: z.int().min(0).max(10_000).default(100), offset: z.int().nonnegative().default(0) }),
    output: z.object({ letters: z.array(deadLetter), total: z.int().nonnegative(), causes: z.array(z.object({ code: errorCode.nullable(), tasks: z.int().positive() })) }),
  },
  /** All that match as a file: JSON lines, or a table. */
  exportDeadLetters: {
    input: deadLetterFilter.extend({ format: z.enum(DEAD_LETTER_FORMATS) }),
    output: z.object({ fileName: z.string(), mimeType: z.string(), base64: z.string(), letters: z.int().nonnegative() }),
  },
} as const;
