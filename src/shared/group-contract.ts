/** Groups: several tasks with one figure of progress, one policy for failures, and commands that reach all of them in one transaction. */
import * as z from 'zod';
import { failurePolicy, taskBriefs } from './new-task.ts';
import { groupId, priority, taskStatus } from './task.ts';

/** A group as lists show it. Removed members are not counted. */
export const taskGroup = z.object({
  id: groupId,
  name: z.string(),
  onFailure: failurePolicy,
  /** When its policy stopped it (epoch milliseconds). Null: it did not, or somebody let it go on since. */
  stoppedAt: z.number().nullable(),
  createdAt: z.number(),
  /** 0–100, members weighing what they are estimated to take. One that is over counts as done however it ended. */
  progress: z.number().min(0).max(100),
  counts: z.record(taskStatus, z.int().nonnegative()),
  total: z.int().nonnegative(),
});
export type TaskGroup = z.infer<typeof taskGroup>;

const oneGroup = z.object({ id: groupId });

/** Each answers the members that it changed. */
export const GROUP_COMMANDS = {
  pauseGroup: { input: oneGroup, output: taskBriefs },
  /** Also lets a group that was stopped by its policy take new members again. */
  resumeGroup: { input: oneGroup, output: taskBriefs },
  cancelGroup: { input: oneGroup, output: taskBriefs },
  retryGroup: { input: oneGroup, output: taskBriefs },
  prioritiseGroup: { input: z.object({ id: groupId, priority }), output: taskBriefs },
} as const;

export const GROUP_QUERIES = {
  /** Newest first. */
  listGroups: {
    input: z.object({ limit: z.int().min(0).max(10_000).default(100), offset: z.int().nonnegative().default(0) }),
    output: z.object({ groups: z.array(taskGroup), total: z.int() }),
  },
  getGroup: { input: oneGroup, output: taskGroup },
} as const;
