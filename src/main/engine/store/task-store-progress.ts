/** What is learned about a task while it runs or waits. */
import type Database from 'better-sqlite3';
import type { TaskId } from '../../../shared/task.ts';
import type { Operations } from './operations.ts';
import { orderKey } from './order-key.ts';
import type { Listing } from './task-store-listing.ts';
import { HELD } from './transition-sql.ts';

export function createProgress(db: Database.Database, listing: Listing): Pick<Operations, 'saveProgress' | 'saveEstimate' | 'leaveUnestimated'> {
  const updateProgress = db.prepare<{ id: TaskId; leaseOwner: string; attempt: number; progress: number; progressCurrent: number; progressTotal: number; message: string; leaseUntil: number; now: number }>(
    `UPDATE task SET progress = @progress, progress_current = @progressCurrent, progress_total = @progressTotal, message = @message,
       lease_until = @leaseUntil, updated_at = @now
     WHERE ${HELD}`,
  );
  const updateEstimate = db.prepare<{ id: TaskId; estimate: string; orderKey: number; now: number }>(
    'UPDATE task SET estimate = @estimate, order_key = @orderKey + order_shift, updated_at = @now WHERE id = @id',
  );
  const leaveUnestimated = db.prepare<[TaskId]>(`UPDATE task SET estimate = 'null' WHERE id = ? AND estimate IS NULL`);
  return {
    leaveUnestimated(ids) {
      for (const id of ids) leaveUnestimated.run(id);
      return null;
    },
    saveProgress(updates, now) {
      for (const { id, leaseOwner, attempt, progress, progressCurrent, progressTotal, message, leaseUntil } of updates) {
        updateProgress.run({ id, leaseOwner, attempt, progress, progressCurrent, progressTotal, message, leaseUntil: Math.round(leaseUntil), now });
      }
      return null;
    },
    saveEstimate(id, estimate, now) {
      const row = listing.row(id);
      if (row === null) return null;
      const key = orderKey({ priority: row.priority, tier: row.tier, estimateSeconds: estimate.seconds, createdAt: row.createdAt });
      updateEstimate.run({ id, estimate: JSON.stringify(estimate), orderKey: key, now });
      return listing.packed(id);
    },
  };
}
