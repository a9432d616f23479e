/** The wire to the store's thread: calls out in batches, each answer to its caller. */
import { Worker } from 'node:worker_threads';
import * as z from 'zod';
import type { Recovery } from '../../../shared/backup-contract.ts';
import { TaskError } from '../../../shared/errors.ts';
import type { FromThread, Method, Operations, Reply, ThreadData, ToThread } from './operations.ts';

export interface ConnectionOptions {
  readonly threadPath: string;
  readonly data: Omit<ThreadData, 'bell'>;
}

/** A call on its way; the thread reads it as Call. */
interface Sent {
  readonly id: number;
  readonly method: Method;
  readonly args: readonly unknown[];
}

interface Waiting {
  settle(reply: Reply): void;
  reject(error: TaskError): void;
}

/** Owns the thread. */
export class Connection {
  /** Settles when the thread is gone, and with it its hold on the database. */
  readonly ended: Promise<void>;
  readonly #worker: Worker;
  readonly #bell = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  readonly #rings = new Int32Array(this.#bell);
  readonly #waiting = new Map<number, Waiting>();
  #outbox: Sent[] = [];
  #lastId = 0;
  /** Why no more calls are taken; null while they are. */
  #refusal: TaskError | null = null;
  #failure: unknown;

  constructor({ threadPath, data }: ConnectionOptions) {
    // No inherited flags: whatever loader or inspector the caller runs under is not the store's.
    this.#worker = new Worker(threadPath, { name: 'store', workerData: { ...data, bell: this.#bell } satisfies ThreadData, execArgv: [] });
    this.#worker.on('error', (thrown) => {
      this.#failure = thrown;
    });
    this.ended = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        this.#breakOff();
        resolve();
      });
    });
  }

  /** Settles when the database is open, with what had to be mended; rejects with why it is not, once the thread is gone. */
  async opened(): Promise<Recovery | null> {
    const first = await new Promise<FromThread | null>((resolve) => {
      this.#worker.once('message', resolve);
      void this.ended.then(() => resolve(null));
    });
    if (first?.kind === 'opened') {
      this.#worker.on('message', (message: FromThread) => this.#receive(message));
      return first.recovery;
    }
    await this.ended;
    throw first?.kind === 'refused' ? TaskError.fromShape(first.error) : threadDied(this.#failure);
  }

  /** Keeps the database's file as it is, or lets it change again. A descriptor to read it by, which is the thread's own: never close it. */
  async still(isStill: boolean, isDamaged = false): Promise<number> {
    if (this.#refusal !== null) throw this.#refusal;
    this.#flush();
    this.#lastId += 1;
    const id = this.#lastId;
    const answer = new Promise<number>((resolve, reject) => {
      this.#waiting.set(id, { settle: (reply) => settle(reply, z.int(), resolve, reject), reject });
    });
    this.#post({ id, isStill, isDamaged });
    return answer;
  }

  /** Runs one operation; its answer is parsed with `result`. */
  ask<M extends Method, T>(method: M, args: Parameters<Operations[M]>, result: z.ZodType<T>): Promise<T> {
    if (this.#refusal !== null) return Promise.reject(this.#refusal);
    this.#lastId += 1;
    const id = this.#lastId;
    if (this.#outbox.length === 0) atEndOfTurn(() => this.#flush());
    this.#outbox.push({ id, method, args });
    return new Promise<T>((resolve, reject) => {
      this.#waiting.set(id, { settle: (reply) => settle(reply, result, resolve, reject), reject });
    });
  }

  /** Waits for what is in flight, for the database to close and the thread to end; safe to call twice. */
  async close(): Promise<void> {
    if (this.#refusal === null) {
      this.#flush();
      this.#refusal = new TaskError('STORE_FAILED', 'The queue is closed: nothing more can be saved in it.');
      this.#post('close');
    }
    await this.ended;
    if (this.#failure !== undefined) throw threadDied(this.#failure);
  }

  #flush(): void {
    if (this.#outbox.length === 0) return;
    const calls = this.#outbox;
    this.#outbox = [];
    this.#post(calls);
  }

  #post(message: ToThread | readonly Sent[]): void {
    this.#worker.postMessage(message);
    Atomics.add(this.#rings, 0, 1);
    Atomics.notify(this.#rings, 0);
  }

  #receive(message: FromThread): void {
    if (message.kind !== 'replies') return;
    for (const reply of message.replies) {
      const waiting = this.#waiting.get(reply.id);
      this.#waiting.delete(reply.id);
      waiting?.settle(reply);
    }
  }

  /** Nobody waits for an answer that can't come any more. */
  #breakOff(): void {
    const error = threadDied(this.#failure);
    this.#refusal ??= error;
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
  }
}

/** After all code that can run now has run: callers that are resumed by the same answers share the next batch. */
function atEndOfTurn(flush: () => void): void {
  queueMicrotask(() => process.nextTick(flush));
}

function settle<T>(reply: Reply, result: z.ZodType<T>, resolve: (value: T) => void, reject: (error: TaskError) => void): void {
  if ('error' in reply) return reject(TaskError.fromShape(reply.error));
  const parsed = result.safeParse(reply.value);
  if (parsed.success) return resolve(parsed.data);
  reject(new TaskError('STORE_DAMAGED', 'The queue holds a task that this program does not understand. Update Longhaul, or restore a backup with `longhaul backups restore`.', { details: parsed.error.message }));
}

function threadDied(cause: unknown): TaskError {
  const details = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause ?? 'It ended by itself.');
  return new TaskError('STORE_FAILED', "The queue's own thread has ended, so nothing more can be saved. Start Longhaul again: what was saved is safe.", { cause, details });
}
