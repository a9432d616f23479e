/** Compares the database with the journal beside it, when it is opened: what was answered and is not there, or not any more. */
import type Database from 'better-sqlite3';
import * as z from 'zod';
import { recovery, type Recovery } from '../../../shared/backup-contract.ts';
import type { TaskId, TaskStatus } from '../../../shared/task.ts';
import type { Journal } from './high-water.ts';
import { parseJson } from './row.ts';
import { become, mayMake } from './transition-sql.ts';

/** More are counted, not named. */
const NAMED = 1_000;

/** at: when it was over. */
type Undone = Recovery['undone'][number] & { readonly at: number };

/**
 * recovery null: the database knows all that the journal knows. lastId: the newest id that was ever given.
 *
 * A task that was over and is not any more is paused, so that nothing is done twice without somebody's wish. Ids of missing tasks are not given
 * again. When the journal does not reach back to the restored backup, the hold keeps everything from being started.
 */
export function reconcile(db: Database.Database, { journal, now }: { journal: Journal; now: number }): { recovery: Recovery | null; lastId: TaskId } {
  const inDatabase = z.int().parse(db.prepare(`SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'task'), 0)`).pluck().get());
  const lastId = Math.max(inDatabase, journal.lastId);
  const undone = findUndone(db, journal);
  const restored = readRecovery(db, RESTORED)?.restored ?? null;
  if (lastId === inDatabase && undone.length === 0 && restored === null) return { recovery: null, lastId };
  const found: Recovery = {
    at: now, restored,
    missing: missingIds(inDatabase, lastId).map((id) => ({ id, input: journal.inputs.get(id) ?? null })), missingCount: lastId - inDatabase,
    undone: undone.slice(0, NAMED).map(({ at: _at, ...named }) => named), undoneCount: undone.length,
    isHeld: restored !== null && journal.since > restored.createdAt,
  };
  db.transaction(() => mend(db, found, { undone, lastId, now }))();
  return { recovery: found, lastId };
}

/** What the last start that had to mend something found. */
export function storedRecovery(db: Database.Database): Recovery | null {
  return readRecovery(db, RECOVERY);
}

/** Says in a database that it is a backup which was put in place, so that it can't be opened without that being told. */
export function noteRestored(db: Database.Database, at: number, restored: NonNullable<Recovery['restored']>): void {
  writeSetting(db, RESTORED, JSON.stringify({ at, restored, missing: [], missingCount: 0, undone: [], undoneCount: 0, isHeld: false } satisfies Recovery));
}

/** Names of settings: what the last recovery found; a restored backup that has not been opened yet. */
const RECOVERY = 'recovery';
const RESTORED = 'restored';

function writeSetting(db: Database.Database, name: string, value: string): void {
  db.prepare('INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value').run(name, value);
}

function readRecovery(db: Database.Database, name: string): Recovery | null {
  const text = z.string().safeParse(db.prepare('SELECT value FROM setting WHERE name = ?').pluck().get(name)).data;
  return text === undefined ? null : (recovery.safeParse(parseJson(text)).data ?? null);
}

/** A row that was written before the task was over, and says something else, is an older one. */
function findUndone(db: Database.Database, journal: Journal): Undone[] {
  const select = db.prepare<[TaskId], { status: TaskStatus; updatedAt: number; inputs: string; isRemoved: number }>(
    'SELECT status AS status, updated_at AS updatedAt, inputs AS inputs, deleted_at IS NOT NULL AS isRemoved FROM task WHERE id = ?',
  );
  const undone: Undone[] = [];
  for (const [id, { at, as, outputs }] of journal.ended) {
    const row = select.get(id);
    // Within one millisecond a cancelled task may have been tried again; nothing leads out of completed.
    if (row === undefined || row.updatedAt > at || (row.updatedAt === at && as !== 'completed') || (as === 'removed' ? row.isRemoved === 1 : row.status === as)) continue;
    undone.push({ id, at, input: firstOf(row.inputs), was: as, outputs: [...outputs] });
  }
  return undone.sort((a, b) => b.id - a.id);
}

function mend(db: Database.Database, found: Recovery, { undone, lastId, now }: { undone: readonly Undone[]; lastId: TaskId; now: number }): void {
  const pause = db.prepare<{ id: TaskId; message: string }>(`UPDATE task SET ${become('pause')}, message = @message WHERE id = @id AND ${mayMake('pause')}`);
  const askToPause = db.prepare<{ id: TaskId }>(`UPDATE task SET stop_requested = COALESCE(stop_requested, 'pause') WHERE id = @id AND status = 'running'`);
  // From then on the row is no older one, also when the clock was set back meanwhile.
  const note = db.prepare<{ id: TaskId; at: number; now: number }>('UPDATE task SET updated_at = MAX(updated_at, @now, @at + 1) WHERE id = @id');
  for (const { id, at, was, outputs } of undone) {
    pause.run({ id, message: `It was ${was} before the queue lost its last changes${outputs.length === 0 ? '' : `: ${outputs.join(', ')}`}.` });
    askToPause.run({ id });
    note.run({ id, at, now });
  }
  if (db.prepare(`UPDATE sqlite_sequence SET seq = MAX(seq, ?) WHERE name = 'task'`).run(lastId).changes === 0) db.prepare(`INSERT INTO sqlite_sequence (name, seq) VALUES ('task', ?)`).run(lastId);
  db.prepare('DELETE FROM setting WHERE name = ?').run(RESTORED);
  writeSetting(db, RECOVERY, JSON.stringify(found));
  if (found.isHeld) writeSetting(db, 'hold', 'afterCurrent');
}

/** The newest first. */
function missingIds(from: TaskId, to: TaskId): TaskId[] {
  return Array.from({ length: Math.min(NAMED, to - from) }, (_, place) => to - place);
}

function firstOf(inputs: string): string | null {
  return z.array(z.string()).safeParse(parseJson(inputs)).data?.[0] ?? null;
}
