/** The store's real operations on a real database, whose commits happen when the simulation says so. */
import type * as z from 'zod';
import { TaskError } from '../../../shared/errors.ts';
import type { TaskId, TaskStatus } from '../../../shared/task.ts';
import { storeOver } from '../store/client.ts';
import { openDatabase } from '../store/database.ts';
import { createGroupCommit } from '../store/group-commit.ts';
import type { Call, Method, Operations, Reply } from '../store/operations.ts';
import type { Store } from '../store/store.ts';
import { createOperations } from '../store/task-store.ts';

/** A change of a task's status, as the database saw it. */
export interface Move {
  readonly id: TaskId;
  readonly before: TaskStatus;
  readonly after: TaskStatus;
  /** Another pending task of the queue that should have been claimed instead; null: none, or this was no claim. */
  readonly overtaken: TaskId | null;
}

/** What one engine has asked and not been answered. */
class Line {
  waiting: { readonly call: { readonly id: number; readonly method: Method; readonly args: readonly unknown[] }; settle(reply: Reply): void }[] = [];
  isDead = false;
  #lastId = 0;

  ask<M extends Method, T>(method: M, args: Parameters<Operations[M]>, result: z.ZodType<T>): Promise<T> {
    // The program that asks is gone: nobody will ever hear an answer.
    if (this.isDead) return new Promise(() => undefined);
    const id = (this.#lastId += 1);
    return new Promise<T>((resolve, reject) => {
      this.waiting.push({
        // What crosses between threads is copied there; here as well, so that nobody shares an object with the database's side.
        call: structuredClone({ id, method, args }),
        settle: (reply) => {
          if ('error' in reply) reject(TaskError.fromShape(reply.error));
          else resolve(result.parse(structuredClone(reply.value)));
        },
      });
    });
  }

  close(): Promise<void> {
    this.isDead = true;
    return Promise.resolve();
  }
}

/** A database that outlives engines. */
export class SimulatedDisk {
  readonly db: ReturnType<typeof openDatabase>;
  #execute: (calls: readonly Call[]) => readonly Reply[];
  #line: Line | undefined;
  readonly #takeMoves: () => Move[];

  constructor(dir: string, now: number) {
    this.db = openDatabase({ dir, now });
    // What has been committed is what counts here; the promise that a commit outlasts a power cut is tested on a real disk.
    this.db.pragma('synchronous = OFF');
    this.#execute = createGroupCommit(this.db, createOperations(this.db));
    this.db.exec(`
      CREATE TEMP TABLE move (id INTEGER NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL, overtaken INTEGER) STRICT;
      CREATE TEMP TRIGGER move_made AFTER UPDATE OF status ON main.task WHEN OLD.status <> NEW.status BEGIN
        INSERT INTO move (id, before, after, overtaken) VALUES (OLD.id, OLD.status, NEW.status, CASE WHEN OLD.status = 'pending' AND NEW.status = 'running' THEN
          (SELECT id FROM main.task AS other WHERE other.queue = NEW.queue AND other.status = 'pending'
             AND (other.order_key > OLD.order_key OR (other.order_key = OLD.order_key AND other.id < OLD.id)) LIMIT 1) END);
      END;
    `);
    const select = this.db.prepare<[], Move>('SELECT id AS id, before AS before, after AS after, overtaken AS overtaken FROM move ORDER BY rowid');
    const clear = this.db.prepare('DELETE FROM move');
    this.#takeMoves = () => {
      const moves = select.all();
      if (moves.length > 0) clear.run();
      return moves;
    };
  }

  /** The store of a new engine. The one before is cut off, as its process's end does. */
  connect(): Store {
    if (this.#line !== undefined) this.#line.isDead = true;
    const line = new Line();
    this.#line = line;
    return storeOver(line);
  }

  get waitingCount(): number {
    return this.#line?.waiting.length ?? 0;
  }

  /** One group commit of all that waits. isHeard false: the program dies between its commit and its answers. */
  commit(isHeard: boolean): readonly Move[] {
    const line = this.#line;
    if (line === undefined || line.waiting.length === 0) return [];
    const waiting = line.waiting;
    line.waiting = [];
    // The calls are what ask took, method and arguments together.
    const calls: readonly unknown[] = waiting.map(({ call }) => call);
    const replies = this.#execute(calls.filter(isCall));
    const moves = this.#takeMoves();
    if (isHeard) replies.forEach((reply, at) => waiting[at]?.settle(reply));
    return moves;
  }

  /** Dies with all that was asked and not committed. */
  cut(): void {
    if (this.#line !== undefined) this.#line.isDead = true;
    this.#line = undefined;
  }

  close(): void {
    this.db.close();
  }
}

/** ask is the only one that makes them, and its types tie the arguments to the method. */
function isCall(value: unknown): value is Call {
  return typeof value === 'object' && value !== null && 'method' in value && 'args' in value;
}
