/** What a task type's code gets and gives. One folder per type implements Handler; workers/attempt runs it. */
import type * as z from 'zod';
import type { DependencyResult } from '../../../shared/dependency-result.ts';
import type { Estimate, TaskId, TaskType } from '../../../shared/task.ts';
import type { Tools } from '../media/tools.ts';

/** What a handler knows of its task. Paths are absolute. */
export interface AttemptTask<Options> {
  readonly id: TaskId;
  readonly type: TaskType;
  readonly recipe: string;
  /** From the recipe: goes between the input's base name and the extension. */
  readonly suffix: string;
  readonly inputs: readonly string[];
  readonly options: Options;
  /** Counts up only: part of every temporary name, so a stray process of an older attempt can't spoil this one. */
  readonly attempt: number;
}

/** How far something is. total 0: not known yet. */
export interface Progress {
  readonly current: number;
  readonly total: number;
  /** What is happening, one short phrase: `encoding, 3.1x`. */
  readonly message: string;
}

/**
 * What survives a kill. The plan is stored once, before the first part; a part when it is whole, and saving an index again
 * replaces its part. Each promise settles after the commit. A part that is stored is never asked for again, so whatever it
 * names must be on disk, synced.
 */
export interface Checkpoint<Plan, Part> {
  readonly plan: Plan | undefined;
  readonly parts: ReadonlyMap<number, Part>;
  /** partsTotal is what the user sees as "of N". Replaces an older plan and drops its parts. */
  savePlan(plan: Plan, partsTotal: number): Promise<void>;
  savePart(index: number, part: Part): Promise<void>;
}

/** An output that is written and closed, under its temporary name beside its destination. */
export interface Draft {
  /** As given by AttemptContext.draft. */
  readonly tempPath: string;
  /** `clip.preview.mp4`: the name it gets when that is free. */
  readonly fileName: string;
}

export interface AttemptContext<Options, Plan, Part> {
  readonly task: AttemptTask<Options>;
  readonly tools: Tools;
  /** Aborted on pause, cancel, quit and time-outs. Stop children, settle soon; stored parts stay. */
  readonly signal: AbortSignal;
  /** A folder of this task's own for parts. It survives attempts and goes when the task is settled. */
  readonly workDir: string;
  /** Where the outputs go; exists and is writable. */
  readonly outputDir: string;
  readonly checkpoint: Checkpoint<Plan, Part>;
  /** The tasks it waited for, as they had ended when this attempt began, by id. */
  readonly dependencies: readonly DependencyResult[];
  /** The name of its own group, else of the group of the tasks it waited for; null: none. */
  readonly groupName: string | null;
  /** Work seconds per second of media: the median of this machine's last tasks of the same recipe; null before the first. */
  readonly pace: number | null;
  /** Temporary path in the output folder for a file that shall be called fileName. */
  draft(fileName: string): Draft;
  /** Keeps what the result can be looked at and edited as: any JSON. Settles after the commit; a later one takes its place. */
  keepDocument(document: unknown): Promise<void>;
  /** Cheap; call it as often as there is something to say. */
  progress(progress: Progress): void;
  /** Called when the probe has shown how long it will take; sets the heartbeat and the queue's forecast. */
  estimate(estimate: Estimate): void;
  /** One line for the task's log. */
  log(line: string): void;
  /** One sentence the user should see on the task: a fallback taken, advice. */
  warn(sentence: string): void;
}

export interface Handler<Options = unknown, Plan = unknown, Part = unknown> {
  readonly type: TaskType;
  readonly options: z.ZodType<Options>;
  /** Stored data is read back as untrusted input: what does not fit is dropped and made again. */
  readonly plan: z.ZodType<Plan>;
  readonly part: z.ZodType<Part>;
  /** Does the work up to drafts. Resumes from context.checkpoint by itself. Throws TaskError, or the signal's reason when aborted. */
  perform(context: AttemptContext<Options, Plan, Part>): Promise<readonly Draft[]>;
  /** Opens every draft as a stranger would and throws OUTPUT_CHECK_FAILED (retryable) when something is missing. */
  check(drafts: readonly Draft[], context: AttemptContext<Options, Plan, Part>): Promise<void>;
}
