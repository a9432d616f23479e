/** The store's part for watched folders as the engine sees it. */
import * as z from 'zod';
import { output, taskId, taskStatus, type TaskStatus } from '../../../shared/task.ts';
import { watchRuleBody } from '../../../shared/watch-contract.ts';
import type { Connection } from './connection.ts';
import type { PackedDraft } from './operations.ts';
import { parseJson } from './row.ts';
import type { TaskDraft } from './store.ts';
import type { FileVerdict, PackedWatchRule, StoredWatchRule, WatchRuleDraft, WatchStore } from './watch-operations.ts';

/** The caller's half, over the same connection as the rest of the store. */
export function createWatchStore(ask: Connection['ask'], packDraft: (draft: TaskDraft) => PackedDraft): WatchStore<TaskDraft> {
  return {
    // A rule that can't be read any more is not shown and takes nothing; the others go on.
    listWatchRules: () => ask('listWatchRules', [], rules),
    addWatchRule: (draft, now) => ask('addWatchRule', [packRule(draft), now], z.int().nullable()),
    changeWatchRule: (id, draft, now) => ask('changeWatchRule', [id, packRule(draft), now], z.boolean()),
    removeWatchRule: (id) => ask('removeWatchRule', [id], z.boolean()),
    forgetTaken: (id, limit) => ask('forgetTaken', [id, limit], z.int()),
    judgeFiles: (taker, files) => ask('judgeFiles', [taker, files], verdicts),
    noteFiles: async (taker, files) => void (await ask('noteFiles', [taker, files], z.null())),
    takeFiles: (input) => ask('takeFiles', [{ ...input, files: input.files.map(({ file, draft }) => ({ file, draft: packDraft(draft) })) }], ids),
    followFiles: (taker, files, now) => ask('followFiles', [taker, files, now], ids),
    missingSources: (ruleId, limit) => ask('missingSources', [ruleId, limit], missing),
    finishedSources: (ruleId, limit) => ask('finishedSources', [ruleId, limit], finished),
    hasUnfinishedSources: (ruleId) => ask('hasUnfinishedSources', [ruleId], z.boolean()),
    settleSource: async (takenId, how) => void (await ask('settleSource', [takenId, how], z.null())),
  };
}

const ids = z.array(taskId);
const verdicts: z.ZodType<FileVerdict[]> = z.array(z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['new', 'known', 'made']) }),
  z.object({ kind: z.literal('moved'), takenId: z.int(), from: z.string() }),
  z.object({ kind: z.literal('alike'), hashes: z.array(z.string()) }),
]));
const missing = z.array(z.object({ id: taskId, path: z.string().nullable() })).transform((rows) => rows.flatMap(({ id, path }) => (path === null ? [] : [{ id, path }])));
const finished = z.array(z.object({ takenId: z.int(), path: z.string(), sizeBytes: z.number(), mtimeMs: z.number(), outputs: z.string() }))
  // Outputs that can't be read are none: then nothing is deleted.
  .transform((rows) => rows.map((row) => ({ ...row, outputs: z.array(output).safeParse(parseJson(row.outputs)).data ?? [] })));

const stored = z.object({
  id: z.int(), name: z.string(), isEnabled: z.number(), rule: z.string(), groupId: z.int().nullable(), taken: z.int(), lastTakenAt: z.number().nullable(), createdAt: z.number(), updatedAt: z.number(),
  tasks: z.array(z.object({ status: taskStatus, tasks: z.int() })),
});
const rules = z.array(z.unknown()).transform((rows) => rows.flatMap((row) => readRule(row) ?? []));

function readRule(row: unknown): StoredWatchRule | null {
  const parsed = stored.safeParse(row);
  const body = watchRuleBody.safeParse(parseJson(parsed.data?.rule ?? ''));
  if (!parsed.success || !body.success) return null;
  const { rule: _text, isEnabled, tasks, ...rest } = parsed.data;
  const counts: Partial<Record<TaskStatus, number>> = {};
  for (const { status, tasks: count } of tasks) counts[status] = count;
  return { ...rest, isEnabled: isEnabled === 1, body: body.data, tasks: counts };
}

function packRule({ name, isEnabled, body }: WatchRuleDraft): PackedWatchRule {
  return { name, isEnabled, rule: JSON.stringify(body) };
}
