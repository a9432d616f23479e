/** Schedules and their occasions. */
import type Database from 'better-sqlite3';
import type { TaskId } from '../../../shared/task.ts';
import type { Operations, PackedDraft } from './operations.ts';
import type { PackedSchedule, ScheduleOperations } from './schedule-operations.ts';

type Scheduling = Pick<ScheduleOperations<PackedDraft>, 'listSchedules' | 'addSchedule' | 'changeSchedule' | 'removeSchedule' | 'fireSchedule' | 'replaceQuietRuns' | 'openUpkeep'>;

export function createSchedules(db: Database.Database, insertTasks: Operations['insertTasks']): Scheduling {
  const statements = prepareSchedules(db);
  return {
    listSchedules: () => statements.select.all(),
    addSchedule: (draft, now) => statements.insert.get({ ...bound(draft), now }) ?? null,
    changeSchedule: (id, draft, now) => statements.selectOther.get(draft.name, id) === undefined && statements.update.run({ ...bound(draft), id, now }).changes > 0,
    removeSchedule(id) {
      const isGone = statements.remove.run(id).changes > 0;
      if (isGone) statements.forgetFiles.run(id);
      return isGone;
    },

    fireSchedule({ id, knownNextFor, nextFor, now, draft }) {
      const scheduledFor = draft?.[10]?.scheduledFor ?? null;
      if (statements.move.run({ id, knownNextFor, nextFor, scheduledFor, now }).changes === 0) return { kind: 'stale', taskId: null };
      if (draft === null || scheduledFor === null) return { kind: 'moved', taskId: null };
      const done = statements.selectOccasion.get(id, scheduledFor);
      if (done !== undefined) return { kind: 'done', taskId: done };
      const open = statements.selectOpen.get(id);
      if (open !== undefined) return { kind: 'underWay', taskId: open };
      return { kind: 'fired', taskId: insertTasks([draft], now, [])[0]?.[0] ?? null };
    },

    replaceQuietRuns: ({ scheduleId, exceptId, message, now }) => statements.removeQuiet.all({ scheduleId, exceptId, message, now }),

    openUpkeep: () => statements.selectUpkeep.all(),
  };
}

/** What its statements bind: SQLite knows no booleans. */
function bound(draft: PackedSchedule) {
  return { ...draft, isBuiltIn: draft.isBuiltIn ? 1 : 0, isEnabled: draft.isEnabled ? 1 : 0 };
}

type Bound = ReturnType<typeof bound>;

function prepareSchedules(db: Database.Database) {
  return {
    select: db.prepare<[], unknown>(
      `SELECT schedule.id AS id, schedule.name AS name, is_built_in AS isBuiltIn, is_enabled AS isEnabled, timing AS timing, action AS action, missed AS missed,
         last_for AS lastFor, next_for AS nextFor, schedule.created_at AS createdAt, schedule.updated_at AS updatedAt,
         task.id AS lastTaskId, task.status AS lastTaskStatus, task.message AS lastTaskMessage
       FROM schedule LEFT JOIN task ON task.id = (SELECT MAX(id) FROM task AS newest INDEXED BY task_occasion WHERE newest.schedule_id = schedule.id)
       ORDER BY schedule.id`,
    ),
    insert: db.prepare<Bound & { now: number }, number>(
      `INSERT INTO schedule (name, is_built_in, is_enabled, timing, action, missed, next_for, created_at, updated_at)
       VALUES (@name, @isBuiltIn, @isEnabled, @timing, @action, @missed, @nextFor, @now, @now) ON CONFLICT (name) DO NOTHING RETURNING id`,
    ).pluck(),
    selectOther: db.prepare<[name: string, id: number], number>('SELECT id FROM schedule WHERE name = ? AND id <> ?').pluck(),
    update: db.prepare<Bound & { id: number; now: number }>(
      `UPDATE schedule SET name = @name, is_enabled = @isEnabled, timing = @timing, action = @action, missed = @missed, next_for = @nextFor, updated_at = @now WHERE id = @id`,
    ),
    remove: db.prepare<[id: number]>('DELETE FROM schedule WHERE id = ? AND is_built_in = 0'),
    forgetFiles: db.prepare<[id: number]>('DELETE FROM taken_file WHERE schedule_id = ?'),
    move: db.prepare<{ id: number; knownNextFor: number | null; nextFor: number | null; scheduledFor: number | null; now: number }>(
      `UPDATE schedule SET next_for = @nextFor, last_for = COALESCE(@scheduledFor, last_for), updated_at = @now WHERE id = @id AND next_for IS @knownNextFor`,
    ),
    selectOccasion: db.prepare<[id: number, scheduledFor: number], TaskId>('SELECT id FROM task INDEXED BY task_occasion WHERE schedule_id = ? AND scheduled_for = ?').pluck(),
    selectOpen: db.prepare<[id: number], TaskId>(
      `SELECT id FROM task INDEXED BY task_occasion WHERE schedule_id = ? AND deleted_at IS NULL AND status NOT IN ('completed', 'failed', 'cancelled') LIMIT 1`,
    ).pluck(),
    removeQuiet: db.prepare<{ scheduleId: number; exceptId: TaskId; message: string; now: number }, TaskId>(
      `UPDATE task INDEXED BY task_occasion SET deleted_at = @now, updated_at = @now
       WHERE schedule_id = @scheduleId AND id <> @exceptId AND status = 'completed' AND message = @message AND warnings = '[]' AND deleted_at IS NULL RETURNING id`,
    ).pluck(),
    selectUpkeep: db.prepare<[], { status: string; tasks: number }>(
      `SELECT status AS status, COUNT(*) AS tasks FROM task INDEXED BY task_occasion
       WHERE schedule_id IS NOT NULL AND type = 'maintenance' AND deleted_at IS NULL AND status NOT IN ('completed', 'failed', 'cancelled') GROUP BY status`,
    ),
  };
}
