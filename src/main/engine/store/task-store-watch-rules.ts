/** The rules of watched folders. */
import type Database from 'better-sqlite3';
import type { GroupId } from '../../../shared/task.ts';
import type { PackedWatchRule, WatchOperations } from './watch-operations.ts';

type Ruling = Pick<WatchOperations<unknown>, 'listWatchRules' | 'addWatchRule' | 'changeWatchRule' | 'removeWatchRule'>;

interface RuleRow {
  readonly id: number;
  readonly groupId: GroupId | null;
}

export function createWatchRules(db: Database.Database): Ruling {
  const select = db.prepare<[], RuleRow>(
    `SELECT id AS id, name AS name, is_enabled AS isEnabled, rule AS rule, group_id AS groupId, taken AS taken, last_taken_at AS lastTakenAt, created_at AS createdAt, updated_at AS updatedAt
     FROM watch_rule ORDER BY id`,
  );
  const selectTasks = db.prepare<[GroupId], { status: string; tasks: number }>('SELECT status AS status, COUNT(*) AS tasks FROM task INDEXED BY task_members WHERE group_id = ? GROUP BY status');
  const insert = db.prepare<PackedRow & { now: number }, number>(
    'INSERT INTO watch_rule (name, is_enabled, rule, created_at, updated_at) VALUES (@name, @isEnabled, @rule, @now, @now) ON CONFLICT (name) DO NOTHING RETURNING id',
  ).pluck();
  const selectOther = db.prepare<[name: string, id: number], number>('SELECT id FROM watch_rule WHERE name = ? AND id <> ?').pluck();
  const update = db.prepare<PackedRow & { id: number; now: number }>('UPDATE watch_rule SET name = @name, is_enabled = @isEnabled, rule = @rule, updated_at = @now WHERE id = @id');
  const remove = db.prepare<[id: number]>('DELETE FROM watch_rule WHERE id = ?');
  return {
    listWatchRules: () => select.all().map((row) => ({ ...row, tasks: row.groupId === null ? [] : selectTasks.all(row.groupId) })),
    addWatchRule: (draft, now) => insert.get({ ...bound(draft), now }) ?? null,
    changeWatchRule: (id, draft, now) => selectOther.get(draft.name, id) === undefined && update.run({ ...bound(draft), id, now }).changes > 0,
    removeWatchRule: (id) => remove.run(id).changes > 0,
  };
}

type PackedRow = ReturnType<typeof bound>;

/** What its statements bind: SQLite knows no booleans. */
function bound({ name, isEnabled, rule }: PackedWatchRule) {
  return { name, isEnabled: isEnabled ? 1 : 0, rule };
}
