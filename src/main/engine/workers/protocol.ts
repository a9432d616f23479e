/** What an engine and its worker processes say to each other. Both ends parse: a worker is another process. */
import * as z from 'zod';
import { dependencyResult } from '../../../shared/dependency-result.ts';
import { taskErrorShape } from '../../../shared/errors.ts';
import { estimate, output, task as wholeTask, taskId } from '../../../shared/task.ts';
import { tools } from '../media/tools.ts';

const intendedOutput = output.extend({ tempPath: z.string() });

/** One attempt, complete with all it needs to go on where the last one stood. */
export const runOrder = z.object({
  kind: z.literal('run'),
  task: wholeTask.pick({ id: true, type: true, recipe: true, inputs: true, outputDir: true, options: true, attempt: true }),
  /** From the recipe. */
  suffix: z.string(),
  plan: z.unknown().optional(),
  parts: z.array(z.object({ index: z.int(), part: z.unknown() })),
  intent: z.array(intendedOutput).nullable(),
  /** The tasks it waited for, as they ended, and the name of the group they or it belong to. */
  dependencies: z.array(dependencyResult),
  groupName: z.string().nullable(),
  /** Names a file that a dependency was to make and did not. */
  missing: z.string().nullable().optional(),
  tools,
  workDir: z.string(),
  /** Marks temporary files as this data folder's own. */
  storeId: z.string(),
  pace: z.number().nullable(),
  /** How often the worker must be heard of. */
  heartbeatMs: z.number().positive(),
});
export type RunOrder = z.infer<typeof runOrder>;

export const STOP_REASONS = ['pause', 'cancel', 'remove', 'quit', 'hold', 'softLimit', 'stalled', 'refused'] as const;

export const toWorker = z.discriminatedUnion('kind', [
  runOrder,
  /** Answer to a save: committed (true) or the fence was stale (false; the attempt must stop). */
  z.object({ kind: z.literal('saved'), seq: z.int(), isSaved: z.boolean() }),
  z.object({ kind: z.literal('heartbeatEvery'), heartbeatMs: z.number().positive() }),
  z.object({ kind: z.literal('stop'), reason: z.enum(STOP_REASONS) }),
]);
export type ToWorker = z.infer<typeof toWorker>;

const of = { id: taskId, attempt: z.int().positive() };

/** What the worker process itself holds, without its tools. */
const rssBytes = z.number().nonnegative().optional();

/** How an attempt ended. stopped: as asked; the checkpoint stays. */
export const attemptOutcome = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('completed'), outputs: z.array(output), message: z.string(), pace: z.number().nullable(),
    /** Whether this attempt made the task's work folder. */
    hasWorkDir: z.boolean(),
  }),
  z.object({ kind: z.literal('failed'), error: taskErrorShape }),
  z.object({ kind: z.literal('stopped') }),
]);
export type AttemptOutcome = z.infer<typeof attemptOutcome>;

export const fromWorker = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready') }),
  z.object({ kind: z.literal('alive'), ...of, rssBytes }),
  z.object({ kind: z.literal('progress'), ...of, current: z.number(), total: z.number(), message: z.string() }),
  z.object({ kind: z.literal('estimate'), ...of, estimate }),
  z.object({ kind: z.literal('log'), ...of, line: z.string() }),
  z.object({ kind: z.literal('warn'), ...of, sentence: z.string() }),
  z.object({ kind: z.literal('savePlan'), ...of, seq: z.int(), plan: z.unknown(), partsTotal: z.int().nonnegative() }),
  z.object({ kind: z.literal('savePart'), ...of, seq: z.int(), index: z.int(), part: z.unknown() }),
  z.object({ kind: z.literal('saveIntent'), ...of, seq: z.int(), outputs: z.array(intendedOutput).nullable() }),
  z.object({ kind: z.literal('saveDocument'), ...of, seq: z.int(), document: z.unknown() }),
  z.object({ kind: z.literal('toolStarted'), pid: z.int(), startStamp: z.string() }),
  z.object({ kind: z.literal('toolEnded'), pid: z.int(), startStamp: z.string() }),
  z.object({ kind: z.literal('done'), ...of, rssBytes, outcome: attemptOutcome }),
]);
export type FromWorker = z.infer<typeof fromWorker>;
