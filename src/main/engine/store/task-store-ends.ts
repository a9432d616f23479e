/** How attempts end. Each is fenced: only the attempt that holds the task may end it. */
import type Database from 'better-sqlite3';
import type { TaskErrorShape } from '../../../shared/errors.ts';
import type { Task, TaskId } from '../../../shared/task.ts';
import type { EndedRow, Operations, PackedEnd } from './operations.ts';
import type { PackedRow } from './packed-row.ts';
import type { Checkpoints } from './task-store-checkpoints.ts';
import { NO_CONSEQUENCES, type Consequences, type Dependencies } from './task-store-dependencies.ts';
import type { History } from './task-store-history.ts';
import type { Listing } from './task-store-listing.ts';
import type { Memory } from './task-store-memory.ts';
import { DUE } from './task-store-staging.ts';
import { become, HELD, heldAndMayMake } from './transition-sql.ts';

interface Parts {
  readonly listing: Listing;
  readonly dependencies: Dependencies;
  readonly checkpoints: Checkpoints;
  readonly memory: Memory;
  readonly history: History;
}

/** What every end binds. warnings null: they stay. */
interface Ended {
  readonly id: TaskId;
  readonly leaseOwner: string;
  readonly attempt: number;
  readonly now: number;
  readonly durationMs: number;
  readonly warnings: string | null;
  readonly worker: string | null;
}

/** What the row held says before its attempt ends. */
interface Held {
  readonly wish: Task['stopRequested'];
  readonly workerLosses: number;
}

/** What every end writes: the lease is over, the time is added up, and what the user wished has come about. */
const LEAVE = `lease_owner = NULL, lease_until = NULL, stop_requested = NULL, updated_at = @now,
  duration_ms = duration_ms + @durationMs, warnings = COALESCE(@warnings, warnings)`;
/** What the history says of an attempt that its whole engine did not survive. */
const CRASHED: TaskErrorShape = { code: 'WORKER_LOST', message: 'Longhaul itself ended while this attempt ran: it was killed, or the machine went down. The task goes on from its checkpoint.', retryable: true };
/** A wish to remove is granted with any end that settles the task. */
const REMOVE_IF_WISHED = `deleted_at = CASE WHEN stop_requested = 'remove' THEN @now END`;

/** No retry waits longer by itself: see scheduler/backoff.ts. */
const LONGEST_BACKOFF_MS = 600_000;

export function createEnds(db: Database.Database, parts: Parts): Pick<Operations, 'complete' | 'fail' | 'release' | 'lose' | 'rescue'> {
  const { listing, dependencies, checkpoints, memory, history } = parts;
  const statements = prepareEnds(db);

  const rowOf = (id: TaskId): PackedRow => {
    const row = listing.packed(id);
    if (row === null) throw new Error(`Task ${id} was changed and is not there.`);
    return row;
  };

  const endedWith = (id: TaskId, { broken, others }: Consequences): EndedRow => ({ task: rowOf(id), broken: listing.packedRows(broken), others: listing.packedRows(others) });

  const { settle, failForGood } = createSettling(statements, parts);

  return {
    complete({ outputs, message, pace, ...packed }) {
      const end = ended(packed);
      if (statements.complete.run({ ...end, outputs, message }).changes === 0) return null;
      history.note(end, 'completed', null);
      checkpoints.clear(end.id);
      if (pace !== null) memory.addPace(end.id, pace, end.now);
      return { released: dependencies.release(end.id, end.now) };
    },

    fail({ error, retryAt, spendsRetry, ...packed }) {
      const end = ended(packed);
      const held = statements.selectHeld.get(end);
      if (held === undefined) return null;
      const errorText = JSON.stringify(error);
      statements.noteFailure.run({ ...end, error: errorText, spent: spendsRetry ? 1 : 0 });
      history.note(end, 'failed', errorText);
      if (retryAt === null) return endedWith(end.id, failForGood(end, held.wish, error, 'fail'));
      if (held.wish !== null) return endedWith(end.id, settle(end, held.wish, null));
      statements.backOff.run({ ...end, retryAt: Math.ceil(retryAt) });
      return endedWith(end.id, NO_CONSEQUENCES);
    },

    release({ reason, hasBegun, ...packed }) {
      const end = ended(packed);
      const held = statements.selectHeld.get(end);
      if (held === undefined) return null;
      if (hasBegun) history.note(end, 'interrupted', null);
      return endedWith(end.id, settle(end, held.wish, reason));
    },

    lose({ error, poisonAfter, ...packed }) {
      const end = ended(packed);
      const held = statements.selectHeld.get(end);
      if (held === undefined) return null;
      const errorText = JSON.stringify(error);
      statements.noteLoss.run({ ...end, error: errorText });
      history.note(end, 'lost', errorText);
      const losses = held.workerLosses + 1;
      if (losses >= poisonAfter) return endedWith(end.id, failForGood(end, held.wish, poisonError(end.id, losses, error), 'poison'));
      return endedWith(end.id, settle(end, held.wish, null));
    },

    rescue({ leaseOwner, now }) {
      statements.clampRetries.run({ latest: now + LONGEST_BACKOFF_MS, now });
      const lost = statements.selectLost.all(leaseOwner);
      for (const { wish, heardAt, claimedAt, ...fence } of lost) {
        const end = { ...fence, now, durationMs: Math.max(0, heardAt - (claimedAt ?? heardAt)), warnings: null, worker: null };
        history.note({ ...end, now: heardAt }, 'lost', JSON.stringify(CRASHED));
        settle(end, wish, null);
      }
      return listing.packedRows(lost.map((row) => row.id));
    },
  };
}

/** The two ways out of running that are not success. Both give the tasks that changed with it. */
function createSettling(statements: ReturnType<typeof prepareEnds>, { dependencies, checkpoints }: Parts) {
  /** Where a stopped attempt leaves its task: where the user wished it, and with no wish back in the queue. */
  const settle = (end: Ended, wish: Held['wish'], message: string | null): Consequences => {
    switch (wish) {
      case null:
        statements.interrupt.run({ ...end, message });
        return NO_CONSEQUENCES;
      case 'pause':
        statements.settlePause.run({ ...end, message });
        return NO_CONSEQUENCES;
      case 'cancel':
        statements.settleCancel.run({ ...end, message });
        return dependencies.ended(end.id, 'was cancelled', end.now);
      case 'remove':
        statements.settleCancel.run({ ...end, message });
        checkpoints.clear(end.id);
        return dependencies.ended(end.id, 'was removed', end.now);
      default:
        return assertNever(wish);
    }
  };

  const failForGood = (end: Ended, wish: Held['wish'], error: TaskErrorShape, transition: 'fail' | 'poison'): Consequences => {
    statements[transition].run({ ...end, error: JSON.stringify(error) });
    if (wish === 'remove') checkpoints.clear(end.id);
    return dependencies.ended(end.id, 'failed', end.now);
  };

  return { settle, failForGood };
}

function prepareEnds(db: Database.Database) {
  return {
    // A clock that was years ahead when they failed and is right now. What a server asked to wait for is kept.
    clampRetries: db.prepare<{ latest: number; now: number }>(
      `UPDATE task INDEXED BY task_due SET run_at = MAX(@latest, @now + COALESCE(retry_delay_ms, 0))
       WHERE ${DUE} AND run_at > @latest AND status = 'retrying' AND run_at > @now + COALESCE(retry_delay_ms, 0)
         AND (last_error IS NULL OR NOT JSON_VALID(last_error) OR last_error ->> '$.retryAfterMs' IS NULL)`,
    ),
    selectHeld: db.prepare<Ended, Held>(`SELECT stop_requested AS wish, worker_losses AS workerLosses FROM task WHERE ${HELD}`),
    selectLost: db.prepare<[leaseOwner: string], { id: TaskId; leaseOwner: string; attempt: number; wish: Held['wish']; heardAt: number; claimedAt: number | null }>(
      `SELECT id AS id, lease_owner AS leaseOwner, attempt AS attempt, stop_requested AS wish, updated_at AS heardAt, claimed_at AS claimedAt FROM task INDEXED BY task_running
       WHERE status = 'running' AND lease_owner <> ? ORDER BY id`,
    ),
    noteFailure: db.prepare<Ended & { error: string; spent: number }>(`UPDATE task SET failures = failures + @spent, last_error = @error WHERE ${HELD}`),
    noteLoss: db.prepare<Ended & { error: string }>(`UPDATE task SET worker_losses = worker_losses + 1, last_error = @error WHERE ${HELD}`),
    complete: db.prepare<Ended & { outputs: string; message: string }>(
      `UPDATE task SET ${become('complete')}, outputs = @outputs, message = @message, error = NULL, completed_at = @now,
         progress = 100, progress_current = CASE WHEN progress_total > 0 THEN progress_total ELSE progress_current END, ${REMOVE_IF_WISHED}, ${LEAVE}
       WHERE ${heldAndMayMake('complete')}`,
    ),
    fail: db.prepare<Ended & { error: string }>(
      `UPDATE task SET ${become('fail')}, error = @error, completed_at = @now, ${REMOVE_IF_WISHED}, ${LEAVE} WHERE ${heldAndMayMake('fail')}`,
    ),
    poison: db.prepare<Ended & { error: string }>(
      `UPDATE task SET ${become('poison')}, error = @error, completed_at = @now, ${REMOVE_IF_WISHED}, ${LEAVE} WHERE ${heldAndMayMake('poison')}`,
    ),
    backOff: db.prepare<Ended & { retryAt: number }>(`UPDATE task SET ${become('backOff')}, run_at = @retryAt, ${LEAVE} WHERE ${heldAndMayMake('backOff')}`),
    interrupt: db.prepare<Ended & { message: string | null }>(
      `UPDATE task SET ${become('interrupt')}, message = COALESCE(@message, message), ${LEAVE} WHERE ${heldAndMayMake('interrupt')}`,
    ),
    settlePause: db.prepare<Ended & { message: string | null }>(
      `UPDATE task SET ${become('settlePause')}, message = COALESCE(@message, message), ${LEAVE} WHERE ${heldAndMayMake('settlePause')}`,
    ),
    settleCancel: db.prepare<Ended & { message: string | null }>(
      `UPDATE task SET ${become('settleCancel')}, message = COALESCE(@message, message), completed_at = @now, ${REMOVE_IF_WISHED}, ${LEAVE}
       WHERE ${heldAndMayMake('settleCancel')}`,
    ),
  };
}

function ended({ id, leaseOwner, attempt, now, durationMs, warnings, worker }: PackedEnd): Ended {
  return { id, leaseOwner, attempt, now, durationMs: Math.round(durationMs), warnings, worker };
}

function poisonError(id: TaskId, losses: number, last: TaskErrorShape): TaskErrorShape {
  return {
    code: 'POISON',
    message: `Task ${id} took its worker down ${losses} times. Its input may be damaged: check that it plays, then retry the task.`,
    retryable: false,
    details: last.message,
  };
}

function assertNever(value: never): never {
  throw new Error(`Not a stop request: ${String(value)}`);
}
