/**
 * Every command, query and event of the engine, once, with input and output. Whatever carries them (the local socket now,
 * IPC and WebSocket later) is derived from this table, so a method exists everywhere or nowhere and is always validated.
 */
import * as z from 'zod';
import { BACKUP_COMMANDS, BACKUP_QUERIES } from './backup-contract.ts';
import { DEAD_LETTER_COMMANDS, DEAD_LETTER_QUERIES, deadLetter } from './dead-letter-contract.ts';
import { taskErrorShape } from './errors.ts';
import { GROUP_COMMANDS, GROUP_QUERIES } from './group-contract.ts';
import { HOST_METHODS, type HostEvent } from './host-contract.ts';
import { listPage, taskFilter } from './list-contract.ts';
import { newTask, taskBriefs } from './new-task.ts';
import { QUEUE_COMMANDS, QUEUE_QUERIES, wait } from './queue-contract.ts';
import { RECIPE_COMMANDS, RECIPE_QUERIES } from './recipe-contract.ts';
import { SCHEDULE_COMMANDS, SCHEDULE_QUERIES } from './schedule-contract.ts';
import { FILE_KINDS, settingName, SETTINGS } from './settings.ts';
import { progressUpdate, taskSummary } from './summary.ts';
import { estimate, priority, queueName, task, taskId, taskStatus } from './task.ts';
import { exportFormat, transcript, transcriptSegment } from './transcript.ts';
import { WATCH_COMMANDS, WATCH_QUERIES } from './watch-contract.ts';

const ids = z.object({ ids: z.array(taskId).min(1) });
const briefs = taskBriefs;
export type { NewTask, TaskBrief } from './new-task.ts';

export const COMMANDS = {
  /**
   * Answers after the commit: from then on the work is never lost. All tasks are taken or none. A whole graph can be handed in at once,
   * its tasks naming each other by keys; one that runs in a circle is refused with the circle named (USAGE).
   */
  addTasks: { input: z.object({ tasks: z.array(newTask).min(1).max(100_000) }), output: briefs },
  pauseTasks: { input: ids, output: briefs },
  resumeTasks: { input: ids, output: briefs },
  cancelTasks: { input: ids, output: briefs },
  /** Failed and cancelled tasks start over with fresh retries; what is checkpointed is kept. */
  retryTasks: { input: ids, output: briefs },
  /** Takes tasks off the list (soft delete). A running one is stopped first. Published outputs stay. */
  removeTasks: { input: ids, output: briefs },
  prioritiseTasks: { input: z.object({ ids: z.array(taskId).min(1), priority }), output: briefs },
  /** Puts pending tasks, in the order of ids, directly before another of their queue; null: behind all of it. Others change nothing. */
  moveTasks: { input: z.object({ ids: z.array(taskId).min(1), before: taskId.nullable() }), output: briefs },
  /** A setting of the engine, by name; null takes it back to its default. */
  setSetting: { input: z.object({ name: settingName, value: z.string().nullable() }).refine(({ name, value }) => value === null || SETTINGS[name].schema.safeParse(value).success, 'not a value of this setting'), output: z.object({}) },
  /** Keeps an edited transcript. baseRevision: the one that was edited; when it is not the newest any more, TASK_STATE and nothing is kept. */
  saveTranscript: { input: z.object({ id: taskId, baseRevision: z.int().nonnegative(), segments: z.array(transcriptSegment) }), output: z.object({ revision: z.int() }) },
  /** Starts to download a model of the catalogue, or goes on where a download was cut off. `models` events tell how far it is. */
  downloadModel: { input: z.object({ name: z.string().min(1) }), output: z.object({}) },
  /** What was downloaded stays for the next time. */
  cancelModelDownload: { input: z.object({ name: z.string().min(1) }), output: z.object({}) },
  /** Only models in Longhaul's own folder. */
  removeModel: { input: z.object({ name: z.string().min(1) }), output: z.object({}) },
  ...GROUP_COMMANDS,
  ...SCHEDULE_COMMANDS,
  ...DEAD_LETTER_COMMANDS,
  ...BACKUP_COMMANDS,
  ...QUEUE_COMMANDS,
  ...WATCH_COMMANDS,
  ...RECIPE_COMMANDS,
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
  /** Listed tasks, but for those that Longhaul does for itself and has not ended yet. */
  counts,
  /** waitsFor: every reason for which the queue's first task waits though there may be a free place. */
  queues: z.array(z.object({ name: queueName, concurrency: z.int(), running: z.int(), waitsFor: z.array(wait) })),
  /** Nothing runs, and nothing will by itself: no pending, running, retrying or waiting task of a user. */
  isIdle: z.boolean(),
  /** What went wrong with the engine itself (a save that failed) and has not been mended yet. */
  trouble: taskErrorShape.nullable(),
  /** Why nothing (more) is started; empty: it is. user: by the setting `hold`. */
  holds: z.array(z.enum(['user', 'battery', 'heat', 'foreground', 'disk'])),
  /** Bytes of Longhaul's own temporary files, by the last look: parts in the work folder, and drafts of what runs. */
  tempBytes: z.number().nonnegative(),
});
export type EngineStatus = z.infer<typeof engineStatus>;

/** A past attempt. */
export const attemptRecord = z.object({
  attempt: z.int().positive(),
  /** Epoch milliseconds; it ran durationMs before. */
  endedAt: z.number(),
  durationMs: z.number().nonnegative(),
  /** interrupted: paused, cancelled, quit. lost: its worker died. */
  outcome: z.enum(['completed', 'failed', 'interrupted', 'lost']),
  error: taskErrorShape.nullable(),
  /** The process id of its worker, or where it ran; null: nobody wrote it down. */
  worker: z.string().nullable(),
});
export type AttemptRecord = z.infer<typeof attemptRecord>;

/** A file as the intake shows it. */
export const inspectedFile = z.object({
  path: z.string(),
  sizeBytes: z.number().nonnegative(),
  kind: z.enum([...FILE_KINDS, 'other']),
  /** Names of recipes that can do something with it, the suggested one first; empty with a problem. */
  recipes: z.array(z.string()),
  /** Why nothing can be done with it. */
  problem: taskErrorShape.nullable(),
});
export type InspectedFile = z.infer<typeof inspectedFile>;

const modelList = z.object({
  models: z.array(z.object({
    name: z.string(), path: z.string(), sizeBytes: z.number(),
    /** Whose folder it lies in: Longhaul, bundled, whisper.cpp … */
    from: z.string(),
    isMultilingual: z.boolean(),
    /** In Longhaul's own folder, so it can be removed. */
    isOwn: z.boolean(),
    /** Why it can't be used. */
    problem: z.string().nullable(),
    /** Seconds of speech that this machine transcribes in a second, by its history; null: not tried yet. */
    speed: z.number().nullable(),
  })),
  /** The one that a new English transcription would use. */
  chosen: z.string().nullable(),
  catalogue: z.array(z.object({
    name: z.string(), sizeBytes: z.number(), isMultilingual: z.boolean(), isPresent: z.boolean(),
    /** Bytes already here of a download that runs or was cut off; null: none. */
    downloadedBytes: z.number().nullable(), isDownloading: z.boolean(), problem: taskErrorShape.nullable(),
  })),
});
export type ModelList = z.infer<typeof modelList>;

export const QUERIES = {
  listTasks: {
    input: taskFilter.extend(listPage.shape),
    /** Newest first, unless told. total: how many match without limit and offset. */
    output: z.object({ tasks: z.array(task), total: z.int() }),
  },
  getTask: { input: z.object({ id: taskId }), output: task },
  /** The task's log, the newest lines; oldest first, each `ISO-time text`. attempt: only what was said in that one. */
  getLog: { input: z.object({ id: taskId, attempt: z.int().positive().optional(), lines: z.int().positive().max(10_000).default(1000) }), output: z.object({ lines: z.array(z.string()) }) },
  /** Past attempts, newest first. The running one is not among them. */
  getAttempts: { input: z.object({ id: taskId }), output: z.object({ attempts: z.array(attemptRecord) }) },
  /**
   * The list in pages, newest first. A client takes the first page, then applies every delta with a higher revision; what it misses
   * (another epoch, a gap in the revisions) it mends with a new snapshot. next: give it as `before` for the next page; null: that was all.
   */
  getSnapshot: {
    input: z.object({ before: taskId.nullable().default(null), limit: z.int().min(1).max(10_000).default(2_000) }),
    output: z.object({ epoch: z.string(), revision: z.int(), tasks: z.array(taskSummary), total: z.int(), next: taskId.nullable() }),
  },
  /**
   * What could be done with dropped files and with the files in dropped folders, by names and first bytes alone. All at once; or inPieces:
   * answers soon, with what was looked at by then, and whoever wants more asks with nothing but `next`. It is good for one call; null: that
   * was all. What an engine was not asked for for long, or before it was started anew, it does not know any more (USAGE): ask for the paths again.
   */
  inspectFiles: {
    input: z.object({ paths: z.array(z.string().min(1)).max(100_000).default([]), inPieces: z.boolean().default(false), next: z.string().min(1).nullable().default(null) })
      .refine(({ paths, next }) => (paths.length > 0) !== (next !== null), 'give paths, or next alone'),
    output: z.object({
      files: z.array(inspectedFile),
      /** Files beyond what one intake takes, since the piece before. When there are any, all that it takes have been told. */
      leftOut: z.int().nonnegative(),
      next: z.string().nullable(),
    }),
  },
  /** What a recipe would take, by the file's own length and this machine's history. Null: the file tells nothing. */
  estimateFile: { input: z.object({ path: z.string().min(1), recipe: z.string().min(1) }), output: z.object({ estimate: estimate.nullable(), problem: taskErrorShape.nullable() }) },
  /** What has been heard so far, or the finished and perhaps edited transcript. */
  getTranscript: { input: z.object({ id: taskId }), output: z.object({ transcript, isFinal: z.boolean(), revision: z.int().nonnegative() }) },
  /** The transcript as a file for the user to keep. */
  exportTranscript: { input: z.object({ id: taskId, format: exportFormat }), output: z.object({ fileName: z.string(), mimeType: z.string(), base64: z.string() }) },
  listModels: { input: z.object({}), output: modelList },
  getStatus: { input: z.object({}), output: engineStatus },
  /** Every setting, the chosen ones and the defaults. */
  getSettings: { input: z.object({}), output: z.object({ settings: z.record(settingName, z.string()) }) },
  ...GROUP_QUERIES,
  ...SCHEDULE_QUERIES,
  ...DEAD_LETTER_QUERIES,
  ...BACKUP_QUERIES,
  ...QUEUE_QUERIES,
  ...WATCH_QUERIES,
  ...RECIPE_QUERIES,
} as const;

export const METHODS = { ...COMMANDS, ...QUERIES } as const;
/** All that a window can ask: the engine's methods and those of the program around it. */
export const WINDOW_METHODS = { ...METHODS, ...HOST_METHODS } as const;
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
  /** A task failed for good and waits for somebody: told once each time, after its commit. */
  z.object({ kind: z.literal('deadLetter'), letter: deadLetter }),
  z.object({ kind: z.literal('trouble'), trouble: taskErrorShape.nullable() }),
  /** The list changed: what is new or different, and what is gone. Several changes of a moment come as one; progress at most 4 times a second. */
  z.object({
    kind: z.literal('delta'),
    /** Another one than the snapshot's: the engine was started anew. */
    epoch: z.string(),
    /** One more than the delta's before. */
    revision: z.int(),
    tasks: z.array(taskSummary), removed: z.array(taskId), progress: z.array(progressUpdate),
  }),
  /** Settings or holds changed: ask for the status and the settings again. */
  z.object({ kind: z.literal('settings') }),
  /** Models or downloads changed: ask for the list again. At most 4 times a second. */
  z.object({ kind: z.literal('models') }),
  /** Watch rules, or how they stand, changed: ask for the list again. At most twice a second. */
  z.object({ kind: z.literal('watches') }),
]);
export type EngineEvent = z.infer<typeof engineEvent>;

/** What a window hears: the engine's events but for the whole tasks, of which the deltas tell, and the host's own. */
export const WINDOW_EVENTS = ['delta', 'idle', 'trouble', 'settings', 'models', 'watches', 'openFiles', 'show', 'whenDone', 'update'] as const;
export type WindowEvent = Extract<EngineEvent, { kind: (typeof WINDOW_EVENTS)[number] }> | HostEvent;

/** Every answer travels in this envelope. */
export type Envelope<T> = { ok: true; value: T } | { ok: false; error: z.infer<typeof taskErrorShape> };
