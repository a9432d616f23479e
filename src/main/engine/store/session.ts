/** One connection to the database with all that hangs on it. There is one at a time in a process: closing any descriptor of the file drops the locks on it (fcntl). */
import { closeSync, fdatasyncSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { DATABASE_FILE } from './database.ts';
import { createGroupCommit } from './group-commit.ts';
import { watchOperations, type HighWater } from './high-water.ts';
import type { Call, Reply } from './operations.ts';
import { breaksConnection, saysDamage } from './sqlite-errors.ts';
import { createOperations } from './task-store.ts';

/** Owns the connection. */
export class Session {
  readonly db: Database.Database;
  /** Of the database's file. Lives as long as the connection. */
  readonly descriptor: number;
  /** Runs calls, all in one commit. */
  readonly commit: (calls: readonly Call[]) => readonly Reply[];
  readonly #dir: string;
  #isBroken = false;
  #saidDamage = false;

  /** Closes db when it throws. */
  constructor(db: Database.Database, { dir, highWater }: { dir: string; highWater: HighWater }) {
    this.db = db;
    this.#dir = dir;
    try {
      const watched = watchOperations(createOperations(db), highWater);
      this.commit = createGroupCommit(db, watched.operations, { begun: watched.begun, committed: watched.committed, broken: (thrown) => this.noteBroken(thrown) });
      this.descriptor = openSync(join(dir, DATABASE_FILE), 'r');
    } catch (thrown) {
      db.close();
      throw thrown;
    }
  }

  /** It is to be closed, and the database opened anew. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Perhaps wrongly. */
  get saidDamage(): boolean {
    return this.#saidDamage;
  }

  /** What was thrown outside of a commit, or by a rollback. */
  noteBroken(thrown: unknown): void {
    this.#isBroken = true;
    if (saysDamage(thrown)) this.#saidDamage = true;
  }

  /**
   * Closes a broken one. A commit whose last wait for the disk failed stands in the log, though its callers heard that it failed and repeat it:
   * a new connection would take it for good. So the log is emptied first, by the connection that knows where it ends; while the disk refuses that,
   * this throws. A disk that was pulled out and is back never allows it, since its open files stay dead; then the log by its name is asked.
   */
  closeBroken(): void {
    try {
      if (this.db.inTransaction) this.db.exec('ROLLBACK');
      this.db.pragma('wal_checkpoint(TRUNCATE)');
    } catch (thrown) {
      if (!breaksConnection(thrown)) throw thrown;
      this.noteBroken(thrown);
      if (!saysDamage(thrown)) tryLog(join(this.#dir, `${DATABASE_FILE}-wal`));
    }
    this.close();
  }

  /** Closing writes the log back; when that fails it stays, and is read at the next opening. */
  close(): void {
    this.db.close();
    try {
      closeSync(this.descriptor);
    } catch {
      // On a disk that is away. It was only read by.
    }
  }
}

/** Reads and writes a byte of it as it is; throws what the disk answers. The locks are on the database's file, not on this one. */
function tryLog(file: string): void {
  const descriptor = openSync(file, 'r+');
  try {
    const byte = Buffer.alloc(1);
    if (readSync(descriptor, byte, 0, 1, 0) === 1) writeSync(descriptor, byte, 0, 1, 0);
    fdatasyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
