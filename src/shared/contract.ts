/**
 * Every command, query and event of the engine, once, with input and output. Whatever carries them (the local socket now,
 * IPC and WebSocket later) is derived from this table, so a method exists everywhere or nowhere and is always validated.
 */
import * as z from 'zod';
import { taskErrorShape } from './errors.ts';
import { recipe } from './recipe.ts';
import { priority, queueName, task, taskId, taskStatus, taskType } from './task.ts';

const ids = z.object({ ids: z.array(taskId).min(1) });
const brief = z.object({ id: taskId, type: taskType, status: taskStatus });
export type TaskBrief = z.infer<typeof brief>;
const briefs = z.object({ tasks: z.array(brief) });

/** A task as it is handed in. */
export const newTask = z.object({
  /** Absolute path. */
  input: z.string().min(1),
  recipe: z.string().min(1),
  /** Options that replace the recipe's. Unknown names are refused with the nearest known ones. */
  set: z.record(z.string(), z.json()).default({}),
  /** Absolute path of a folder; it is made when missing. Null: beside the input. */
  outputDir: z.string().nullable().default(null),
  priority: priority.default(5),
  /** Tasks that must complete first. */
  dependsOn: z.array(taskId).default([]),
  /** Epoch milliseconds; null: at once. */
  runAt: z.number().nullable().default(null),
});
export type NewTask = z.input<typeof newTask>;

export const COMMANDS = {
  /** Answers after the commit: from then on the work is never lost. All tasks are taken or none. */
  addTasks: { input: z.object({ tasks: z.array(newTask).min(1).max(100_000) }), output: briefs },
  pauseTasks: { input: ids, output: briefs },
  resumeTasks: { input: ids, output: briefs },
  cancelTasks: { input: ids, output: briefs },
  /** Failed and cancelled tasks start over with fresh retries; what is checkpointed is kept. */
  retryTasks: { input: ids, output: briefs },
  /** Takes tasks off the list (soft delete). A running one is stopped first. Published outputs stay. */
  removeTasks: { input: ids, output: briefs },
  prioritiseTasks: { input: z.object({ ids: z.array(taskId).min(1), priority }), output: briefs },
  /** A setting of the engine, by name; null takes it back to its default. */
  setSetting: { input: z.object({ name: z.enum(['model', 'queue.media', 'queue.speech']), value: z.string().nullable() }), output: z.object({}) },
} as const;

const counts = z.record(taskStatus, z.int().nonnegative());
export const engineStatus = z.object({
  pid: z.int(),
  version: z.string(),
  dataDir: z.string(),
  /** Epoch milliseconds. */
  startedAt: z.number(),
  /** Whether it works on tasks; false for a command that only opened the folder. */
  isRunning: z.boolean(),
  counts,
  queues: z.array(z.object({ name: queueName, concurrency: z.int(), running: z.int() })),
  /** Nothing runs, and nothing will by itself: no pending, running, retrying or waiting task. */
  isIdle: z.boolean(),
  /** What went wrong with the engine itself (a save that failed) and has not been mended yet. */
  trouble: taskErrorShape.nullable(),
});
export type EngineStatus = z.infer<typeof engineStatus>;

export const QUERIES = {
  listTasks: {
    input: z.object({
      status: z.array(taskStatus).optional(),
      type: z.array(taskType).optional(),
      ids: z.array(taskId).optional(),
      limit: z.int().min(0).max(100_000).default(100),
      offset: z.int().nonnegative().default(0),
    }),
    /** Newest first. total: how many match without limit and offset. */
    output: z.object({ tasks: z.array(task), total: z.int() }),
  },
  getTask: { input: z.object({ id: taskId }), output: task },
  /** The task's log, the newest lines; oldest first, each `ISO-time text`. */
  getLog: { input: z.object({ id: taskId, lines: z.int().positive().max(10_000).default(1000) }), output: z.object({ lines: z.array(z.string()) }) },
  listRecipes: { input: z.object({}), output: z.object({ recipes: z.array(recipe) }) },
  getStatus: { input: z.object({}), output: engineStatus },
  getSettings: { input: z.object({}), output: z.object({ settings: z.record(z.string(), z.string()) }) },
} as const;

export const METHODS = { ...COMMANDS, ...QUERIES } as const;
export type MethodName = keyof typeof METHODS;
export type MethodInput<M extends MethodName> = z.input<(typeof METHODS)[M]['input']>;
export type MethodOutput<M extends MethodName> = z.output<(typeof METHODS)[M]['output']>;

/** The engine as its hosts see it: in the same process or over a wire, it is the same. */
export type EngineApi = { [M in MethodName]: (input: MethodInput<M>) => Promise<MethodOutput<M>> };

/** What has happened. Progress is coalesced to at most 4 a second per task. */
export const engineEvent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('task'), task }),
  z.object({
    kind: z.literal('progress'), id: taskId, progress: z.number(), progressCurrent: z.number(), progressTotal: z.number(), message: z.string(),
  }),
  z.object({ kind: z.literal('idle') }),
  z.object({ kind: z.literal('trouble'), trouble: taskErrorShape.nullable() }),
]);
export type EngineEvent = z.infer<typeof engineEvent>;

/** Every answer travels in this envelope. */
export type Envelope<T> = { ok: true; value: T } | { ok: false; error: z.infer<typeof taskErrorShape> };
