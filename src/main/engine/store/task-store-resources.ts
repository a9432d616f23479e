/** What tasks need of the machine, what they took of it, and what they still have on disk. */
import type Database from 'better-sqlite3';
import type { QueueName, TaskId } from '../../../shared/task.ts';
import type { CandidateRow, Operations } from './operations.ts';

/** Attempts of a recipe whose use is kept: as many as there are paces. */
const USES_KEPT = 20;
/** Below this many attempts one odd file would decide. */
const USES_NEEDED = 3;

type ResourceOperations = Pick<Operations, 'candidates' | 'addResourceUse' | 'resourceUse' | 'expireParts' | 'draftsInUse'>;

export function createResources(db: Database.Database): ResourceOperations {
  return { ...createCandidates(db), ...createUse(db), ...createTemporary(db) };
}

function createCandidates(db: Database.Database): Pick<ResourceOperations, 'candidates'> {
  const columns = 'id AS id, type AS type, recipe AS recipe, inputs AS inputs, output_dir AS outputDir, estimate AS estimate';
  const select = db.prepare<[QueueName, limit: number], CandidateRow>(
    `SELECT ${columns} FROM task INDEXED BY task_claim WHERE queue = ? AND status = 'pending' ORDER BY order_key DESC, id LIMIT ?`,
  );
  const selectOf = db.prepare<[QueueName, only: string, limit: number], CandidateRow>(
    `SELECT ${columns} FROM task WHERE queue = ? AND status = 'pending' AND id IN (SELECT value FROM json_each(?)) ORDER BY order_key DESC, id LIMIT ?`,
  );
  return { candidates: (queue, only, limit) => (only === null ? select.all(queue, limit) : selectOf.all(queue, JSON.stringify(only), limit)) };
}

function createUse(db: Database.Database): Pick<ResourceOperations, 'addResourceUse' | 'resourceUse'> {
  const insert = db.prepare<{ id: TaskId; memoryBytes: number; tempBytes: number; processorShare: number | null; now: number }, string>(
    `INSERT INTO resource_use (recipe, memory_bytes, memory_ratio, temp_bytes, temp_ratio, processor_share, created_at)
     SELECT recipe, @memoryBytes, 1.0 * @memoryBytes / NULLIF(json_extract(estimate, '$.memoryBytes'), 0),
       @tempBytes, 1.0 * @tempBytes / NULLIF(json_extract(estimate, '$.tempBytes'), 0), @processorShare, @now
     FROM task WHERE id = @id RETURNING recipe`,
  ).pluck();
  const deleteOld = db.prepare<{ recipe: string; kept: number }>(
    `DELETE FROM resource_use WHERE recipe = @recipe AND id <= (SELECT id FROM resource_use INDEXED BY resource_use_recipe WHERE recipe = @recipe ORDER BY id DESC LIMIT 1 OFFSET @kept)`,
  );
  const select = db.prepare<[recipe: string], { memoryRatio: number | null; tempRatio: number | null; processorShare: number | null }>(
    `SELECT memory_ratio AS memoryRatio, temp_ratio AS tempRatio, processor_share AS processorShare FROM resource_use INDEXED BY resource_use_recipe WHERE recipe = ?`,
  );
  return {
    addResourceUse(use) {
      const recipe = insert.get({ ...use, memoryBytes: Math.round(use.memoryBytes), tempBytes: Math.round(use.tempBytes) });
      if (recipe !== undefined) deleteOld.run({ recipe, kept: USES_KEPT });
      return null;
    },
    resourceUse(recipe) {
      const uses = select.all(recipe);
      return {
        memoryRatio: median(uses.map(({ memoryRatio }) => memoryRatio)), tempRatio: median(uses.map(({ tempRatio }) => tempRatio)),
        processors: median(uses.map(({ processorShare }) => processorShare)),
      };
    },
  };
}

function createTemporary(db: Database.Database): Pick<ResourceOperations, 'expireParts' | 'draftsInUse'> {
  const selectExpired = db.prepare<{ before: number; limit: number }, TaskId>(
    // From the few that have parts: of settled tasks there may be a million.
    `SELECT task.id FROM checkpoint CROSS JOIN task ON task.id = checkpoint.task_id WHERE task.status IN ('failed', 'cancelled') AND task.completed_at < @before LIMIT @limit`,
  ).pluck();
  const deleteParts = db.prepare<[TaskId]>('DELETE FROM checkpoint_part WHERE task_id = ?');
  const deletePlan = db.prepare<[TaskId]>('DELETE FROM checkpoint WHERE task_id = ?');
  const addWarning = db.prepare<{ id: TaskId; sentence: string; now: number }>(
    `UPDATE task SET warnings = json_insert(warnings, '$[#]', @sentence), progress = 0, progress_current = 0, progress_total = 0, updated_at = @now WHERE id = @id`,
  );
  const selectInUse = db.prepare<[ids: string], TaskId>(
    `SELECT id FROM task WHERE id IN (SELECT value FROM json_each(?))
       AND ((deleted_at IS NULL AND status NOT IN ('completed', 'failed', 'cancelled')) OR EXISTS (SELECT 1 FROM publish_intent WHERE publish_intent.task_id = task.id))`,
  ).pluck();
  return {
    expireParts({ before, limit, sentence, now }) {
      const ids = selectExpired.all({ before, limit });
      for (const id of ids) {
        deleteParts.run(id);
        deletePlan.run(id);
        addWarning.run({ id, sentence, now });
      }
      return ids;
    },
    draftsInUse: (ids) => selectInUse.all(JSON.stringify(ids)),
  };
}

/** The mean of the middle two where there is no middle one. Null: too few. */
function median(values: readonly (number | null)[]): number | null {
  const ascending = values.filter((value) => value !== null).sort((a, b) => a - b);
  if (ascending.length < USES_NEEDED) return null;
  const upper = ascending[Math.floor(ascending.length / 2)];
  const lower = ascending[Math.floor((ascending.length - 1) / 2)];
  return upper === undefined || lower === undefined ? null : (lower + upper) / 2;
}
