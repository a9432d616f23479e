/** Hands tasks to workers. */
import type Database from 'better-sqlite3';
import type { QueueName, TaskId } from '../../../shared/task.ts';
import type { ClaimedRow, ClaimInput, Operations } from './operations.ts';
import type { PackedRow } from './row.ts';
import type { Listing } from './task-store-listing.ts';
import { become, mayMake } from './transition-sql.ts';

export function createClaims(db: Database.Database, listing: Listing): Pick<Operations, 'claim' | 'head'> {
  const selectFirst = db.prepare<[QueueName, limit: number], { id: TaskId }>(
    `SELECT id FROM task INDEXED BY task_claim WHERE queue = ? AND status = 'pending' ORDER BY order_key DESC, id LIMIT ?`,
  );
  const selectFirstOf = db.prepare<[QueueName, only: string, limit: number], { id: TaskId }>(
    `SELECT id FROM task WHERE queue = ? AND status = 'pending' AND id IN (SELECT value FROM json_each(?)) ORDER BY order_key DESC, id LIMIT ?`,
  );
  const selectHead = db.prepare<[QueueName], { inputs: string; outputDir: string | null }>(
    `SELECT inputs AS inputs, output_dir AS outputDir FROM task INDEXED BY task_claim WHERE queue = ? AND status = 'pending' ORDER BY order_key DESC, id LIMIT 1`,
  );
  const selectHeadOf = db.prepare<[QueueName, only: string], { inputs: string; outputDir: string | null }>(
    `SELECT inputs AS inputs, output_dir AS outputDir FROM task WHERE queue = ? AND status = 'pending' AND id IN (SELECT value FROM json_each(?)) ORDER BY order_key DESC, id LIMIT 1`,
  );
  const claimOne = db.prepare<{ id: TaskId; leaseOwner: string; leaseUntil: number; now: number }>(
    `UPDATE task SET ${become('claim')}, attempt = attempt + 1, lease_owner = @leaseOwner, lease_until = @leaseUntil, stop_requested = NULL,
       started_at = COALESCE(started_at, @now), claimed_at = @now, updated_at = @now
     WHERE id = @id AND ${mayMake('claim')}`,
  );
  // One question for what nearly no task has: a first attempt has left nothing.
  const selectLeft = db.prepare<{ id: TaskId }, [hasParts: number, intent: string | null]>(
    'SELECT EXISTS (SELECT 1 FROM checkpoint WHERE task_id = @id), (SELECT outputs FROM publish_intent WHERE task_id = @id)',
  ).raw();
  const selectPlan = db.prepare<[TaskId], string>('SELECT plan FROM checkpoint WHERE task_id = ?').pluck();
  const selectParts = db.prepare<[TaskId], [index: number, part: string]>('SELECT part_index, part FROM checkpoint_part WHERE task_id = ? ORDER BY part_index').raw();

  const claimed = (id: TaskId, task: PackedRow): ClaimedRow => {
    const [hasPlan, intent] = selectLeft.get({ id }) ?? [0, null];
    return { task, plan: hasPlan === 0 ? null : (selectPlan.get(id) ?? null), parts: hasPlan === 0 ? [] : selectParts.all(id), intent };
  };

  return {
    head: (queue, only) => (only === null ? selectHead.get(queue) : selectHeadOf.get(queue, JSON.stringify(only))) ?? null,
    claim({ queue, limit, leaseOwner, leaseUntil, now, only = null }: ClaimInput) {
      const first = only === null ? selectFirst.all(queue, limit) : selectFirstOf.all(queue, JSON.stringify(only), limit);
      const ids = first.map((row) => row.id);
      for (const id of ids) claimOne.run({ id, leaseOwner, leaseUntil, now });
      return ids.flatMap((id) => listing.packedRows([id]).map((task) => claimed(id, task)));
    },
  };
}
