/** What a group does to its other members when one fails for good. */
import type Database from 'better-sqlite3';
import type { FailurePolicy } from '../../../shared/new-task.ts';
import type { GroupId, TaskId, TaskStatus } from '../../../shared/task.ts';
import { become, mayMake } from './transition-sql.ts';

export interface GroupPolicies {
  /** halted: paused, or running and wished to stop. cancelled: at once, dependants before what they depend on; their own dependants are the caller's. */
  afterFailure(id: TaskId, now: number): { readonly halted: readonly TaskId[]; readonly cancelled: readonly TaskId[] };
  /** A member was retried: where no other has failed, the group counts as stopped no longer. */
  afterRetry(id: TaskId): void;
}

const NOTHING = { halted: [], cancelled: [] } as const;

export function createGroupPolicies(db: Database.Database): GroupPolicies {
  const selectPolicy = db.prepare<[TaskId], { group: GroupId; policy: FailurePolicy }>(
    `SELECT task_group.id AS "group", task_group.on_failure AS policy FROM task JOIN task_group ON task_group.id = task.group_id
     WHERE task.id = ? AND task_group.on_failure <> 'goOn'`,
  );
  const setStopped = db.prepare<{ group: GroupId; now: number }>('UPDATE task_group SET stopped_at = @now WHERE id = @group AND stopped_at IS NULL');
  const pauseRest = db.prepare<{ group: GroupId; now: number }, TaskId>(
    `UPDATE task INDEXED BY task_members SET ${become('pause')}, updated_at = @now WHERE group_id = @group AND ${mayMake('pause')} AND deleted_at IS NULL RETURNING id`,
  ).pluck();
  const selectRest = db.prepare<[GroupId], { id: TaskId; status: TaskStatus }>(
    `SELECT id AS id, status AS status FROM task INDEXED BY task_members
     WHERE group_id = ? AND (status = 'running' OR ${mayMake('cancel')}) AND deleted_at IS NULL ORDER BY id DESC`,
  );
  const cancelOne = db.prepare<{ id: TaskId; message: string; now: number }>(
    `UPDATE task SET ${become('cancel')}, message = @message, completed_at = @now, updated_at = @now WHERE id = @id AND ${mayMake('cancel')}`,
  );
  // A wish to remove says more than that.
  const wishCancel = db.prepare<{ id: TaskId; now: number }>(
    `UPDATE task SET stop_requested = 'cancel', updated_at = @now WHERE id = @id AND status = 'running' AND (stop_requested IS NULL OR stop_requested = 'pause')`,
  );
  const clearStopped = db.prepare<[TaskId]>(
    `UPDATE task_group SET stopped_at = NULL WHERE id = (SELECT group_id FROM task WHERE id = ?) AND stopped_at IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM task WHERE task.group_id = task_group.id AND task.status = 'failed' AND task.deleted_at IS NULL)`,
  );

  const cancelRest = (group: GroupId, by: TaskId, now: number): ReturnType<GroupPolicies['afterFailure']> => {
    const [halted, cancelled]: [TaskId[], TaskId[]] = [[], []];
    for (const { id, status } of selectRest.all(group)) {
      if (status === 'running') {
        if (wishCancel.run({ id, now }).changes > 0) halted.push(id);
      } else if (cancelOne.run({ id, message: `cancelled: task ${by} of its group failed`, now }).changes > 0) cancelled.push(id);
    }
    return { halted, cancelled };
  };

  return {
    afterFailure(id, now) {
      const found = selectPolicy.get(id);
      if (found === undefined) return NOTHING;
      setStopped.run({ group: found.group, now });
      return found.policy === 'stop' ? { halted: pauseRest.all({ group: found.group, now }), cancelled: [] } : cancelRest(found.group, id, now);
    },
    afterRetry: (id) => void clearStopped.run(id),
  };
}
