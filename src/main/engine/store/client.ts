/** The store as its engine sees it: asynchronous, on a thread of its own, all that is in flight in one commit. */
import { mkdir, realpath } from 'node:fs/promises';
import type * as z from 'zod';
import { TaskError } from '../../../shared/errors.ts';
import { TIERS } from '../../../shared/task.ts';
import { createBackupStore } from './backup-operations.ts';
import { NO_BACKUPS, type BackupStore } from './backup-store.ts';
import { Connection } from './connection.ts';
import type { PackedDraft, PackedEnd, PackedMore } from './operations.ts';
import { createLists } from './list-portions.ts';
import * as groupResults from './group-results.ts';
import * as results from './results.ts';
import { damagedError } from './row.ts';
import { createScheduleStore } from './schedule-store.ts';
import { createWatchStore } from './watch-store.ts';
import type { AttemptEnd, Claimed, DraftMore, Store, TaskDraft } from './store.ts';

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
  const found = await connection.opened();
  const backups = createBackupStore(connection, { dir: folder, threadPath, found });
  const store = storeOver(connection, backups.store);
  return { ...store, close: () => backups.close().then(() => store.close()) };
}

/** The store over anything that carries its calls to the operations and back. */
export function storeOver(connection: Pick<Connection, 'ask' | 'close'>, backups: BackupStore = NO_BACKUPS): Store {
  const ask: Connection['ask'] = (method, args, result) => connection.ask(method, args, result);
  const store: Store = {
    ...backups,
    ...createScheduleStore(ask, packDraft),
    ...createWatchStore(ask, packDraft),
    ...createLists(ask),
    async insertTasks(drafts, now, groups = []) {
      const inserted = await ask('insertTasks', [drafts.map(packDraft), now, groups], results.insertedTasks);
      return inserted.map(([id, status, groupId, isDuplicate], index) => ({
        id, type: at(drafts, index).type, status, ...(groupId === null ? {} : { groupId }), ...(isDuplicate ? { isDuplicate } : {}),
      }));
    },
    claim: async (input) => soundOf(store, await ask('claim', [input], results.claimedTasks), input),
    letThrough: (input) => ask('letThrough', [input], results.letThrough),
    claimRated: async (input) => soundRated(store, await ask('claimRated', [input], results.ratedTasks), input),
    stage: (now, setBackMs = 0) => ask('stage', [now, setBackMs], results.staged),
    rescue: (input) => ask('rescue', [input], results.storedTasks),

    saveProgress: async (updates, now) => void (await ask('saveProgress', [updates, now], results.nothing)),
    saveEstimate: (id, estimate, now) => ask('saveEstimate', [id, estimate, now], results.storedTaskOrNull),
    leaveUnestimated: async (ids) => void (await ask('leaveUnestimated', [ids], results.nothing)),
    savePlan: (input) => ask('savePlan', [{ ...input, plan: toJson(input.plan) }], results.yesOrNo),
    savePart: (input) => ask('savePart', [{ ...input, part: toJson(input.part) }], results.yesOrNo),
    saveDocument: (input) => ask('saveDocument', [{ ...input, document: toJson(input.document) }], results.yesOrNo),
    saveIntent: (input) => ask('saveIntent', [{ ...input, outputs: input.outputs === null ? null : toJson(input.outputs) }], results.yesOrNo),

    complete: (input) => ask('complete', [{ ...packEnd(input), outputs: toJson(input.outputs), message: input.message, pace: input.pace }], results.completed),
    fail: (input) => ask('fail', [{ ...packEnd(input), error: input.error, retryAt: input.retryAt, spendsRetry: input.spendsRetry ?? true }], results.ended),
    release: (input) => ask('release', [{ ...packEnd(input), reason: input.reason, hasBegun: input.hasBegun ?? true }], results.ended),
    lose: (input) => ask('lose', [{ ...packEnd(input), error: input.error, poisonAfter: input.poisonAfter }], results.ended),

    pause: (ids, now) => ask('pause', [ids, now], results.touched),
    resume: (ids, now) => ask('resume', [ids, now], results.touched),
    cancel: (ids, now) => ask('cancel', [ids, now], results.touched),
    retry: (ids, now) => ask('retry', [ids, now], results.touched),
    remove: (ids, now) => ask('remove', [ids, now], results.touched),
    restore: (ids, now) => ask('restore', [ids, now], results.touched),
    prioritise: (ids, priority, now) => ask('prioritise', [ids, priority, now], results.touched),
    changeGroup: (input) => ask('changeGroup', [input], results.groupTouched),
    groups: (page) => ask('groups', [page], groupResults.groups),
    group: (id) => ask('group', [id], groupResults.groupOrNull),

    moveTasks: (ids, before, now) => ask('moveTasks', [ids, before, now], results.moved),
    editDocument: (input) => ask('editDocument', [{ ...input, document: toJson(input.document) }], results.revision),

    get: (id) => ask('get', [id], results.storedTaskOrNull),
    getMany: (ids) => ask('getMany', [ids], results.storedTasks),
    summaries: (page) => ask('summaries', [page], results.summaries),
    head: (queue, only) => ask('head', [queue, only], results.head),
    attempts: (id) => ask('attempts', [id], results.attempts),
    document: (id) => ask('document', [id], results.document),
    partsOf: (id) => ask('partsOf', [id], results.checkpoint),
    counts: () => ask('counts', [], results.statusCounts),
    settledAmong: (ids) => ask('settledAmong', [ids], results.ids),
    pace: (recipe) => ask('pace', [recipe], results.pace),
    withoutEstimate: (limit) => ask('withoutEstimate', [limit], results.storedTasks),

    candidates: (queue, only, limit) => ask('candidates', [queue, only, limit], results.candidates),
    addResourceUse: async (use) => void (await ask('addResourceUse', [use], results.nothing)),
    resourceUse: (recipe) => ask('resourceUse', [recipe], results.resourceUse),
    expireParts: (input) => ask('expireParts', [input], results.ids),
    draftsInUse: (ids) => ask('draftsInUse', [ids], results.ids),

    appendLog: async (lines) => void (await ask('appendLog', [lines], results.nothing)),
    readLog: (id, count, attempt = null) => ask('readLog', [id, count, attempt], results.logLines),

    addTool: async (tool) => void (await ask('addTool', [tool], results.nothing)),
    removeTool: async (tool) => void (await ask('removeTool', [tool], results.nothing)),
    listTools: () => ask('listTools', [], results.tools),

    getSettings: () => ask('getSettings', [], results.settings),
    setSetting: async (name, value) => void (await ask('setSetting', [name, value], results.nothing)),

    close: () => connection.close(),
  };
  return store;
}

/** Those that can be worked on; the others fail, saying what of them can't be read. */
async function soundOf(store: Pick<Store, 'fail'>, claims: z.output<typeof results.claimedTasks>, { leaseOwner, now }: { leaseOwner: string; now: number }): Promise<Claimed[]> {
  const sound: Claimed[] = [];
  for (const { claimed, damaged } of claims) {
    const { id, attempt } = claimed.task;
    if (damaged.length === 0) sound.push(claimed);
    else await store.fail({ id, leaseOwner, attempt, now, durationMs: 0, warnings: [], error: damagedError(id, damaged), retryAt: null });
  }
  return sound;
}

async function soundRated(store: Pick<Store, 'fail'>, { claimed, nextAt }: z.output<typeof results.ratedTasks>, lease: { leaseOwner: string; now: number }): ReturnType<Store['claimRated']> {
  return { claimed: await soundOf(store, claimed, lease), nextAt };
}

function packDraft(draft: TaskDraft): PackedDraft {
  return [
    draft.type, draft.recipe, draft.queue, draft.priority, toJson(draft.inputs), draft.outputDir, toJson(draft.options),
    draft.maxRetries, draft.dependsOn, draft.runAt === null ? null : Math.ceil(draft.runAt), draft.more === undefined ? null : packMore(draft.more), draft.suffix ?? null,
  ];
}

function packMore({ dependencyMode = 'completed', tier = 'FREE', notify = [], ...more }: DraftMore): PackedMore {
  return {
    dependencyMode, tier: TIERS.indexOf(tier), notify: toJson(notify),
    parentTaskId: more.parentTaskId ?? null, groupId: more.groupId ?? null, owner: more.owner ?? null, documentId: more.documentId ?? null, project: more.project ?? null,
    rateKey: more.rateKey ?? null, retryDelayMs: more.retryDelayMs ?? null, softLimitSeconds: more.softLimitSeconds ?? null, hardLimitSeconds: more.hardLimitSeconds ?? null, scheduleId: more.scheduleId ?? null, scheduledFor: more.scheduledFor ?? null,
    sources: (more.sources ?? []).map((source) => ({ ...source, option: source.option ?? '' })), after: more.after ?? [], newGroup: more.newGroup ?? null, uniqueKey: more.unique?.key ?? null, uniqueSince: more.unique?.since ?? 0,
  };
}

function packEnd({ id, leaseOwner, attempt, now, durationMs, warnings, worker = null }: AttemptEnd): PackedEnd {
  return { id, leaseOwner, attempt, now, durationMs, warnings: toJson(warnings), worker };
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
