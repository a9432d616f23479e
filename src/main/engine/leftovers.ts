/** Clears what a task that wants no more work still has on disk: parts, and outputs under temporary names. */
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Task, TaskId } from '../../shared/task.ts';
import { sweepDrafts } from './workers/drafts.ts';

/** Says whose it is, so that a start may clear it away without asking what else somebody put beside it. */
export function workFolderName(storeId: string, id: TaskId): string {
  return `${storeId}-${id}`;
}

export class Leftovers {
  readonly #workDir: string;
  readonly #storeId: string;

  /** workDir: the parent of the tasks' work folders. */
  constructor(workDir: string, storeId: string) {
    this.#workDir = workDir;
    this.#storeId = storeId;
  }

  /** The folder in which a task keeps its parts. */
  folderOf(task: Pick<Task, 'id'>): string {
    return join(this.#workDir, workFolderName(this.#storeId, task.id));
  }

  /** By the task's status: a failed or cancelled one may be retried and keeps its parts. Call it when no attempt runs. */
  async clear(task: Task): Promise<void> {
    const isGone = task.deletedAt !== null;
    if (isGone || task.status === 'completed') await rm(this.folderOf(task), { recursive: true, force: true });
    const isInterrupted = task.status === 'failed' || task.status === 'cancelled';
    const outputDir = task.outputDir ?? (task.inputs[0] === undefined ? null : dirname(task.inputs[0]));
    if (isInterrupted && task.attempt > 0 && outputDir !== null) await sweepDrafts(outputDir, { storeId: this.#storeId, id: task.id });
  }
}
