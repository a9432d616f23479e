/** Which tasks a list is of, and how it is sorted. */
import * as z from 'zod';
import { errorCode } from './errors.ts';
import { groupId, queueName, taskId, taskStatus, taskType } from './task.ts';

/** Epoch milliseconds. */
const time = z.number();

/** What is left out lets every task through; of a list, one entry has to fit. */
export const taskFilter = z.object({
  status: z.array(taskStatus).optional(),
  type: z.array(taskType).optional(),
  queue: z.array(queueName).optional(),
  recipe: z.array(z.string()).optional(),
  ids: z.array(taskId).optional(),
  groupId: groupId.optional(),
  parentTaskId: taskId.optional(),
  owner: z.string().optional(),
  project: z.string().optional(),
  /** In an input's path, the message or the error; of Latin letters the case does not matter. */
  text: z.string().min(1).optional(),
  /** From this moment on, and before that one. */
  createdFrom: time.optional(),
  createdTo: time.optional(),
  /** Completed, failed or cancelled. */
  finishedFrom: time.optional(),
  finishedTo: time.optional(),
  /** Why it failed. */
  code: z.array(errorCode).optional(),
  /** Dead letters alone, or all but them. */
  isDeadLetter: z.boolean().optional(),
  /** Removed tasks instead of the listed ones. */
  isRemoved: z.boolean().default(false),
});
export type TaskFilter = z.input<typeof taskFilter>;

/** order: as they are claimed. finished: tasks that are not come last. duration: of all attempts. */
export const SORTS = ['created', 'updated', 'finished', 'priority', 'order', 'duration'] as const;
export const sortName = z.enum(SORTS);
export type SortName = z.infer<typeof sortName>;

/** One page. desc: the newest, highest, longest or first to be claimed comes first. */
export const listPage = z.object({
  sort: sortName.default('created'),
  direction: z.enum(['asc', 'desc']).default('desc'),
  limit: z.int().min(0).max(100_000).default(100),
  offset: z.int().nonnegative().default(0),
});
