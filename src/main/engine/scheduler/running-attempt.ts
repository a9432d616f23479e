/** The engine's side of one attempt: forwards what its worker says, watches its lease, records how it ended. */
import { dirname } from 'node:path';
import { TaskError, type TaskErrorShape } from '../../../shared/errors.ts';
import type { TaskSummary } from '../../../shared/summary.ts';
import type { Estimate, QueueName, Task, TaskId, TaskStatus } from '../../../shared/task.ts';
import type { Changes } from '../changes.ts';
import type { Clock } from '../clock.ts';
import type { Events } from '../events.ts';
import type { Claimed, Ended, Fence, ProgressUpdate, Store } from '../store/store.ts';
import type { TaskLogs } from '../task-log.ts';
import type { DraftOwner } from '../workers/drafts.ts';
import { heartbeatMsFor, leaseMsFor } from '../workers/heartbeat.ts';
import type { HeldWorker, WorkerPool } from '../workers/pool.ts';
import type { AttemptOutcome, FromWorker, RunOrder, STOP_REASONS } from '../workers/protocol.ts';
import { AttemptWatch } from './attempt-watch.ts';
import { limitsFor, stallMsFor, type Limits } from './limits.ts';
import type { Persister } from './persist.ts';
import { nextTry } from './retry-policy.ts';

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
  /** Bytes that an attempt has written so far. Absent: an attempt that does not get on is not noticed. */
  readonly writtenBytes?: (where: { workDir: string; outputDir: string; owner: DraftOwner }) => Promise<number>;
  /** An attempt says what it will take, which it knows better than whoever looked at the task before. */
  readonly onEstimate?: (task: Task, estimate: Estimate) => void;
}

/** What came of it, after its commit. */
export interface AttemptRecord {
  /** Null: another attempt holds the task, nothing was recorded. */
  readonly status: TaskStatus | null;
  /** Other tasks that changed with it: broken dependants, and those that became pending. */
  readonly broken: readonly TaskId[];
  readonly released: readonly TaskId[];
  /** Running tasks that their group's policy wants to stop. */
  readonly stopping: readonly { readonly id: TaskId; readonly reason: StopReason }[];
  /** Other tasks that were cancelled with it after they had begun. */
  readonly cancelled: readonly Task[];
  /** Whether files of it may lie about that its status has no use for. */
  readonly hasLeftovers: boolean;
  /** Whether the recipe's pace may be another now. */
  readonly hasPace: boolean;
}

/** What a stopped task says, until it goes on. */
const STOPPED_MESSAGES: Record<StopReason, string> = {
  pause: 'paused', cancel: 'cancelled', remove: 'removed', quit: 'interrupted, goes on from its checkpoint', hold: 'on hold, goes on from its checkpoint',
  softLimit: 'took too long', stalled: 'did not get on', refused: 'could not be saved',
};

type AttemptEnding = AttemptOutcome | { readonly kind: 'lost'; readonly how: string };

/** Nobody else asked it to stop. */
const OWN_REASONS: ReadonlySet<StopReason | undefined> = new Set([undefined, 'softLimit', 'stalled', 'refused'] as const);

const NOBODY_ELSE = { stopping: [], cancelled: [] } as const;

/** Types whose work is done inside the engine's process. */
const INSIDE: ReadonlySet<Task['type']> = new Set(['maintenance', 'report']);
/** A worker that does not settle this long after a stop is ended: longer than FFmpeg takes to close a file. */
const STOP_GRACE_MS = 10_000;
/** The third worker lost under the same task makes it poison. */
const POISON_AFTER = 3;

export class RunningAttempt {
  readonly fence: Fence;
  readonly queue: QueueName;
  /** Longhaul works for itself here, not for its user. */
  readonly isUpkeep: boolean;
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
  readonly #limits: Limits;
  readonly #watch: AttemptWatch;
  #openSaves = 0;
  #stopReason: StopReason | undefined;
  /** The failure as which a stop of our own is recorded. */
  #overrun: TaskError | undefined;
  #cancelStopTimer: (() => void) | undefined;

  constructor(host: AttemptHost, claimed: Claimed, order: Omit<RunOrder, 'kind' | 'heartbeatMs' | 'task' | 'plan' | 'parts' | 'intent' | 'dependencies' | 'groupName' | 'missing'>) {
    const { task } = claimed;
    this.#host = host;
    this.#task = task;
    this.queue = task.queue;
    this.isUpkeep = task.type === 'maintenance';
    this.fence = { id: task.id, leaseOwner: task.leaseOwner ?? '', attempt: task.attempt };
    this.#startedMs = host.clock.monotonicMs();
    this.#heardMs = this.#startedMs;
    this.#leaseMs = leaseMsFor(task.estimate?.seconds ?? null);
    this.#warnings = [];
    this.#limits = limitsFor(task);
    this.#live = { progress: task.progress, progressCurrent: task.progressCurrent, progressTotal: task.progressTotal, message: 'starting' };
    this.#worker = host.pool.hold(task.queue, { onMessage: (message) => this.#hear(message), onOutput: (line) => this.log(`worker: ${line}`), onLost: (how) => this.#ended.resolve({ kind: 'lost', how }) }, INSIDE.has(task.type));
    this.#watch = this.#watchOver(order);
    this.freed = this.#ended.promise.then(() => this.#watch.close());
    this.recorded = this.#ended.promise.then((ending) => this.#record(ending));
    this.log(`attempt ${task.attempt} starts${claimed.parts.length > 0 ? `, ${claimed.parts.length} parts are done already` : ''}`);
    const { id, type, recipe, inputs, outputDir, options, attempt } = task;
    this.#worker.send({
      kind: 'run', task: { id, type, recipe, inputs, outputDir, options, attempt }, plan: claimed.plan, parts: [...claimed.parts], intent: claimed.intent === null ? null : [...claimed.intent],
      dependencies: [...claimed.dependencies], groupName: claimed.groupName, missing: claimed.missing,
      heartbeatMs: heartbeatMsFor(this.#leaseMs), ...order,
    });
  }

  #watchOver({ workDir, storeId }: Pick<RunOrder, 'workDir' | 'storeId'>): AttemptWatch {
    const { clock, writtenBytes } = this.#host;
    const { id, type, estimate, inputs: [input], outputDir } = this.#task;
    const where = { workDir, outputDir: outputDir ?? (input === undefined ? workDir : dirname(input)), owner: { storeId, id } };
    return new AttemptWatch({
      clock, limits: this.#limits, stallMs: stallMsFor(type, estimate?.seconds ?? null), measure: writtenBytes === undefined ? null : () => writtenBytes(where),
      onSoftLimit: (limitMs) => this.#giveUp('softLimit', this.#timedOut(limitMs)),
      onHardLimit: (limitMs) => this.#killOverrun(limitMs),
      onStall: (silentMs) => this.#giveUp('stalled', this.#stuck(silentMs)),
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

  /** Tells how it stands, as far as only memory knows. */
  show(): void {
    this.#host.events.progress({ kind: 'progress', id: this.fence.id, ...this.#live });
  }

  /** What changed since the last flush, or null. */
  takeUpdate(): ProgressUpdate | null {
    if (!this.#isDirty) return null;
    this.#isDirty = false;
    return { ...this.fence, ...this.#live, leaseUntil: this.#host.clock.now() + this.#leaseMs };
  }

  /** Asks the worker to stop; one that does not is ended. The first reason counts. */
  stop(reason: StopReason): void {
    if (this.#stopReason !== undefined && this.#stopReason !== 'softLimit') return;
    if (this.#stopReason === reason) return;
    this.#stopReason = reason;
    this.#worker.send({ kind: 'stop', reason });
    this.#cancelStopTimer?.();
    // Who has reached its soft limit has until the hard one to save.
    const graceMs = reason === 'softLimit' ? (this.#limits.hardMs ?? 0) - (this.#limits.softMs ?? 0) : STOP_GRACE_MS;
    this.#cancelStopTimer = this.#host.clock.after(Math.max(graceMs, STOP_GRACE_MS), () => this.#worker.kill());
  }

  /** Stops it as a failure of its own: it took too long, it does not get on, or what it made is refused. */
  #giveUp(reason: 'softLimit' | 'stalled' | 'refused', error: TaskError): void {
    if (this.#stopReason !== undefined) return;
    this.#overrun = error;
    this.log(error.message);
    this.stop(reason);
  }

  /** The worker dies with its tools; who was asked to stop for another reason has taken too long for that too. */
  #killOverrun(limitMs: number): void {
    this.#overrun ??= this.#timedOut(limitMs);
    this.log(`the hard limit of ${limitMs / 1000} s is reached; the worker and its tools are ended`);
    this.#worker.kill();
  }

  #timedOut(limitMs: number): TaskError {
    return new TaskError('TIMED_OUT', `${this.#subject} took longer than its limit of ${limitMs / 1000} s. The task tries again from its checkpoint; give it a higher limit if it needs more time.`, { retryable: true });
  }

  #stuck(silentMs: number): TaskError {
    return new TaskError('TOOL_STUCK', `${this.#subject} showed no progress for ${Math.round(silentMs / 60_000)} minutes, and none of its files changed in size. The task tries again from its checkpoint.`, { retryable: true });
  }

  get #subject(): string {
    return this.#task.inputs[0] ?? `Task ${this.fence.id}`;
  }

  /** Ends a worker that was not heard of within its lease. graceMs: time in which nobody could listen (this process stood still). */
  checkLease(nowMs: number, graceMs: number): void {
    this.#heardMs += graceMs;
    // A save that waits for a full disk is the disk's stall.
    if (this.#openSaves > 0) this.#watch.moved();
    this.#watch.look(nowMs, graceMs);
    if (nowMs - this.#heardMs <= this.#leaseMs) return;
    this.log(`the worker was silent for ${Math.round((nowMs - this.#heardMs) / 1000)} s and is ended`);
    this.#worker.kill();
  }

  /** What its user should know though it goes on. */
  warn(sentence: string): void {
    if (!this.#warnings.includes(sentence)) this.#warnings.push(sentence);
    this.#host.changes.note([this.fence.id]);
    this.log(`warning: ${sentence}`);
  }

  /** Undefined: its process is not started yet, or could not be. */
  get workerPid(): number | undefined {
    return this.#worker.pid;
  }

  log(line: string): void {
    this.#host.logs.write(this.fence.id, line, this.fence.attempt);
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
        return this.warn(message.sentence);
      case 'estimate':
        this.#host.onEstimate?.(this.#task, message.estimate);
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
    if (current !== this.#live.progressCurrent || total !== this.#live.progressTotal || message !== this.#live.message) this.#watch.moved();
    const progress = total > 0 ? Math.min(99.9, Math.max(0, (100 * current) / total)) : this.#live.progress;
    this.#live = { progress, progressCurrent: current, progressTotal: total, message };
    this.#isDirty = true;
    this.show();
  }

  #setLease(estimateSeconds: number): void {
    this.#leaseMs = leaseMsFor(estimateSeconds);
    this.#watch.stallMs = stallMsFor(this.#task.type, estimateSeconds);
    this.#worker.send({ kind: 'heartbeatEvery', heartbeatMs: heartbeatMsFor(this.#leaseMs) });
  }

  #save(seq: number, save: (now: number) => Promise<boolean>): void {
    this.#openSaves += 1;
    const saved = this.#host.persister.persist(() => save(this.#host.clock.now())).finally(() => {
      this.#openSaves -= 1;
      this.#watch.moved();
    });
    void this.#background(saved.then((isSaved) => this.#worker.send({ kind: 'saved', seq, isSaved })));
  }

  /** Its worker hears no answer to a save that is refused for good, and would wait for it without end; to begin again would only be refused again. */
  async #background(work: Promise<unknown>): Promise<void> {
    await work.catch(async (thrown: unknown) => {
      const error = TaskError.from(thrown);
      this.log(`could not be saved: ${error.message}`);
      // When the attempt is over already, its worker may be at another one.
      if (!error.retryable && (await Promise.race([this.#ended.promise, Promise.resolve(null)])) === null) this.#giveUp('refused', error);
    });
  }

  async #record(outcome: AttemptEnding): Promise<AttemptRecord> {
    this.#cancelStopTimer?.();
    const { store, persister, clock } = this.#host;
    const end = () => ({ ...this.fence, now: clock.now(), durationMs: Math.round(clock.monotonicMs() - this.#startedMs), warnings: [...this.#warnings], worker: this.#worker.pid === undefined ? null : String(this.#worker.pid) });
    this.log(`attempt ${this.fence.attempt} ended: ${describe(outcome)}`);
    if (outcome.kind === 'completed') {
      const { outputs, message, pace, hasWorkDir } = outcome;
      const done = await persister.persist(() => store.complete({ ...end(), outputs, message, pace }));
      return { status: done && 'completed', broken: [], released: done?.released ?? [], ...NOBODY_ELSE, hasLeftovers: hasWorkDir || this.fence.attempt > 1, hasPace: pace !== null };
    }
    const ended = await persister.persist(() => {
      const error = this.#failureOf(outcome);
      if (error !== null) {
        const { at, spendsRetry } = nextTry(error, this.#task, clock.now(), this.#host.random());
        return store.fail({ ...end(), error, retryAt: at, spendsRetry });
      }
      if (outcome.kind === 'lost' && this.#stopReason === undefined) {
        const lost = new TaskError('WORKER_LOST', `The worker process of ${this.#task.inputs[0] ?? 'the task'} ended unexpectedly (${outcome.how}). The task goes on from its checkpoint.`, { retryable: true });
        return store.lose({ ...end(), error: lost.toShape(), poisonAfter: POISON_AFTER });
      }
      return store.release({ ...end(), reason: STOPPED_MESSAGES[this.#stopReason ?? 'quit'] });
    });
    if (ended !== null) this.#host.changes.fell([ended.task, ...ended.broken].map(({ id }) => id));
    return recordOf(ended);
  }

  /** Null: it did not fail. What somebody asked to stop meanwhile is stopped and has not failed, whatever its limits say. */
  #failureOf(outcome: AttemptEnding): TaskErrorShape | null {
    if (!OWN_REASONS.has(this.#stopReason)) return null;
    if (this.#overrun !== undefined) return this.#overrun.toShape();
    return outcome.kind === 'failed' ? outcome.error : null;
  }
}

/** Puts a task that was claimed ahead and not begun back to where its user wants it; reason null: into the queue. */
export async function giveBack({ store, persister, clock }: Pick<AttemptHost, 'store' | 'persister' | 'clock'>, { task }: Claimed, reason: StopReason | null): Promise<AttemptRecord> {
  const end = { id: task.id, leaseOwner: task.leaseOwner ?? '', attempt: task.attempt, durationMs: 0, warnings: task.warnings, hasBegun: false };
  return recordOf(await persister.persist(() => store.release({ ...end, now: clock.now(), reason: reason === null ? null : STOPPED_MESSAGES[reason] })));
}

function recordOf(ended: Ended | null): AttemptRecord {
  if (ended === null) return { status: null, broken: [], released: [], ...NOBODY_ELSE, hasLeftovers: true, hasPace: false };
  const { task, broken, others } = ended;
  return {
    status: task.status, broken: [...broken, ...others].map(({ id }) => id), hasLeftovers: true, hasPace: false,
    // Waiting: for nothing but its time, which somebody has to look for.
    released: others.filter(({ status }) => status === 'pending' || status === 'waiting').map(({ id }) => id),
    stopping: others.flatMap(({ id, status, stopRequested }) => (status === 'running' && stopRequested !== null ? [{ id, reason: stopRequested }] : [])),
    cancelled: others.filter(({ status, attempt }) => status === 'cancelled' && attempt > 0),
  };
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
