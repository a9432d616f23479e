/** Runs all calls that are waiting in one transaction, so that they share one wait for the disk. */
import type Database from 'better-sqlite3';
import { READS, type Call, type Method, type Operations, type Reply } from './operations.ts';
import { breaksConnection, diskError, isDiskTrouble, storeError } from './sqlite-errors.ts';

/** Who wants to know when a batch begins, when it is committed, before its answers go, and that the connection is not to be used any more. None may throw. */
export interface Moments {
  begun(): void;
  committed(): void;
  broken(thrown: unknown): void;
}

const SILENT: Moments = { begun: () => undefined, committed: () => undefined, broken: () => undefined };

/**
 * Answers come back only after the commit. A call that fails is rolled back by itself and spoils nothing else; when the
 * disk fails (full, read or write errors) nothing of the batch is kept, all writers get the error, and reads are answered.
 */
export function createGroupCommit(db: Database.Database, operations: Operations, { begun, committed, broken }: Moments = SILENT): (calls: readonly Call[]) => readonly Reply[] {
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const savepoint = db.prepare('SAVEPOINT call');
  const release = db.prepare('RELEASE call');
  const undo = db.prepare('ROLLBACK TO call');

  /** Whether the file is damaged only a new connection can tell: until then it is the disk that failed. */
  const refusal = (call: Call, thrown: unknown): Reply => {
    const isBroken = breaksConnection(thrown);
    if (isBroken) broken(thrown);
    return { id: call.id, error: (isBroken ? diskError(thrown) : storeError(thrown)).toShape() };
  };

  const rollBack = (): void => {
    try {
      if (db.inTransaction) db.exec('ROLLBACK');
    } catch (thrown) {
      // Closing the connection rolls back too.
      broken(thrown);
    }
  };

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
      rollBack();
      return calls.map((call) => (READS.has(call.method) ? read(call) : refusal(call, thrown)));
    }
  };
}

function perform<M extends Method>(operations: { readonly [K in M]: (...args: Parameters<Operations[K]>) => unknown }, call: Call<M>): unknown {
  return operations[call.method](...call.args);
}
