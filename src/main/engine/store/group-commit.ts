/** Runs all calls that are waiting in one transaction, so that they share one wait for the disk. */
import type Database from 'better-sqlite3';
import { READS, type Call, type Method, type Operations, type Reply } from './operations.ts';
import { isDiskTrouble, storeError } from './sqlite-errors.ts';

/** Who wants to know when a batch begins and when it is committed, before its answers go. Neither may throw. */
export interface Moments {
  begun(): void;
  committed(): void;
}

const SILENT: Moments = { begun: () => undefined, committed: () => undefined };

/**
 * Answers come back only after the commit. A call that fails is rolled back by itself and spoils nothing else; when the
 * disk fails (full, read or write errors) nothing of the batch is kept, all writers get the error, and reads are answered.
 */
export function createGroupCommit(db: Database.Database, operations: Operations, { begun, committed }: Moments = SILENT): (calls: readonly Call[]) => readonly Reply[] {
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const savepoint = db.prepare('SAVEPOINT call');
  const release = db.prepare('RELEASE call');
  const undo = db.prepare('ROLLBACK TO call');

  const read = (call: Call): Reply => {
    try {
      return { id: call.id, value: perform(operations, call) };
    } catch (thrown) {
      return refusal(call, thrown);
    }
  };

  const write = (call: Call): Reply => {
    savepoint.run();
    try {
      const value = perform(operations, call);
      release.run();
      return { id: call.id, value };
    } catch (thrown) {
      // SQLite itself may have ended the transaction (sqlite.org/lang_transaction.html, "Response To Errors").
      if (!db.inTransaction || isDiskTrouble(thrown)) throw thrown;
      undo.run();
      release.run();
      return refusal(call, thrown);
    }
  };

  /** Alone it needs no savepoint: what fails it ends the transaction. */
  const writeAlone = (call: Call): Reply => ({ id: call.id, value: perform(operations, call) });

  return (calls) => {
    if (calls.every((call) => READS.has(call.method))) return calls.map(read);
    const writeOne = calls.length === 1 ? writeAlone : write;
    begun();
    try {
      begin.run();
      const replies = calls.map((call) => (READS.has(call.method) ? read(call) : writeOne(call)));
      commit.run();
      committed();
      return replies;
    } catch (thrown) {
      if (db.inTransaction) db.exec('ROLLBACK');
      return calls.map((call) => (READS.has(call.method) ? read(call) : refusal(call, thrown)));
    }
  };
}

function perform<M extends Method>(operations: { readonly [K in M]: (...args: Parameters<Operations[K]>) => unknown }, call: Call<M>): unknown {
  return operations[call.method](...call.args);
}

function refusal(call: Call, thrown: unknown): Reply {
  return { id: call.id, error: storeError(thrown).toShape() };
}
