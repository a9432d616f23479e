/** Tasks as they are handed in, one by one or as a whole graph, and what is answered of each. */
import * as z from 'zod';
import { dependencyMode, groupId, priority, taskId, taskStatus, taskType, tier } from './task.ts';

/** What becomes of a group's other members when one fails for good. stop: what could be started is paused. cancelRest: all that is not over is cancelled. */
export const failurePolicy = z.enum(['goOn', 'stop', 'cancelRest']);
export type FailurePolicy = z.infer<typeof failurePolicy>;

/** A group that is made with its first members. Tasks of one call that name it alike share it; another call makes another group. */
export const newGroup = z.object({ name: z.string().trim().min(1).max(200), onFailure: failurePolicy.default('goOn') });
export type NewGroup = z.infer<typeof newGroup>;

const label = z.string().min(1).max(200).nullable().default(null);

/** A file that another task makes, a stored one or one of the same call by its key: the first of its outputs with this ending. */
export const madeFile = z.object({ task: z.union([taskId, z.string().min(1).max(200)]), extension: z.string().regex(/^[a-z0-9]+$/) });
export type MadeFile = z.infer<typeof madeFile>;

/** A task as it is handed in. */
export const newTask = z.object({
  /** Absolute path. Only a report has none: it is made from the results of the tasks it depends on. */
  input: z.string().min(1).optional(),
  /** In place of input. The task waits for that one and is handed the file in the commit that completes it. */
  inputFrom: madeFile.optional(),
  /** Of one task, or a chain: then the tasks of all its steps are added and answered, and to depend on it is to depend on all of them. */
  recipe: z.string().min(1),
  /** Options that replace the recipe's. Unknown names are refused with the nearest known ones. */
  set: z.record(z.string(), z.json()).default({}),
  /** Options whose value is the path of a file that another task makes. */
  setFrom: z.record(z.string(), madeFile).default({}),
  /** Absolute path of a folder; it is made when missing. Null: beside the input. */
  outputDir: z.string().nullable().default(null),
  /** Left out: that of the tier where one is named, else 5. */
  priority: priority.optional(),
  /** Names it within this call, for dependsOn. */
  key: z.string().min(1).max(200).optional(),
  /** Tasks that must be over first: ids of stored ones, keys of tasks in the same call, in whatever order those stand there. */
  dependsOn: z.array(z.union([taskId, z.string().min(1).max(200)])).default([]),
  dependencyMode: dependencyMode.default('completed'),
  /** Epoch milliseconds; null: at once. */
  runAt: z.number().nullable().default(null),
  parentTaskId: taskId.nullable().default(null),
  group: z.union([groupId, newGroup]).nullable().default(null),
  owner: label,
  tier: tier.optional(),
  documentId: label,
  project: label,
  notify: z.array(z.string().regex(/^(desktop|mailto:\S+@\S+|https?:\/\/\S+)$/, 'takes desktop, mailto:… or https://…')).max(20).default([]),
  rateKey: label,
  /** Null: the type's own. */
  retryDelayMs: z.number().nonnegative().nullable().default(null),
  /** Seconds that an attempt may take before it is told to stop, and before its process tree ends. Null: the type's own. 0: none. */
  softLimitSeconds: z.number().nonnegative().max(31_536_000).nullable().default(null),
  hardLimitSeconds: z.number().nonnegative().max(31_536_000).nullable().default(null),
  maxRetries: z.int().min(0).max(1000).nullable().default(null),
  /**
   * A task of the same type, input and options that was added with `unique` so recently is answered (isDuplicate) instead of adding this
   * one. Failed, cancelled and removed ones don't count: who adds such a task again wants it done.
   */
  unique: z.object({ withinSeconds: z.number().positive() }).nullable().default(null),
});
export type NewTask = z.input<typeof newTask>;
export type WantedTask = z.output<typeof newTask>;

/** What a command answers of a task. */
export const taskBrief = z.object({
  id: taskId,
  type: taskType,
  status: taskStatus,
  /** Only addTasks says so: the group of a task that has one. */
  groupId: groupId.optional(),
  /** Only addTasks says so: it was there already, nothing was added. */
  isDuplicate: z.boolean().optional(),
});
export type TaskBrief = z.infer<typeof taskBrief>;
export const taskBriefs = z.object({ tasks: z.array(taskBrief) });
