/** The store as its engine sees it: asynchronous, on a thread of its own, all that is in flight in one commit. */
import { mkdir, realpath } from 'node:fs/promises';
import * as z from 'zod';
import { TaskError } from '../../../shared/errors.ts';
import { Connection } from './connection.ts';
import type { PackedDraft, PackedEnd } from './operations.ts';
import * as results from './results.ts';
import { damagedError } from './row.ts';
import type { AttemptEnd, Claimed, Store, TaskDraft } from './store.ts';

export interface StoreOptions {
  /** The data folder; it is made when missing. */
  readonly dir: string;
  /** The file of thread.ts as it runs: out/main/store-thread.js, or the source itself under Node's type stripping. */
  readonly threadPath: string;
  /** Epoch milliseconds; names the backup that a migration makes. */
  readonly now: number;
}

/** Folders that this process has open. Even to look at such a database's header would drop the lock on it (see header.ts). */
const openFolders = new Set<string>();

/** Rejects with STORE_OWNED, STORE_DAMAGED or STORE_FAILED, saying what to do. */
export async function openStore({ dir, threadPath, now }: StoreOptions): Promise<Store> {
  await mkdir(dir, { recursive: true }).catch((thrown: unknown) => {
    throw new TaskError('STORE_FAILED', `The data folder ${dir} can't be made. Check its parent's permissions, or choose another folder.`, { cause: thrown, details: String(thrown) });
  });
  const folder = await realpath(dir);
  if (openFolders.has(folder)) throw new TaskError('STORE_OWNED', `This process has the data folder ${dir} open already.`);
  const connection = new Connection({ threadPath, data: { dir: folder, now } });
  openFolders.add(folder);
  void connection.ended.then(() => openFolders.delete(folder));
  await connection.opened();
  return createStore(connection);
}

function createStore(connection: Connection): Store {
  const ask: Connection['ask'] = (method, args, result) => connection.ask(method, args, result);
  const store: Store = {
    async insertTasks(drafts, now) {
      const inserted = await ask('insertTasks', [drafts.map(packDraft), now], results.insertedTasks);
      return inserted.map(([id, status], index) => ({ id, type: at(drafts, index).type, status }));
    },
    async claim(input) {
      const { leaseOwner, now } = input;
      const sound: Claimed[] = [];
      for (const { claimed, damaged } of await ask('claim', [input], results.claimedTasks)) {
        const { id, attempt } = claimed.task;
        if (damaged.length === 0) sound.push(claimed);
        else await store.fail({ id, leaseOwner, attempt, now, durationMs: 0, warnings: [], error: damagedError(id, damaged), retryAt: null });
      }
      return sound;
    },
    stage: (now) => ask('stage', [now], results.staged),
    rescue: (input) => ask('rescue', [input], results.storedTasks),

    saveProgress: async (updates, now) => void (await ask('saveProgress', [updates, now], z.null())),
    saveEstimate: (id, estimate, now) => ask('saveEstimate', [id, estimate, now], results.storedTask.nullable()),
    savePlan: (input) => ask('savePlan', [{ ...input, plan: toJson(input.plan) }], z.boolean()),
    savePart: (input) => ask('savePart', [{ ...input, part: toJson(input.part) }], z.boolean()),
    saveDocument: (input) => ask('saveDocument', [{ ...input, document: toJson(input.document) }], z.boolean()),
    saveIntent: (input) => ask('saveIntent', [{ ...input, outputs: input.outputs === null ? null : toJson(input.outputs) }], z.boolean()),

    complete: (input) => ask('complete', [{ ...packEnd(input), outputs: toJson(input.outputs), message: input.message, pace: input.pace }], results.completed),
    fail: (input) => ask('fail', [{ ...packEnd(input), error: input.error, retryAt: input.retryAt }], results.ended),
    release: (input) => ask('release', [{ ...packEnd(input), reason: input.reason, hasBegun: input.hasBegun ?? true }], results.ended),
    lose: (input) => ask('lose', [{ ...packEnd(input), error: input.error, poisonAfter: input.poisonAfter }], results.ended),

    pause: (ids, now) => ask('pause', [ids, now], results.touched),
    resume: (ids, now) => ask('resume', [ids, now], results.touched),
    cancel: (ids, now) => ask('cancel', [ids, now], results.touched),
    retry: (ids, now) => ask('retry', [ids, now], results.touched),
    remove: (ids, now) => ask('remove', [ids, now], results.touched),
    prioritise: (ids, priority, now) => ask('prioritise', [ids, priority, now], results.touched),

    moveTasks: (ids, before, now) => ask('moveTasks', [ids, before, now], results.moved),
    editDocument: (input) => ask('editDocument', [{ ...input, document: toJson(input.document) }], z.int().nullable()),

    get: (id) => ask('get', [id], results.storedTask.nullable()),
    getMany: (ids) => ask('getMany', [ids], results.packedTasks),
    summaries: (page) => ask('summaries', [page], results.summaries),
    head: (queue, only) => ask('head', [queue, only], results.head),
    attempts: (id) => ask('attempts', [id], results.attempts),
    document: (id) => ask('document', [id], results.document),
    partsOf: (id) => ask('partsOf', [id], results.checkpoint),
    list: (filter) => ask('list', [filter], results.page),
    counts: () => ask('counts', [], results.statusCounts),
    settledAmong: (ids) => ask('settledAmong', [ids], z.array(z.int())),
    pace: (recipe) => ask('pace', [recipe], z.number().nullable()),
    withoutEstimate: (limit) => ask('withoutEstimate', [limit], results.storedTasks),

    appendLog: async (lines) => void (await ask('appendLog', [lines], z.null())),
    readLog: (id, count) => ask('readLog', [id, count], z.array(z.tuple([z.int(), z.string()]))),

    addTool: async (tool) => void (await ask('addTool', [tool], z.null())),
    removeTool: async (tool) => void (await ask('removeTool', [tool], z.null())),
    listTools: () => ask('listTools', [], results.tools),

    getSettings: () => ask('getSettings', [], z.record(z.string(), z.string())),
    setSetting: async (name, value) => void (await ask('setSetting', [name, value], z.null())),

    close: () => connection.close(),
  };
  return store;
}

function packDraft(draft: TaskDraft): PackedDraft {
  return [
    draft.type, draft.recipe, draft.queue, draft.priority, toJson(draft.inputs), draft.outputDir, toJson(draft.options),
    draft.maxRetries, draft.dependsOn, draft.runAt === null ? null : Math.ceil(draft.runAt),
  ];
}

function packEnd({ id, leaseOwner, attempt, now, durationMs, warnings }: AttemptEnd): PackedEnd {
  return { id, leaseOwner, attempt, now, durationMs, warnings: toJson(warnings) };
}

/** JSON of a value that has one; undefined would vanish without a word. */
function toJson(value: unknown): string {
  const text = JSON.stringify(value);
  if (typeof text !== 'string') throw new TaskError('INTERNAL', 'A value without a JSON form was given to the store.');
  return text;
}

function at<T>(values: readonly T[], index: number): T {
  const value = values[index];
  if (value === undefined) throw new TaskError('INTERNAL', 'The store answered for a task that was not given to it.');
  return value;
}
