/** The store's part for schedules as the engine sees it. */
import * as z from 'zod';
import { pastTask, schedule, type Schedule } from '../../../shared/schedule-contract.ts';
import { taskId } from '../../../shared/task.ts';
import type { Connection } from './connection.ts';
import type { PackedDraft } from './operations.ts';
import { parseJson } from './row.ts';
import type { PackedSchedule, ScheduleDraft, ScheduleStore } from './schedule-operations.ts';
import type { TaskDraft } from './store.ts';

/** The caller's half, over the same connection as the rest of the store. */
export function createScheduleStore(ask: Connection['ask'], packDraft: (draft: TaskDraft) => PackedDraft): ScheduleStore<TaskDraft> {
  const ids = z.array(taskId);
  return {
    // A schedule that can't be read any more is not shown and never fires; the others go on.
    listSchedules: () => ask('listSchedules', [], z.array(z.unknown()).transform((rows) => rows.flatMap((row) => readSchedule(row) ?? []))),
    addSchedule: (draft, now) => ask('addSchedule', [packSchedule(draft), now], z.int().nullable()),
    changeSchedule: (id, draft, now) => ask('changeSchedule', [id, packSchedule(draft), now], z.boolean()),
    removeSchedule: (id) => ask('removeSchedule', [id], z.boolean()),
    fireSchedule: (firing) => ask('fireSchedule', [{ ...firing, draft: firing.draft === null ? null : packDraft(firing.draft) }], fired),
    replaceQuietRuns: (input) => ask('replaceQuietRuns', [input], ids),
    pruneTasks: (input) => ask('pruneTasks', [input], pruned),
    measureHistory: (before, limit) => ask('measureHistory', [before, limit], z.object({ rows: z.array(z.object({ id: taskId, bytes: z.number() })) })),
    trimHistory: (upTo, limit) => ask('trimHistory', [upTo, limit], z.int()),
    listHistory: (before, limit) => ask('listHistory', [before, limit], z.array(pastTask)),
    resetQuotas: (input) => ask('resetQuotas', [input], z.int()),
    hasDueQuota: (period, now) => ask('hasDueQuota', [period, now], z.boolean()),
    openUpkeep: () => ask('openUpkeep', [], z.array(z.object({ status: z.string(), tasks: z.int() }))),
    staleLeases: (before) => ask('staleLeases', [before], ids),
    checkTable: (at, limit) => ask('checkTable', [at, limit], z.object({ table: z.string(), tables: z.int(), problems: z.array(z.string()).nullable() })),
  };
}

const fired = z.object({ kind: z.enum(['fired', 'underWay', 'done', 'moved', 'stale']), taskId: taskId.nullable() });
const pruneMark = z.object({ among: z.enum(['completed', 'cancelled', 'removed']), deletedAt: z.number(), id: z.int().nonnegative() });
/** What a portion of the clean-up answers. */
export const pruned = z.object({ removed: z.int(), listed: z.array(taskId), next: pruneMark.nullable(), freedBytes: z.number() });

const stored = z.object({ timing: z.string(), action: z.string(), isBuiltIn: z.number(), isEnabled: z.number(), lastTaskId: taskId.nullable(), lastTaskStatus: z.string().nullable(), lastTaskMessage: z.string().nullable() }).loose();

function readSchedule(row: unknown): Schedule | null {
  const parsed = stored.safeParse(row);
  if (!parsed.success) return null;
  const { timing, action, isBuiltIn, isEnabled, lastTaskId, lastTaskStatus, lastTaskMessage, ...rest } = parsed.data;
  const lastTask = lastTaskId === null ? null : { id: lastTaskId, status: lastTaskStatus, message: lastTaskMessage };
  return schedule.safeParse({ ...rest, isBuiltIn: isBuiltIn === 1, isEnabled: isEnabled === 1, timing: parseJson(timing), action: parseJson(action), lastTask }).data ?? null;
}

function packSchedule(draft: ScheduleDraft): PackedSchedule {
  return { ...draft, timing: JSON.stringify(draft.timing), action: JSON.stringify(draft.action) };
}
