/** Copies of the queue, what a start had to mend, and the queue as a file: the contract's methods about keeping it safe. */
import * as z from 'zod';
import { taskId, taskStatus } from './task.ts';

/** daily: by the schedule. manual: by command. migration: before the tables changed. */
export const BACKUP_KINDS = ['daily', 'manual', 'migration'] as const;
export const backupKind = z.enum(BACKUP_KINDS);
export type BackupKind = z.infer<typeof backupKind>;

/** A copy of the whole queue that was checked when it was made. */
export const backup = z.object({
  /** Its file in the folder `backups` of the data folder. */
  name: z.string(),
  kind: backupKind,
  /** Epoch milliseconds. */
  createdAt: z.number(),
  sizeBytes: z.number().nonnegative(),
  /** Tasks in it, removed ones too; null: made by a version that did not count. */
  tasks: z.int().nonnegative().nullable(),
});
export type Backup = z.infer<typeof backup>;

const lostTask = z.object({
  id: taskId,
  /** Its first input; null: not known any more. */
  input: z.string().nullable(),
});

/** What a start found missing or damaged in the queue, and what it did about it. */
export const recovery = z.object({
  /** Epoch milliseconds. */
  at: z.number(),
  /** Null: nothing was restored, changes were lost all the same. */
  restored: z.object({ backup: z.string(), createdAt: z.number(), why: z.string(), setAside: z.array(z.string()) }).nullable(),
  /** Tasks that had been accepted and are not in the queue, the newest thousand; add them again. */
  missing: z.array(lostTask),
  missingCount: z.int().nonnegative(),
  /** Tasks that were over, though the queue does not know it any more, the newest thousand. They are paused: to resume one is to do it again. */
  undone: z.array(lostTask.extend({ was: z.union([taskStatus, z.literal('removed')]), outputs: z.array(z.string()) })),
  undoneCount: z.int().nonnegative(),
  /** What ended between the backup and now is not known in full; so nothing is started until somebody takes the hold back. */
  isHeld: z.boolean(),
});
export type Recovery = z.infer<typeof recovery>;

/** The recovery in sentences: what happened, what to do. */
export function describeRecovery({ restored, missing, missingCount, undone, undoneCount, isHeld }: Recovery): string[] {
  const lines = [restored === null
    ? 'The queue has lost its last changes: its write-ahead log or its database was damaged or replaced.'
    : `The queue was restored from the backup ${restored.backup}, because ${restored.why}.${restored.setAside.length === 0 ? '' : ` What was there before is kept: ${restored.setAside.join(', ')}.`}`];
  if (missingCount > 0) {
    lines.push(`${count(missingCount, 'accepted task is', 'accepted tasks are')} missing; add them again:`);
    for (const { id, input } of missing) lines.push(`  #${String(id)}  ${input ?? 'its file is not known any more'}`);
  }
  if (undoneCount > 0) {
    lines.push(`${count(undoneCount, 'task was', 'tasks were')} over, though the queue does not know it any more. They are paused; resume one to do it again, or remove it:`);
    for (const { id, input, was, outputs } of undone) lines.push(`  #${String(id)}  ${was}  ${input ?? ''}${outputs.length === 0 ? '' : `  → ${outputs.join(', ')}`}`);
  }
  if (isHeld) lines.push('More tasks than these may have ended since that backup. Nothing is started until you have looked: set `hold` back to `none` then.');
  return lines;
}

function count(number: number, one: string, many: string): string {
  return `${String(number)} ${number === 1 ? one : many}`;
}

const counted = z.object({ tasks: z.int().nonnegative(), groups: z.int().nonnegative(), schedules: z.int().nonnegative() });

export const BACKUP_COMMANDS = {
  /** Answers when the copy is checked and safe on the disk. */
  backupNow: { input: z.object({}), output: z.object({ backup }) },
  /** Writes the whole queue as lines of JSON to a new file, without secrets. file: absolute path; what is there is not replaced. */
  exportQueue: { input: z.object({ file: z.string().min(1) }), output: counted.extend({ sizeBytes: z.number() }) },
  /**
   * Takes the tasks of such a file in, with new ids. What was over stays over, what ran becomes pending. Tasks that this queue took from the
   * same export before are left out, so that an import that was cut short is simply done again. file: absolute path.
   */
  importQueue: { input: z.object({ file: z.string().min(1) }), output: counted.extend({ skipped: z.int().nonnegative() }) },
} as const;

export const BACKUP_QUERIES = {
  /** Newest first. recovery: what the last start that had to mend something found; null: none ever had to. */
  listBackups: { input: z.object({}), output: z.object({ backups: z.array(backup), folder: z.string(), recovery: recovery.nullable() }) },
} as const;
