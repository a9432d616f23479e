/** Schedules: what Longhaul does by the clock, its own upkeep and a user's folders. */
import * as z from 'zod';
import { maintenanceOptions } from './options.ts';
import { taskId, taskStatus, taskType } from './task.ts';

/** Positive, never given twice within a data folder. */
export const scheduleId = z.int().positive();

/** When a schedule fires. */
export const timing = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('cron'),
    /** Five fields: minute, hour, day of the month, month, day of the week; or a nickname like `@daily`. */
    cron: z.string().trim().min(1).max(200),
    /** IANA name; local: the machine's own, whatever that is at the time. */
    timeZone: z.string().min(1).max(100).default('local'),
  }),
  /** Counted from when the schedule was made: neither time zones nor summer time move it. */
  z.object({ kind: z.literal('interval'), seconds: z.int().min(60).max(31_536_000) }),
]);
export type Timing = z.infer<typeof timing>;

/** What becomes of occasions that came while nobody was there. once: one run for all of them. */
export const missedPolicy = z.enum(['once', 'skip']);
export type MissedPolicy = z.infer<typeof missedPolicy>;

const scheduleName = z.string().trim().min(1).max(100);

/** A schedule as it is stored. Times are epoch milliseconds. */
export const schedule = z.object({
  id: scheduleId,
  name: scheduleName,
  /** Longhaul's own: can be changed and disabled, not removed. */
  isBuiltIn: z.boolean(),
  isEnabled: z.boolean(),
  timing,
  action: maintenanceOptions,
  missed: missedPolicy,
  /** The newest occasion that was taken; null: none yet. */
  lastFor: z.number().nullable(),
  /** Null: it is disabled, or never comes again. */
  nextFor: z.number().nullable(),
  createdAt: z.number(),
  updatedAt: z.number(),
  /** Its newest task that is still known. */
  lastTask: z.object({ id: taskId, status: taskStatus, message: z.string() }).nullable(),
});
export type Schedule = z.infer<typeof schedule>;

/** A user's own schedule: a recipe for each file that is new in a folder. */
export const newSchedule = z.object({
  name: scheduleName,
  timing,
  /** Absolute path. Files in it and in the folders within; each is taken once by path, size and time of change, and stays as it is. */
  folder: z.string().min(1),
  recipe: z.string().min(1),
  /** Absolute path of a folder outside of `folder`. Null: the one that the settings name. */
  outputDir: z.string().nullable().default(null),
  missed: missedPolicy.default('once'),
  isEnabled: z.boolean().default(true),
});
export type NewSchedule = z.output<typeof newSchedule>;

const one = z.object({ schedule });
const byId = z.object({ id: scheduleId });

export const SCHEDULE_COMMANDS = {
  addSchedule: { input: newSchedule, output: one },
  /** What is not named stays. Folder, recipe and outputDir are those of a user's own schedule. */
  changeSchedule: {
    input: z.object({
      id: scheduleId, name: scheduleName.optional(), timing: timing.optional(), missed: missedPolicy.optional(), isEnabled: z.boolean().optional(),
      folder: z.string().min(1).optional(), recipe: z.string().min(1).optional(), outputDir: z.string().nullable().optional(),
    }),
    output: one,
  },
  /** Only a user's own; tasks that it added stay. */
  removeSchedule: { input: byId, output: z.object({}) },
  /** Adds its task now, beside its times. isNew false: one of it was waiting or running already, and that is the answer. */
  runScheduleNow: { input: byId, output: z.object({ taskId, isNew: z.boolean() }) },
} as const;

/** What is kept of a task that the clean-up took off the list. */
export const pastTask = z.object({
  id: taskId,
  type: taskType,
  recipe: z.string(),
  status: taskStatus,
  /** The first input; empty: it had none. */
  input: z.string(),
  createdAt: z.number(),
  completedAt: z.number(),
  /** Time spent in attempts. */
  durationMs: z.number(),
  attempts: z.int(),
  outputs: z.int(),
});
export type PastTask = z.infer<typeof pastTask>;

export const SCHEDULE_QUERIES = {
  listSchedules: { input: z.object({}), output: z.object({ schedules: z.array(schedule) }) },
  /** Tasks that the clean-up removed, the newest first. next: give it as `before` for the next page; null: that was all. */
  listHistory: {
    input: z.object({ before: taskId.nullable().default(null), limit: z.int().min(1).max(1_000).default(100) }),
    output: z.object({ tasks: z.array(pastTask), next: taskId.nullable() }),
  },
} as const;
