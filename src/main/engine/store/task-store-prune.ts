/** The clean-up: takes settled tasks out of the store in portions, and keeps what is worth knowing of each in the history. */
import { performance } from 'node:perf_hooks';
import type Database from 'better-sqlite3';
import type { TaskId } from '../../../shared/task.ts';
import type { PruneMark, ScheduleOperations } from './schedule-operations.ts';

type Pruning = Pick<ScheduleOperations<unknown>, 'pruneTasks' | 'measureHistory' | 'trimHistory' | 'listHistory'>;

/** What the history keeps of a first input, at most: paths may be a thousand times longer. */
const LONGEST_INPUT_CHARS = 500;
/** Candidates are read this many at a time. */
const STEP = 200;
/** A task may have thousands of lines; of them so many go at a time. */
const LINES_AT_ONCE = 500;

interface Candidate {
  readonly id: TaskId;
  readonly completedAt: number;
  readonly status: string;
  readonly isListed: number;
}

export function createPrune(db: Database.Database): Pruning {
  const statements = preparePrune(db);
  const freePages = (): number => Number(db.pragma('freelist_count', { simple: true }));
  const pageBytes = Number(db.pragma('page_size', { simple: true }));

  /** partly: there was more of its log than goes at once; the rest goes with the next portion. */
  const removeOne = ({ id, status, isListed }: Candidate): 'removed' | 'kept' | 'partly' => {
    if (status === 'failed' && isListed === 1) return 'kept';
    if (statements.selectNeeded.get({ id }) !== undefined) return 'kept';
    if (statements.deleteLines.run(id, LINES_AT_ONCE).changes === LINES_AT_ONCE) return 'partly';
    statements.keep.run(id);
    statements.deleteTask.run(id);
    return 'removed';
  };

  return {
    pruneTasks({ before, after, budgetMs }) {
      const startMs = performance.now();
      const freeBefore = freePages();
      let removed = 0;
      const listed: TaskId[] = [];
      let mark: PruneMark = after ?? { completedAt: Number.MIN_SAFE_INTEGER, id: 0 };
      const answer = (next: PruneMark | null) => ({ removed, listed, next, freedBytes: Math.max(0, freePages() - freeBefore) * pageBytes });
      for (;;) {
        const candidates = statements.selectSettled.all({ ...mark, before, limit: STEP });
        for (const candidate of candidates) {
          const outcome = removeOne(candidate);
          if (outcome === 'partly') return answer(mark);
          if (outcome === 'removed') removed += 1;
          if (outcome === 'removed' && candidate.isListed === 1) listed.push(candidate.id);
          mark = { completedAt: candidate.completedAt, id: candidate.id };
          if (performance.now() - startMs > budgetMs) return answer(mark);
        }
        if (candidates.length < STEP) return answer(null);
      }
    },
    measureHistory: (before, limit) => ({ rows: statements.measure.all(before ?? Number.MAX_SAFE_INTEGER, limit) }),
    trimHistory: (upTo, limit) => statements.trim.run(upTo, limit).changes,
    listHistory: (before, limit) => statements.list.all(before ?? Number.MAX_SAFE_INTEGER, limit),
  };
}

function preparePrune(db: Database.Database) {
  return {
    selectSettled: db.prepare<PruneMark & { before: number; limit: number }, Candidate>(
      `SELECT id AS id, completed_at AS completedAt, status AS status, deleted_at IS NULL AS isListed FROM task INDEXED BY task_settled
       WHERE status IN ('completed', 'failed', 'cancelled') AND completed_at < @before AND (completed_at, id) > (@completedAt, @id)
       ORDER BY completed_at, id LIMIT @limit`,
    ),
    // Tasks that wait for it read its result; a group counts its members until the last is over; and what somebody has edited is nowhere else.
    selectNeeded: db.prepare<{ id: TaskId }, number>(
      `SELECT 1 WHERE EXISTS (SELECT 1 FROM dependency CROSS JOIN task ON task.id = dependency.task_id
           WHERE dependency.depends_on_id = @id AND task.deleted_at IS NULL AND task.status NOT IN ('completed', 'cancelled'))
         OR EXISTS (SELECT 1 FROM task INDEXED BY task_members
           WHERE group_id = (SELECT group_id FROM task WHERE id = @id) AND status IN ('pending', 'waiting', 'running', 'retrying', 'paused'))
         OR EXISTS (SELECT 1 FROM document JOIN task ON task.id = document.task_id WHERE document.task_id = @id AND document.revision > 1 AND task.deleted_at IS NULL)`,
    ).pluck(),
    deleteLines: db.prepare<[TaskId, limit: number]>('DELETE FROM task_log WHERE id IN (SELECT id FROM task_log INDEXED BY task_log_task WHERE task_id = ? LIMIT ?)'),
    keep: db.prepare<[TaskId]>(
      `INSERT OR REPLACE INTO past_task (id, type, recipe, status, input, created_at, completed_at, duration_ms, attempts, outputs)
       SELECT id, type, recipe, status, SUBSTR(CASE WHEN JSON_VALID(inputs) THEN COALESCE(inputs ->> '$[0]', '') ELSE '' END, 1, ${LONGEST_INPUT_CHARS}),
         created_at, completed_at, duration_ms, attempt, CASE WHEN outputs <> '[]' AND JSON_VALID(outputs) THEN JSON_ARRAY_LENGTH(outputs) ELSE 0 END
       FROM task WHERE id = ? AND type <> 'maintenance'`,
    ),
    deleteTask: db.prepare<[TaskId]>('DELETE FROM task WHERE id = ?'),
    measure: db.prepare<[before: TaskId, limit: number], { id: TaskId; bytes: number }>(
      // Its texts, and about so much for the numbers and the row itself.
      'SELECT id AS id, LENGTH(type) + LENGTH(recipe) + LENGTH(status) + LENGTH(CAST(input AS BLOB)) + 40 AS bytes FROM past_task WHERE id < ? ORDER BY id DESC LIMIT ?',
    ),
    trim: db.prepare<[upTo: TaskId, limit: number]>('DELETE FROM past_task WHERE id IN (SELECT id FROM past_task WHERE id <= ? ORDER BY id LIMIT ?)'),
    list: db.prepare<[before: TaskId, limit: number], unknown>(
      `SELECT id AS id, type AS type, recipe AS recipe, status AS status, input AS input, created_at AS createdAt, completed_at AS completedAt,
         duration_ms AS durationMs, attempts AS attempts, outputs AS outputs FROM past_task WHERE id < ? ORDER BY id DESC LIMIT ?`,
    ),
  };
}
