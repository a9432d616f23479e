/** The engine's side of one attempt: forwards what its worker says, watches its lease, records how it ended. */
import { TaskError } from '../../../shared/errors.ts';
import type { TaskSummary } from '../../../shared/summary.ts';
import type { QueueName, Task, TaskId, TaskStatus } from '../../../shared/task.ts';
import type { Changes } from '../changes.ts';
import type { Clock } from '../clock.ts';
import type { Events } from '../events.ts';
import type { Claimed, Fence, ProgressUpdate, Store } from '../store/store.ts';
import type { TaskLogs } from '../task-log.ts';
import { heartbeatMsFor, leaseMsFor } from '../workers/heartbeat.ts';
import type { HeldWorker, WorkerPool } from '../workers/pool.ts';
import type { AttemptOutcome, FromWorker, RunOrder, STOP_REASONS } from '../workers/protocol.ts';
import type { Persister } from './persist.ts';
import { retryAt } from './retry-policy.ts';

export type StopReason = (typeof STOP_REASONS)[number];

/** What an attempt needs of its engine. */
export interface AttemptHost {
  readonly store: Store;
  readonly pool: WorkerPool;
  readonly clock: Clock;
  readonly events: Events;
  readonly changes: Changes;
  readonly logs: TaskLogs;
  readonly persister: Persister;
  readonly random: () => number;
}

/** What came of it, after its commit. */
export interface AttemptRecord {
  /** Null: another attempt holds the task, nothing was recorded. */
  readonly status: TaskStatus | null;
  /** Other tasks that changed with it: broken dependants, and those that became pending. */
  readonly broken: readonly TaskId[];
  readonly released: readonly TaskId[];
  /** Whether files of it may lie about that its status has no use for. */
  readonly hasLeftovers: boolean;
  /** Whether the recipe's pace may be another now. */
  readonly hasPace: boolean;
}

/** What a stopped task says, until it goes on. */
const STOPPED_MESSAGES: Record<StopReason, string> = {
  pause: 'paused', cancel: 'cancelled', remove: 'removed', quit: 'interrupted, goes on from its checkpoint', hold: 'on hold, goes on from its checkpoint',
};

type AttemptEnding = AttemptOutcome | { readonly kind: 'lost'; readonly how: string };

/** A worker that does not settle this long after a stop is ended: longer than FFmpeg takes to close a file. */
const STOP_GRACE_MS = 10_000;
/** The third worker lost under the same task makes it poison. */
const POISON_AFTER = 3;

export class RunningAttempt {
  readonly fence: Fence;
  readonly queue: QueueName;
  /** Settles after the end is committed. Rejects only when the store is gone. */
  readonly recorded: Promise<AttemptRecord>;
  /** Settles when the worker is free for the next task, before the end is committed. */
  readonly freed: Promise<void>;
  readonly #host: AttemptHost;
  readonly #worker: HeldWorker;
  readonly #task: Task;
  readonly #startedMs: number;
  readonly #warnings: string[];
  readonly #ended = Promise.withResolvers<AttemptEnding>();
  #live: { progress: number; progressCurrent: number; progressTotal: number; message: string };
  #isDirty = false;
  #leaseMs: number;
  #heardMs: number;
  #stopReason: StopReason | undefined;
  #cancelStopTimer: (() => void) | undefined;

  constructor(host: AttemptHost, claimed: Claimed, order: Omit<RunOrder, 'kind' | 'heartbeatMs' | 'task' | 'plan' | 'parts' | 'intent'>) {
    const { task } = claimed;
    this.#host = host;
    this.#task = task;
    this.queue = task.queue;
    this.fence = { id: task.id, leaseOwner: task.leaseOwner ?? '', attempt: task.attempt };
    this.#startedMs = host.clock.monotonicMs();
    this.#heardMs = this.#startedMs;
    this.#leaseMs = leaseMsFor(task.estimate?.seconds ?? null);
    this.#warnings = [];
    this.#live = { progress: task.progress, progressCurrent: task.progressCurrent, progressTotal: task.progressTotal, message: 'starting' };
    this.#worker = host.pool.hold(task.queue, { onMessage: (message) => this.#hear(message), onOutput: (line) => this.log(`worker: ${line}`), onLost: (how) => this.#ended.resolve({ kind: 'lost', how }) });
    this.freed = this.#ended.promise.then(() => undefined);
    this.recorded = this.#ended.promise.then((ending) => this.#record(ending));
    this.log(`attempt ${task.attempt} starts${claimed.parts.length > 0 ? `, ${claimed.parts.length} parts are done already` : ''}`);
    const { id, type, recipe, inputs, outputDir, options, attempt } = task;
    this.#worker.send({
      kind: 'run', task: { id, type, recipe, inputs, outputDir, options, attempt }, plan: claimed.plan, parts: [...claimed.parts], intent: claimed.intent === null ? null : [...claimed.intent],
      heartbeatMs: heartbeatMsFor(this.#leaseMs), ...order,
    });
  }

  /** The task as it is now: the row with what only memory knows. */
  overlay(task: Task): Task {
    return { ...task, ...this.#live, warnings: [...this.#warnings] };
  }

  /** The same for a row of a list. */
  overlaySummary(summary: TaskSummary): TaskSummary {
    return { ...summary, ...this.#live, warnings: this.#warnings.length };
  }

  /** What changed since the last flush, or null. */
  takeUpdate(): ProgressUpdate | null {
    if (!this.#isDirty) return null;
    this.#isDirty = false;
    return { ...this.fence, ...this.#live, leaseUntil: this.#host.clock.now() + this.#leaseMs };
  }

  /** Asks the worker to stop; one that does not is ended. The first reason counts. */
  stop(reason: StopReason): void {
    if (this.#stopReason !== undefined) return;
    this.#stopReason = reason;
    this.#worker.send({ kind: 'stop', reason });
    this.#cancelStopTimer = this.#host.clock.after(STOP_GRACE_MS, () => this.#worker.kill());
  }

  /** Ends a worker that was not heard of within its lease. graceMs: time in which nobody could listen (this process stood still). */
  checkLease(nowMs: number, graceMs: number): void {
    this.#heardMs += graceMs;
    if (nowMs - this.#heardMs <= this.#leaseMs) return;
    this.log(`the worker was silent for ${Math.round((nowMs - this.#heardMs) / 1000)} s and is ended`);
    this.#worker.kill();
  }

  log(line: string): void {
    this.#host.logs.write(this.fence.id, line);
  }

  #hear(message: FromWorker): void {
    if (!('id' in message) || message.id !== this.fence.id || message.attempt !== this.fence.attempt) return;
    this.#heardMs = this.#host.clock.monotonicMs();
    switch (message.kind) {
      case 'alive':
        this.#isDirty = true;
        return;
      case 'progress':
        return this.#progress(message);
      case 'log':
        return this.log(message.line);
      case 'warn':
        if (!this.#warnings.includes(message.sentence)) this.#warnings.push(message.sentence);
        this.#host.changes.note([this.fence.id]);
        return this.log(`warning: ${message.sentence}`);
      case 'estimate':
        this.#setLease(message.estimate.seconds);
        return void this.#background(this.#host.store.saveEstimate(this.fence.id, message.estimate, this.#host.clock.now()).then(() => this.#host.changes.note([this.fence.id])));
      case 'savePlan':
        return this.#save(message.seq, (now) => this.#host.store.savePlan({ ...this.fence, plan: message.plan, partsTotal: message.partsTotal, now }));
      case 'savePart':
        return this.#save(message.seq, (now) => this.#host.store.savePart({ ...this.fence, index: message.index, part: message.part, now }));
      case 'saveIntent':
        return this.#save(message.seq, (now) => this.#host.store.saveIntent({ ...this.fence, outputs: message.outputs, now }));
      case 'saveDocument':
        return this.#save(message.seq, (now) => this.#host.store.saveDocument({ ...this.fence, document: message.document, now }));
      case 'done':
        this.#worker.release();
        return this.#ended.resolve(message.outcome);
    }
  }

  #progress({ current, total, message }: { current: number; total: number; message: string }): void {
    // 100 is for completed tasks; what is checked and published is not done yet.
    const progress = total > 0 ? Math.min(99.9, Math.max(0, (100 * current) / total)) : this.#live.progress;
    this.#live = { progress, progressCurrent: current, progressTotal: total, message };
    this.#isDirty = true;
    this.#host.events.progress({ kind: 'progress', id: this.fence.id, ...this.#live });
  }

  #setLease(estimateSeconds: number): void {
    this.#leaseMs = leaseMsFor(estimateSeconds);
    this.#worker.send({ kind: 'heartbeatEvery', heartbeatMs: heartbeatMsFor(this.#leaseMs) });
  }

  #save(seq: number, save: (now: number) => Promise<boolean>): void {
    void this.#background(
      this.#host.persister.persist(() => save(this.#host.clock.now())).then((isSaved) => this.#worker.send({ kind: 'saved', seq, isSaved })),
    );
  }

  /** A save that fails for good while closing: the attempt is stopped anyway and its worker hears no answer. */
  async #background(work: Promise<unknown>): Promise<void> {
    await work.catch((error: unknown) => this.log(`could not be saved: ${String(error)}`));
  }

  async #record(outcome: AttemptEnding): Promise<AttemptRecord> {
    this.#cancelStopTimer?.();
    const { store, persister, clock } = this.#host;
    const end = () => ({ ...this.fence, now: clock.now(), durationMs: Math.round(clock.monotonicMs() - this.#startedMs), warnings: [...this.#warnings] });
    this.log(`attempt ${this.fence.attempt} ended: ${describe(outcome)}`);
    if (outcome.kind === 'completed') {
      const { outputs, message, pace, hasWorkDir } = outcome;
      const done = await persister.persist(() => store.complete({ ...end(), outputs, message, pace }));
      return { status: done && 'completed', broken: [], released: done?.released ?? [], hasLeftovers: hasWorkDir || this.fence.attempt > 1, hasPace: pace !== null };
    }
    const ended = await persister.persist(() => {
      if (outcome.kind === 'failed' && this.#stopReason === undefined) {
        const at = retryAt(outcome.error, this.#task.failures, this.#task.maxRetries, clock.now(), this.#host.random());
        return store.fail({ ...end(), error: outcome.error, retryAt: at });
      }
      if (outcome.kind === 'lost' && this.#stopReason === undefined) {
        const error = new TaskError('WORKER_LOST', `The worker process of ${this.#task.inputs[0] ?? 'the task'} ended unexpectedly (${outcome.how}). The task goes on from its checkpoint.`, { retryable: true });
        return store.lose({ ...end(), error: error.toShape(), poisonAfter: POISON_AFTER });
      }
      return store.release({ ...end(), reason: STOPPED_MESSAGES[this.#stopReason ?? 'quit'] });
    });
    return recordOf(ended);
  }
}

/** Puts a task that was claimed ahead and not begun back to where its user wants it; reason null: into the queue. */
export async function giveBack({ store, persister, clock }: Pick<AttemptHost, 'store' | 'persister' | 'clock'>, { task }: Claimed, reason: StopReason | null): Promise<AttemptRecord> {
  const end = { id: task.id, leaseOwner: task.leaseOwner ?? '', attempt: task.attempt, durationMs: 0, warnings: task.warnings, hasBegun: false };
  return recordOf(await persister.persist(() => store.release({ ...end, now: clock.now(), reason: reason === null ? null : STOPPED_MESSAGES[reason] })));
}

function recordOf(ended: { readonly task: Task; readonly broken: readonly Task[] } | null): AttemptRecord {
  return { status: ended?.task.status ?? null, broken: ended?.broken.map(({ id }) => id) ?? [], released: [], hasLeftovers: true, hasPace: false };
}

function describe(outcome: AttemptEnding): string {
  switch (outcome.kind) {
    case 'completed':
      return `completed, ${outcome.outputs.map(({ path }) => path).join(', ')}`;
    case 'failed':
      return `failed, ${outcome.error.code}: ${outcome.error.message}${outcome.error.details === undefined ? '' : `\n${outcome.error.details}`}`;
    case 'stopped':
      return 'stopped as asked';
    case 'lost':
      return `worker lost (${outcome.how})`;
  }
}
