/** The open database with its journal, on the store's thread. */
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import * as z from 'zod';
import type { Recovery } from '../../../shared/backup-contract.ts';
import { TaskError } from '../../../shared/errors.ts';
import { DATABASE_FILE, WAL_CHECKPOINT_PAGES } from './database.ts';
import { createGroupCommit } from './group-commit.ts';
import { HighWater, watchOperations } from './high-water.ts';
import type { Call, Reply, Still } from './operations.ts';
import { openOrRestore } from './restore.ts';
import { isDiskTrouble, storeError } from './sqlite-errors.ts';
import { createOperations } from './task-store.ts';

/** Owns the database, the journal and a descriptor of the database's file. */
export class OpenStore {
  /** What the opening had to mend. */
  readonly recovery: Recovery | null;
  /** Runs calls, all in one commit. */
  readonly execute: (calls: readonly Call[]) => readonly Reply[];
  readonly #db: Database.Database;
  readonly #highWater: HighWater;
  /** Lives as long as the connection: to close any descriptor of the file drops the locks on it (fcntl). */
  readonly #descriptor: number;
  #isStill = false;

  /** Opens it, or what has to be restored in its place. Throws STORE_OWNED, STORE_DAMAGED, STORE_FAILED. */
  constructor({ dir, now }: { dir: string; now: number }) {
    const { db, recovery, lastId, isNew } = openOrRestore({ dir, now });
    this.#db = db;
    this.recovery = recovery;
    try {
      const operations = createOperations(db);
      this.#highWater = new HighWater(dir, { lastId, since: isNew ? 0 : now });
      this.#descriptor = openSync(join(dir, DATABASE_FILE), 'r');
      const watched = watchOperations(operations, this.#highWater);
      const commit = createGroupCommit(db, watched.operations, watched);
      this.execute = (calls) => this.#watched(commit(calls));
    } catch (thrown) {
      db.close();
      throw thrown;
    }
  }

  /** Writes the log back to the database, so that no commit has to. What fails here a later commit does, and tells. */
  tidy(): void {
    this.#highWater.sync();
    if (this.#isStill) return;
    try {
      this.#db.pragma('wal_checkpoint(PASSIVE)');
    } catch (thrown) {
      if (!isDiskTrouble(thrown)) throw thrown;
    }
  }

  /** Between a whole checkpoint and the next one nothing writes to the database's file: only the log grows. */
  still({ id, isStill, isDamaged }: Still): Reply {
    if (isDamaged) this.#highWater.write([['damaged']]);
    try {
      if (isStill) this.#checkpointWhole();
      this.#db.pragma(`wal_autocheckpoint = ${isStill ? 0 : WAL_CHECKPOINT_PAGES}`);
      this.#isStill = isStill;
      return { id, value: this.#descriptor };
    } catch (thrown) {
      return { id, error: storeError(thrown).toShape() };
    }
  }

  /** Closing writes the log back; when that fails it stays, and is read at the next start. */
  close(): void {
    this.#db.close();
    closeSync(this.#descriptor);
    this.#highWater.close();
  }

  #checkpointWhole(): void {
    const [result] = z.array(z.object({ log: z.int(), checkpointed: z.int() })).parse(this.#db.pragma('wal_checkpoint(PASSIVE)'));
    if (result === undefined || result.log !== result.checkpointed) throw new TaskError('STORE_FAILED', 'The log could not be written back to the queue. Check the disk; try again later.', { retryable: true });
  }

  /** The next start looks through a database that was found damaged. */
  #watched(replies: readonly Reply[]): readonly Reply[] {
    if (replies.some((reply) => 'error' in reply && reply.error.code === 'STORE_DAMAGED')) this.#highWater.write([['damaged']]);
    return replies;
  }
}
