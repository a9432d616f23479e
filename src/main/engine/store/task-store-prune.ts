/** The clean-up: takes settled tasks out of the store in portions, and keeps what is worth knowing of each in the history. */
import { performance } from 'node:perf_hooks';
import type Database from 'better-sqlite3';
import type { GroupId, TaskId } from '../../../shared/task.ts';
import type { PruneMark, ScheduleOperations } from './schedule-operations.ts';

type Pruning = Pick<ScheduleOperations<unknown>, 'pruneTasks' | 'measureHistory' | 'trimHistory' | 'listHistory'>;

/** What the history keeps of a first input, at most: paths may be a thousand times longer. */
const LONGEST_INPUT_CHARS = 500;
/** Tasks that one statement removes: so few that a look at the clock comes often, so many that a statement costs little of each. */
const FEWEST_AT_ONCE = 4;
const MOST_AT_ONCE = 256;
/** The share of a portion's time that a step is meant to take: a portion then ends on time to a quarter. */
const STEPS_A_PORTION = 4;
/** A task may have thousands of lines and parts; so many go at a time. */
const ROWS_AT_ONCE = 1_000;

interface Candidate {
  readonly id: TaskId;
  /** Null: not settled. */
  readonly completedAt: number | null;
  /** 0: it is on the list. */
  readonly deletedAt: number;
}

/**
 * By id, not by the time they ended: tasks that were added together lie together, so a commit changes few pages of the file. The list's
 * index has all that is asked of tasks that stay, and failed ones, which are kept, are not looked at.
 */
export function createPrune(db: Database.Database): Pruning {
  const statements = preparePrune(db);
  const candidatesAfter = createCandidates(db);
  const freePages = (): number => Number(db.pragma('freelist_count', { simple: true }));
  const pageBytes = Number(db.pragma('page_size', { simple: true }));
  let atOnce = FEWEST_AT_ONCE;

  /** False: there is more of their logs and parts than goes at once; call it again. */
  const removeAll = (ids: string): boolean => {
    for (const rows of [statements.deleteLines, statements.deleteParts]) if (rows.run(ids, ROWS_AT_ONCE).changes === ROWS_AT_ONCE) return false;
    statements.keep.run(ids);
    statements.deleteTasks.run(ids);
    return true;
  };

  /** Of these the ones that nobody needs any more. */
  const unneeded = (ids: readonly TaskId[]): TaskId[] => {
    const all = JSON.stringify(ids);
    const needed = new Set(statements.selectNeeded.all(all));
    const isOpen = new Map<GroupId, boolean>();
    for (const { id, groupId } of statements.selectGroups.all(all)) {
      const open = isOpen.get(groupId) ?? statements.selectOpenMember.get(groupId) !== undefined;
      isOpen.set(groupId, open);
      if (open) needed.add(id);
    }
    return needed.size === 0 ? [...ids] : ids.filter((id) => !needed.has(id));
  };

  return {
    pruneTasks({ before, after, budgetMs }) {
      const startMs = performance.now();
      const freeBefore = freePages();
      let removed = 0;
      const listed: TaskId[] = [];
      let mark: PruneMark | null = after ?? { among: 'completed', deletedAt: 0, id: 0 };
      for (let stepMs = startMs; mark !== null; ) {
        const candidates: readonly Candidate[] = candidatesAfter(mark, atOnce);
        const ids = unneeded(candidates.flatMap(({ id, completedAt }) => (completedAt !== null && completedAt < before ? [id] : [])));
        const isDone = ids.length === 0 || removeAll(JSON.stringify(ids));
        if (isDone) {
          removed += ids.length;
          if (mark.among !== 'removed') for (const id of ids) listed.push(id);
          mark = nextMark(mark, candidates, atOnce);
        }
        const nowMs = performance.now();
        if (nowMs - stepMs > budgetMs / STEPS_A_PORTION) atOnce = Math.max(FEWEST_AT_ONCE, Math.floor(atOnce / 2));
        else if (nowMs - stepMs < budgetMs / STEPS_A_PORTION / 2) atOnce = Math.min(MOST_AT_ONCE, atOnce * 2);
        if (nowMs - startMs > budgetMs) break;
        stepMs = nowMs;
      }
      return { removed, listed, next: mark, freedBytes: Math.max(0, freePages() - freeBefore) * pageBytes };
    },
    measureHistory: (before, limit) => ({ rows: statements.measure.all(before ?? Number.MAX_SAFE_INTEGER, limit) }),
    trimHistory: (upTo, limit) => statements.trim.run(upTo, limit).changes,
    listHistory: (before, limit) => statements.list.all(before ?? Number.MAX_SAFE_INTEGER, limit),
  };
}

const PASSES: readonly PruneMark['among'][] = ['completed', 'cancelled', 'removed'];

function nextMark({ among }: PruneMark, candidates: readonly Candidate[], limit: number): PruneMark | null {
  const last = candidates.at(-1);
  if (last !== undefined && candidates.length === limit) return { among, deletedAt: last.deletedAt, id: last.id };
  const next = PASSES[PASSES.indexOf(among) + 1];
  return next === undefined ? null : { among: next, deletedAt: 0, id: 0 };
}

/** The next of them after a mark, whatever their age. */
function createCandidates(db: Database.Database): (mark: PruneMark, limit: number) => readonly Candidate[] {
  const selectListed = db.prepare<PruneMark & { limit: number }, Candidate>(
    `SELECT id AS id, completed_at AS completedAt, 0 AS deletedAt FROM task INDEXED BY task_list
     WHERE status = @among AND deleted_at IS NULL AND id > @id ORDER BY id LIMIT @limit`,
  );
  // Two statements: SQLite would read all that were removed at the same time to compare both columns, and that may be a million.
  const removed = `SELECT id AS id, CASE WHEN status IN ('completed', 'failed', 'cancelled') THEN completed_at END AS completedAt, deleted_at AS deletedAt FROM task INDEXED BY task_removed`;
  const selectSameTime = db.prepare<PruneMark & { limit: number }, Candidate>(`${removed} WHERE deleted_at = @deletedAt AND id > @id ORDER BY id LIMIT @limit`);
  const selectLater = db.prepare<PruneMark & { limit: number }, Candidate>(`${removed} WHERE deleted_at > @deletedAt ORDER BY deleted_at, id LIMIT @limit`);
  return (mark, limit) => {
    if (mark.among !== 'removed') return selectListed.all({ ...mark, limit });
    const same = selectSameTime.all({ ...mark, limit });
    return same.length === limit ? same : [...same, ...selectLater.all({ ...mark, limit: limit - same.length })];
  };
}

/** ids: JSON; JSON_EACH makes one search for each of them. */
function preparePrune(db: Database.Database) {
  return {
    // Tasks that wait for it read its result, and what somebody has edited is nowhere else. No list of statuses: SQLite would make a table of it for each row.
    selectNeeded: db.prepare<[ids: string], TaskId>(
      `SELECT value FROM JSON_EACH(?) WHERE EXISTS (SELECT 1 FROM dependency CROSS JOIN task ON task.id = dependency.task_id
           WHERE dependency.depends_on_id = value AND task.deleted_at IS NULL AND task.status <> 'completed' AND task.status <> 'cancelled')
         OR EXISTS (SELECT 1 FROM document CROSS JOIN task ON task.id = document.task_id WHERE document.task_id = value AND document.revision > 1 AND task.deleted_at IS NULL)`,
    ).pluck(),
    selectGroups: db.prepare<[ids: string], { id: TaskId; groupId: GroupId }>('SELECT id AS id, group_id AS groupId FROM task WHERE id IN (SELECT value FROM JSON_EACH(?)) AND group_id IS NOT NULL'),
    // A group counts its members until the last is over.
    selectOpenMember: db.prepare<[GroupId], number>(
      `SELECT 1 FROM task INDEXED BY task_members WHERE group_id = ? AND status IN ('pending', 'waiting', 'running', 'retrying', 'paused') LIMIT 1`,
    ).pluck(),
    deleteLines: db.prepare<[ids: string, limit: number]>('DELETE FROM task_log WHERE id IN (SELECT id FROM task_log INDEXED BY task_log_task WHERE task_id IN (SELECT value FROM JSON_EACH(?)) LIMIT ?)'),
    deleteParts: db.prepare<[ids: string, limit: number]>(
      'DELETE FROM checkpoint_part WHERE (task_id, part_index) IN (SELECT task_id, part_index FROM checkpoint_part WHERE task_id IN (SELECT value FROM JSON_EACH(?)) LIMIT ?)',
    ),
    keep: db.prepare<[ids: string]>(
      `INSERT OR REPLACE INTO past_task (id, type, recipe, status, input, created_at, completed_at, duration_ms, attempts, outputs)
       SELECT id, type, recipe, status, SUBSTR(CASE WHEN JSON_VALID(inputs) THEN COALESCE(inputs ->> '$[0]', '') ELSE '' END, 1, ${LONGEST_INPUT_CHARS}),
         created_at, completed_at, duration_ms, attempt, CASE WHEN outputs <> '[]' AND JSON_VALID(outputs) THEN JSON_ARRAY_LENGTH(outputs) ELSE 0 END
       FROM task WHERE id IN (SELECT value FROM JSON_EACH(?)) AND type <> 'maintenance'`,
    ),
    deleteTasks: db.prepare<[ids: string]>('DELETE FROM task WHERE id IN (SELECT value FROM JSON_EACH(?))'),
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
