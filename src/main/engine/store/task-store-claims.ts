/** Hands tasks to workers. */
import type Database from 'better-sqlite3';
import type { QueueName, TaskId } from '../../../shared/task.ts';
import type { ClaimedRow, DependencyRow, ClaimInput, Operations } from './operations.ts';
import type { PackedRow } from './packed-row.ts';
import type { Light, RatedInput } from './store.ts';
import type { Listing } from './task-store-listing.ts';
import type { RateBook, Rates } from './task-store-rates.ts';
import { become, mayMake } from './transition-sql.ts';

/**
 * Tasks at the head of a queue whose keys have nothing left are passed over up to so many, a few milliseconds' worth. Behind more of them, what
 * is free waits for the keys before it.
 */
const MOST_PASSED_OVER = 10_000;

const NO_DEPENDENCIES = { dependencies: [], groupName: null } as const;

export function createClaims(db: Database.Database, listing: Listing, rates: Rates): Pick<Operations, 'claim' | 'claimRated' | 'letThrough' | 'head'> {
  const { selectFirst, selectFirstOf, selectLight, selectKeyed, selectKeyedOf, selectHead, selectHeadOf, claimOne, selectLeft, selectPlan, selectParts, selectDependencies, selectGroupName } = prepareClaims(db);
  const dependenciesOf = (id: TaskId): Pick<ClaimedRow, 'dependencies' | 'groupName'> => ({ dependencies: selectDependencies.all(id), groupName: selectGroupName.get({ id }) ?? null });
  const claimed = (id: TaskId, task: PackedRow): ClaimedRow => {
    const [hasPlan, intent, hasDependencies, suffix, missing] = selectLeft.get({ id }) ?? [0, null, 0, null, null];
    return { task, plan: hasPlan === 0 ? null : (selectPlan.get(id) ?? null), parts: hasPlan === 0 ? [] : selectParts.all(id), intent, suffix, missing, ...(hasDependencies === 0 ? NO_DEPENDENCIES : dependenciesOf(id)) };
  };

  const firstLight = (queue: QueueName, limit: number, { isUnknownLight, ...most }: Light): TaskId[] => {
    const rows = selectLight.all({ queue, limit, ...most, isUnknownLight: isUnknownLight ? 1 : 0 });
    const heavyAt = rows.findIndex(([, isLight]) => isLight === 0);
    return (heavyAt === -1 ? rows : rows.slice(0, heavyAt)).map(([id]) => id);
  };
  /** First tasks that the rates let through; the book is not saved yet. */
  const choose = ({ queue, limit, now, only = null, rates: limits }: RatedInput): { ids: TaskId[]; book: RateBook } => {
    const book = rates.open(queue, limits, now);
    const rows = only === null ? selectKeyed.iterate(queue, MOST_PASSED_OVER) : selectKeyedOf.iterate(queue, JSON.stringify(only), MOST_PASSED_OVER);
    const ids: TaskId[] = [];
    for (const [id, rateKey] of rows) {
      if (ids.length === limit) break;
      const answer = book.take(rateKey);
      if (answer === 'taken') ids.push(id);
      if (answer === 'queue') break;
    }
    return { ids, book };
  };
  const claimAll = (ids: readonly TaskId[], lease: { leaseOwner: string; leaseUntil: number; now: number }): ClaimedRow[] => {
    for (const id of ids) claimOne.run({ id, ...lease });
    return ids.flatMap((id) => listing.packedRows([id]).map((task) => claimed(id, task)));
  };

  return {
    head: (queue, only) => (only === null ? selectHead.get(queue) : selectHeadOf.get(queue, JSON.stringify(only))) ?? null,
    claim({ queue, limit, leaseOwner, leaseUntil, now, only = null, light = null }: ClaimInput) {
      if (light !== null && only === null) return claimAll(firstLight(queue, limit, light), { leaseOwner, leaseUntil, now });
      const first = only === null ? selectFirst.all(queue, limit) : selectFirstOf.all(queue, JSON.stringify(only), limit);
      return claimAll(first.map((row) => row.id), { leaseOwner, leaseUntil, now });
    },
    letThrough(input) {
      const { ids, book } = choose(input);
      return { ids, nextAt: book.nextAt };
    },
    claimRated({ leaseOwner, leaseUntil, ...input }) {
      const { ids, book } = choose(input);
      book.save();
      return { claimed: claimAll(ids, { leaseOwner, leaseUntil, now: input.now }), nextAt: book.nextAt };
    },
  };
}

function prepareClaims(db: Database.Database) {
  return {
    selectFirst: db.prepare<[QueueName, limit: number], { id: TaskId }>(
      `SELECT id FROM task INDEXED BY task_claim WHERE queue = ? AND status = 'pending' ORDER BY order_key DESC, id LIMIT ?`,
    ),
    selectFirstOf: db.prepare<[QueueName, only: string, limit: number], { id: TaskId }>(
      `SELECT id FROM task WHERE queue = ? AND status = 'pending' AND id IN (SELECT value FROM json_each(?)) ORDER BY order_key DESC, id LIMIT ?`,
    ),
    selectLight: db.prepare<{ queue: QueueName; limit: number; memoryBytes: number; tempBytes: number; isUnknownLight: number }, [id: TaskId, isLight: number]>(
      `SELECT id, COALESCE(json_extract(estimate, '$.memoryBytes') <= @memoryBytes AND json_extract(estimate, '$.tempBytes') <= @tempBytes, @isUnknownLight)
       FROM task INDEXED BY task_claim WHERE queue = @queue AND status = 'pending' ORDER BY order_key DESC, id LIMIT @limit`,
    ).raw(),
    // The index holds the keys, so that passing over a task reads no row.
    selectKeyed: db.prepare<[QueueName, limit: number], [id: TaskId, rateKey: string | null]>(
      `SELECT id, rate_key FROM task INDEXED BY task_claim WHERE queue = ? AND status = 'pending' ORDER BY order_key DESC, id LIMIT ?`,
    ).raw(),
    selectKeyedOf: db.prepare<[QueueName, only: string, limit: number], [id: TaskId, rateKey: string | null]>(
      `SELECT id, rate_key FROM task WHERE queue = ? AND status = 'pending' AND id IN (SELECT value FROM json_each(?)) ORDER BY order_key DESC, id LIMIT ?`,
    ).raw(),
    selectHead: db.prepare<[QueueName], { inputs: string; outputDir: string | null }>(
      `SELECT inputs AS inputs, output_dir AS outputDir FROM task INDEXED BY task_claim WHERE queue = ? AND status = 'pending' ORDER BY order_key DESC, id LIMIT 1`,
    ),
    selectHeadOf: db.prepare<[QueueName, only: string], { inputs: string; outputDir: string | null }>(
      `SELECT inputs AS inputs, output_dir AS outputDir FROM task WHERE queue = ? AND status = 'pending' AND id IN (SELECT value FROM json_each(?)) ORDER BY order_key DESC, id LIMIT 1`,
    ),
    claimOne: db.prepare<{ id: TaskId; leaseOwner: string; leaseUntil: number; now: number }>(
      `UPDATE task SET ${become('claim')}, attempt = attempt + 1, lease_owner = @leaseOwner, lease_until = @leaseUntil, stop_requested = NULL,
         started_at = COALESCE(started_at, @now), claimed_at = @now, updated_at = @now
       WHERE id = @id AND ${mayMake('claim')}`,
    ),
    // One question for what nearly no task has: a first attempt has left nothing.
    selectLeft: db.prepare<{ id: TaskId }, [hasParts: number, intent: string | null, hasDependencies: number, suffix: string | null, missing: string | null]>(
      `SELECT EXISTS (SELECT 1 FROM checkpoint WHERE task_id = @id), (SELECT outputs FROM publish_intent WHERE task_id = @id),
         EXISTS (SELECT 1 FROM dependency WHERE task_id = @id), (SELECT suffix FROM task WHERE id = @id),
         (SELECT '.' || extension || ' file of task ' || depends_on_id FROM task_source WHERE task_id = @id AND path IS NULL LIMIT 1)`,
    ).raw(),
    selectPlan: db.prepare<[TaskId], string>('SELECT plan FROM checkpoint WHERE task_id = ?').pluck(),
    selectParts: db.prepare<[TaskId], [index: number, part: string]>('SELECT part_index, part FROM checkpoint_part WHERE task_id = ? ORDER BY part_index').raw(),
    selectDependencies: db.prepare<[TaskId], DependencyRow>(
      `SELECT task.id, task.type, task.recipe, task.status, task.inputs, task.outputs, task.duration_ms, task.error
       FROM dependency JOIN task ON task.id = dependency.depends_on_id WHERE dependency.task_id = ? ORDER BY task.id`,
    ).raw(),
    selectGroupName: db.prepare<{ id: TaskId }, string>(
      `SELECT name FROM task_group WHERE id = COALESCE((SELECT group_id FROM task WHERE id = @id),
         (SELECT MIN(task.group_id) FROM dependency JOIN task ON task.id = dependency.depends_on_id WHERE dependency.task_id = @id))`,
    ).pluck(),
  };
}
