/** What the store's tests share: a store in a folder of its own, drafts, and short ways to a status. */
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Task, TaskId } from '../../../shared/task.ts';
import { openStore } from './client.ts';
import type { AttemptEnd, Claimed, Store, TaskDraft } from './store.ts';

/**
 * The store's thread as it is built (vitest's global set-up has seen to it), not thread.ts: Node strips types by WebAssembly, which V8 can't have
 * in several threads of one process without ending it now and then (SIGTRAP), and which takes most of the time that a store needs to open.
 */
export const THREAD_PATH = join(import.meta.dirname, '../../../../out/main/store-thread.js');
/** When tests begin: any time will do, the store has no clock. */
export const T0 = 1_700_000_000_000;
export const OWNER = 'engine-1';

/** A folder that goes when the test ends. */
export async function tempDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'longhaul-store-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

/** An open store; closed when the test ends. */
export async function openTestStore(dir?: string): Promise<Store & { readonly dir: string }> {
  const folder = dir ?? (await tempDir());
  const store = await openStore({ dir: folder, threadPath: THREAD_PATH, now: T0 });
  onTestFinished(() => store.close());
  return { ...store, dir: folder };
}

export function draft(overrides: Partial<TaskDraft> = {}): TaskDraft {
  return {
    type: 'video_convert', recipe: 'mp4-h264', queue: 'media', priority: 5, inputs: ['/videos/a.mov'], outputDir: null,
    options: { container: 'mp4', overwrite: false }, maxRetries: 3, dependsOn: [], runAt: null, ...overrides,
  };
}

/** Adds one task; its id. */
export async function add(store: Store, overrides: Partial<TaskDraft> = {}, now = T0, groups: Parameters<Store['insertTasks']>[2] = []): Promise<TaskId> {
  const [brief] = await store.insertTasks([draft(overrides)], now, groups);
  if (brief === undefined) throw new Error('Nothing was inserted.');
  return brief.id;
}

/** Claims the first task of the media queue. */
export async function claim(store: Store, now = T0, leaseOwner = OWNER): Promise<Claimed> {
  const [claimed] = await store.claim({ queue: 'media', limit: 1, leaseOwner, leaseUntil: now + 60_000, now });
  if (claimed === undefined) throw new Error('There was nothing to claim.');
  return claimed;
}

/** Adds one task and claims it, which must be the first of its queue. */
export async function addRunning(store: Store, overrides: Partial<TaskDraft> = {}, groups: Parameters<Store['insertTasks']>[2] = []): Promise<Claimed> {
  const id = await add(store, overrides, T0, groups);
  const claimed = await claim(store);
  if (claimed.task.id !== id) throw new Error(`Task ${claimed.task.id} was claimed instead of ${id}.`);
  return claimed;
}

/** The end of a claimed task's attempt, two seconds later. */
export function endOf({ task }: Pick<Claimed, 'task'>, now = T0 + 2000): AttemptEnd {
  return { id: task.id, leaseOwner: task.leaseOwner ?? '', attempt: task.attempt, now, durationMs: 2000, warnings: [] };
}

/** Completes a claimed task and reads it back. */
export async function complete(store: Store, claimed: Pick<Claimed, 'task'>, now = T0 + 2000): Promise<{ task: Task; released: readonly TaskId[] } | null> {
  const completed = await store.complete({ ...endOf(claimed, now), outputs: [], message: 'done', pace: null });
  return completed && { ...completed, task: await get(store, claimed.task.id) };
}

export const FAILURE = { code: 'TOOL_FAILED', message: 'FFmpeg failed on a.mov. Look at the log.', retryable: true } as const;

/** Fails a claimed task for good. */
export function failForGood(store: Store, claimed: Pick<Claimed, 'task'>, now = T0 + 2000): ReturnType<Store['fail']> {
  return store.fail({ ...endOf(claimed, now), error: FAILURE, retryAt: null });
}

/** The task, which must be there. */
export async function get(store: Store, id: TaskId): Promise<Task> {
  const task = await store.get(id);
  if (task === null) throw new Error(`There is no task ${id}.`);
  return task;
}

/**
 * Commits in the write-ahead log, as its file tells: frames of the current generation that end a transaction
 * (sqlite.org/fileformat2.html#walformat). Opening this file does not touch the database's lock.
 */
export async function countCommits(dir: string): Promise<number> {
  const file = await open(join(dir, 'longhaul.db-wal'), 'r');
  try {
    const log = await file.readFile();
    const frameBytes = 24 + log.readUInt32BE(8);
    const salt = log.subarray(16, 24);
    let commits = 0;
    for (let at = 32; at + frameBytes <= log.length; at += frameBytes) {
      if (log.subarray(at + 8, at + 16).equals(salt) && log.readUInt32BE(at + 4) !== 0) commits += 1;
    }
    return commits;
  } finally {
    await file.close();
  }
}
