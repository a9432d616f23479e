/** The open database with its journal, on the store's thread. Opened anew after its disk has failed. */
import * as z from 'zod';
import type { Recovery } from '../../../shared/backup-contract.ts';
import { TaskError } from '../../../shared/errors.ts';
import { WAL_CHECKPOINT_PAGES } from './database.ts';
import { HighWater } from './high-water.ts';
import type { Call, Reply, Still } from './operations.ts';
import { openOrRestore, reopenDatabase } from './restore.ts';
import { Session } from './session.ts';
import { breaksConnection, damagedQueue, diskError, isDiskTrouble, saysDamage, storeError } from './sqlite-errors.ts';

/** Owns the database, the journal and a descriptor of the database's file. */
export class OpenStore {
  /** What the opening had to mend. */
  readonly recovery: Recovery | null;
  readonly #dir: string;
  readonly #highWater: HighWater;
  /** Null: closed after a failure of its disk, and not opened anew yet. */
  #session: Session | null;
  /** Whether the connection that was closed said that the file is damaged. */
  #isSuspicious = false;
  /** The file is damaged, as a new connection found. The next start mends it. */
  #damage: TaskError | null = null;
  #isStill = false;

  /** Opens it, or what has to be restored in its place. Throws STORE_OWNED, STORE_DAMAGED, STORE_FAILED. */
  constructor({ dir, now }: { dir: string; now: number }) {
    const { db, recovery, lastId, isNew } = openOrRestore({ dir, now });
    this.recovery = recovery;
    this.#dir = dir;
    try {
      this.#highWater = new HighWater(dir, { lastId, since: isNew ? 0 : now });
    } catch (thrown) {
      db.close();
      throw thrown;
    }
    this.#session = new Session(db, { dir, highWater: this.#highWater });
  }

  /** Runs calls, all in one commit. */
  execute(calls: readonly Call[]): readonly Reply[] {
    const session = this.#soundSession();
    if (session instanceof TaskError) return calls.map(({ id }) => ({ id, error: session.toShape() }));
    return this.#watched(session.commit(calls));
  }

  /** Writes the log back to the database, so that no commit has to. What fails here a later commit does, and tells. */
  tidy(): void {
    this.#highWater.sync();
    const session = this.#session;
    if (this.#isStill || session === null || session.isBroken) return;
    try {
      session.db.pragma('wal_checkpoint(PASSIVE)');
    } catch (thrown) {
      if (!isDiskTrouble(thrown)) throw thrown;
      if (breaksConnection(thrown)) session.noteBroken(thrown);
    }
  }

  /** Between a whole checkpoint and the next one nothing writes to the database's file: only the log grows. */
  still({ id, isStill, isDamaged }: Still): Reply {
    if (isDamaged) this.#highWater.write([['damaged']]);
    if (!isStill) this.#isStill = false;
    const session = this.#soundSession();
    if (session instanceof TaskError) return { id, error: session.toShape() };
    try {
      if (isStill) checkpointWhole(session);
      session.db.pragma(`wal_autocheckpoint = ${isStill ? 0 : WAL_CHECKPOINT_PAGES}`);
      this.#isStill = isStill;
      return { id, value: session.descriptor };
    } catch (thrown) {
      if (!breaksConnection(thrown)) return { id, error: storeError(thrown).toShape() };
      session.noteBroken(thrown);
      return { id, error: diskError(thrown).toShape() };
    }
  }

  /** A database that this leaves in doubt is looked through by the next start. */
  close(): void {
    const isSound = this.#session !== null && !this.#session.isBroken;
    this.#session?.close();
    this.#highWater.close(isSound);
  }

  /** The connection, a new one in the place of a broken one; or why there is none, which may be another time. */
  #soundSession(): Session | TaskError {
    if (this.#session !== null && !this.#session.isBroken) return this.#session;
    if (this.#damage !== null) return this.#damage;
    // A copy is being read by the connection's descriptor, and closing writes to the file.
    if (this.#isStill) return diskError('The connection is opened anew when the copy under way has ended.');
    try {
      return this.#reopened();
    } catch (thrown) {
      const why = storeError(thrown);
      if (isDiskTrouble(thrown) && !saysDamage(thrown)) return why;
      if (why.code !== 'STORE_DAMAGED') return why.code === 'STORE_FAILED' && why.retryable ? why : diskError(thrown, why.details ?? why.message);
      this.#damage = damagedQueue(thrown, why.details ?? why.message);
      this.#highWater.write([['damaged']]);
      return this.#damage;
    }
  }

  #reopened(): Session {
    if (this.#session !== null) {
      this.#session.closeBroken();
      this.#isSuspicious = this.#session.saidDamage;
      this.#session = null;
    }
    this.#highWater.reopen();
    const { at, lastId } = this.#highWater.newest;
    const db = reopenDatabase({ dir: this.#dir, now: at }, { lastId, isSuspicious: this.#isSuspicious });
    this.#session = new Session(db, { dir: this.#dir, highWater: this.#highWater });
    // Looked through: it is not suspicious any more.
    this.#highWater.write([['opened']]);
    return this.#session;
  }

  /** The next start looks through a database that was found damaged. */
  #watched(replies: readonly Reply[]): readonly Reply[] {
    if (replies.some((reply) => 'error' in reply && reply.error.code === 'STORE_DAMAGED') || this.#session?.saidDamage === true) this.#highWater.write([['damaged']]);
    return replies;
  }
}

function checkpointWhole({ db }: Session): void {
  const [result] = z.array(z.object({ log: z.int(), checkpointed: z.int() })).parse(db.pragma('wal_checkpoint(PASSIVE)'));
  if (result === undefined || result.log !== result.checkpointed) throw new TaskError('STORE_FAILED', 'The log could not be written back to the queue. Check the disk; try again later.', { retryable: true });
}
