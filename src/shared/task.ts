/** What a task is: the row that the store keeps, the CLI prints and the window mirrors. */
import * as z from 'zod';
import { taskErrorShape } from './errors.ts';

/** Every kind of work. The handler of the same name does it. */
export const TASK_TYPES = ['transcribe', 'video_convert', 'video_preview', 'video_thumbnail', 'image_convert', 'image_thumbnail', 'document_preview', 'model_preview', 'audio_picture', 'media_edit', 'report', 'maintenance'] as const;
export const taskType = z.enum(TASK_TYPES);
export type TaskType = z.infer<typeof taskType>;

/** Lanes with their own concurrency. A task's type decides its queue. */
export const QUEUE_NAMES = ['media', 'speech', 'render', 'maintenance'] as const;
export const queueName = z.enum(QUEUE_NAMES);
export type QueueName = z.infer<typeof queueName>;

/**
 * Where a task stands. docs/state-machine.md (generated) says who moves it out of each.
 *
 * pending: may be claimed now. waiting: for its time or for other tasks. running: a worker holds its lease.
 * retrying: failed, waits for its backoff. paused: until somebody resumes it. completed: outputs checked and published.
 * failed: no retry left or none would help (dead letter). cancelled: until somebody retries it.
 */
export const TASK_STATUSES = ['pending', 'waiting', 'running', 'retrying', 'paused', 'completed', 'failed', 'cancelled'] as const;
export const taskStatus = z.enum(TASK_STATUSES);
export type TaskStatus = z.infer<typeof taskStatus>;

/** Statuses in which a task asks for nothing more by itself. */
export const SETTLED_STATUSES: readonly TaskStatus[] = ['completed', 'failed', 'cancelled'];

/** What a user pays for, the least first. A tier's level is its place in this list. */
export const TIERS = ['FREE', 'PRO', 'ENTERPRISE'] as const;
export const tier = z.enum(TIERS);
export type Tier = z.infer<typeof tier>;
/** The priority of a task of whose priority nobody said anything. */
export const TIER_PRIORITIES: Readonly<Record<Tier, number>> = { FREE: 3, PRO: 5, ENTERPRISE: 7 };

/** completed: every dependency must be completed. settled: failed and cancelled ones count as well. */
export const dependencyMode = z.enum(['completed', 'settled']);
export type DependencyMode = z.infer<typeof dependencyMode>;

/** Positive, never given twice within a data folder. */
export const groupId = z.int().positive();
export type GroupId = z.infer<typeof groupId>;

/** 0–10, higher first. */
export const PRIORITY_NAMES = { critical: 10, high: 7, normal: 5, low: 3 } as const;
export const priority = z.int().min(0).max(10);

/** Positive, counts up, never given twice within a data folder. */
export const taskId = z.int().positive();
export type TaskId = z.infer<typeof taskId>;

/** A published file: absolute path, bytes, lower-case hex SHA-256 of its contents. */
export const output = z.object({ path: z.string(), sizeBytes: z.int().nonnegative(), sha256: z.string().length(64) });
export type Output = z.infer<typeof output>;

/** What the work is expected to take: seconds of wall time, bytes of memory, bytes of temporary files. */
export const estimate = z.object({
  seconds: z.number().nonnegative(),
  memoryBytes: z.number().nonnegative(),
  tempBytes: z.number().nonnegative(),
  /** Seconds of media in the input; 0 where it has no duration. */
  mediaSeconds: z.number().nonnegative(),
});
export type Estimate = z.infer<typeof estimate>;

/** How far the checkpoint reaches: finished parts of the planned ones. */
export const checkpointSummary = z.object({ partsDone: z.int().nonnegative(), partsTotal: z.int().nonnegative() });
export type CheckpointSummary = z.infer<typeof checkpointSummary>;

/** The whole task, as `show --json` prints it. Times are epoch milliseconds, or null before they happen. */
export const task = z.object({
  id: taskId,
  type: taskType,
  recipe: z.string(),
  status: taskStatus,
  queue: queueName,
  priority,
  /** 0–100. */
  progress: z.number().min(0).max(100),
  /** Units done and planned, in the unit of the task's type (seconds of media, frames). 0 and 0 before planning. */
  progressCurrent: z.number().nonnegative(),
  progressTotal: z.number().nonnegative(),
  /** What is happening now, or what was worth saying at the end; one sentence. */
  message: z.string(),
  /** What its user should know though it goes on or went well: a fallback taken, advice to split. */
  warnings: z.array(z.string()),
  inputs: z.array(z.string()),
  /** Folder for the outputs. Null: beside the first input. */
  outputDir: z.string().nullable(),
  outputs: z.array(output),
  /** Options of the type, complete with defaults: see shared/options.ts. */
  options: z.record(z.string(), z.json()),
  /** Attempts started; counts up only, and is the fencing token of the running one. */
  attempt: z.int().nonnegative(),
  /** Attempts that failed since the task was added or retried by hand; interrupted ones do not count. */
  failures: z.int().nonnegative(),
  maxRetries: z.int().nonnegative(),
  /** Workers that died under this task without a word; the third makes it a dead letter. */
  workerLosses: z.int().nonnegative(),
  checkpoint: checkpointSummary.nullable(),
  /** Why it failed (status failed), else null. */
  error: taskErrorShape.nullable(),
  /** The newest failure, also while it retries or after it went well. */
  lastError: taskErrorShape.nullable(),
  /** Tasks that must be over before this one starts: completed, or by dependencyMode at least settled. */
  dependsOn: z.array(taskId),
  dependencyMode,
  /** The task that this one was made for. */
  parentTaskId: taskId.nullable(),
  groupId: groupId.nullable(),
  /** Whose it is, as the program that added it names its users. */
  owner: z.string().nullable(),
  tier,
  /** What it belongs to, as the program that added it names its documents and projects. */
  documentId: z.string().nullable(),
  project: z.string().nullable(),
  /** Who is told when it is over: `desktop`, `mailto:…`, `https://…`. */
  notify: z.array(z.string()),
  /** Tasks with the same key share its rate limit. */
  rateKey: z.string().nullable(),
  /** First pause before a retry, instead of the type's. */
  retryDelayMs: z.number().nonnegative().nullable(),
  /** Seconds that an attempt may take before it is told to stop, and before its process tree ends. Null: the type's own. 0: none. */
  softLimitSeconds: z.number().nonnegative().nullable(),
  hardLimitSeconds: z.number().nonnegative().nullable(),
  /** The schedule that made it, and the occasion. */
  scheduleId: z.int().positive().nullable(),
  scheduledFor: z.number().nullable(),
  /** Whether an interrupted attempt goes on where it stood; else it starts over. */
  resumable: z.boolean(),
  /** Not before this time. */
  runAt: z.number().nullable(),
  leaseOwner: z.string().nullable(),
  leaseUntil: z.number().nullable(),
  /** A wish that reaches the running worker: it stops at once and its checkpoint stays. */
  stopRequested: z.enum(['pause', 'cancel', 'remove']).nullable(),
  createdAt: z.number(),
  updatedAt: z.number(),
  startedAt: z.number().nullable(),
  completedAt: z.number().nullable(),
  /** Time spent in attempts, all added up. */
  durationMs: z.number().nonnegative(),
  estimate: estimate.nullable(),
  /** Its place in its queue: higher first, then the lower id. */
  orderKey: z.number(),
  /** Set when it was removed from the list; its row stays until it is pruned. */
  deletedAt: z.number().nullable(),
});
export type Task = z.infer<typeof task>;
