/** Keeps every queue busy: stages what is due, claims what is first, runs it, records its end. */
import { TaskError } from '../../../shared/errors.ts';
import type { TaskSummary } from '../../../shared/summary.ts';
import { QUEUE_NAMES, type QueueName, type Task, type TaskId } from '../../../shared/task.ts';
import type { Holds } from '../holds.ts';
import type { Leftovers } from '../leftovers.ts';
import type { Recipes } from '../recipes.ts';
import type { Tools } from '../media/tools.ts';
import type { Claimed } from '../store/store.ts';
import { Prefetch } from './prefetch.ts';
import { giveBack, RunningAttempt, type AttemptHost, type AttemptRecord, type StopReason } from './running-attempt.ts';

export interface SchedulerOptions extends AttemptHost {
  readonly recipes: Recipes;
  /** For one of as many attempts as the queue runs at a time. */
  readonly tools: (queue: QueueName) => Tools;
  /** Names this engine in leases; new at every start. */
  readonly leaseOwner: string;
  readonly storeId: string;
  readonly leftovers: Leftovers;
  readonly holds: Holds;
  concurrency(queue: QueueName): number;
  /** Claims nothing until workOn says what. */
  readonly isSelective: boolean;
}

/** Progress reaches the disk this often; what a kill loses of it is only a number on the screen. */
const FLUSH_INTERVAL_MS = 3_000;
/** Leases are looked at this often; the shortest is a minute. */
const LEASE_CHECK_MS = 5_000;
/** After a claim that failed (a full disk) the next one waits. */
const CLAIM_PAUSE_MS = 2_000;

export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #running = new Map<TaskId, RunningAttempt>();
  readonly #endings = new Set<Promise<void>>();
  /** Claims under way, by queue: their slots are taken. */
  readonly #claiming = new Map<QueueName, number>();
  readonly #claims = new Set<Promise<void>>();
  /** Tasks on their way to a worker, by queue: their slots are taken. */
  readonly #starting = new Map<QueueName, number>();
  readonly #prefetch = new Prefetch();
  readonly #hungry = new Set<QueueName>();
  /** Queues that got free in this turn. */
  readonly #freedQueues = new Set<QueueName>();
  readonly #timers = new Map<'stage' | 'flush' | 'lease' | 'claim', () => void>();
  readonly #paces = new Map<string, number | null>();
  /** Null: every task. */
  #only: readonly TaskId[] | null;
  #isStaging = false;
  #mustStageAgain = false;
  #isClosing = false;
  #isTroubled = false;
  #leaseLookMs = 0;

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#only = options.isSelective ? [] : null;
  }

  /** From now on only these are claimed. */
  workOn(ids: readonly TaskId[]): void {
    this.#only = ids;
    this.wake();
  }

  /** Something may be due or free: look at everything. Cheap, any number of times. */
  wake(): void {
    if (this.#isClosing) return;
    for (const queue of QUEUE_NAMES) this.#hungry.add(queue);
    void this.#stage();
    this.#claimAll();
  }

  /** Whether a task of this id is being worked on. */
  find(id: TaskId): RunningAttempt | undefined {
    return this.#running.get(id);
  }

  runningIn(queue: QueueName): number {
    let count = 0;
    for (const attempt of this.#running.values()) if (attempt.queue === queue) count += 1;
    return count;
  }

  get runningCount(): number {
    return this.#running.size + this.#endings.size + this.#prefetch.count;
  }

  /** The task as it is now. */
  overlay(task: Task): Task {
    return this.#running.get(task.id)?.overlay(task) ?? task;
  }

  /** The same for a row of a list. */
  overlaySummary(summary: TaskSummary): TaskSummary {
    return this.#running.get(summary.id)?.overlaySummary(summary) ?? summary;
  }

  stop(id: TaskId, reason: StopReason): void {
    this.#running.get(id)?.stop(reason);
    this.#giveBack(this.#prefetch.remove((ahead) => ahead === id), reason);
  }

  /** What holds work back has changed: what shall not go on is interrupted, and what waited is looked at. */
  holdsChanged(): void {
    if (this.#options.holds.isInterrupting) for (const attempt of this.#running.values()) attempt.stop('hold');
    if (this.#options.holds.reasons.length > 0) this.#giveBack(this.#prefetch.remove(() => true), null);
    this.wake();
  }

  /** Interrupts what runs, waits until that is recorded, and claims nothing more. */
  async close(): Promise<void> {
    this.#isClosing = true;
    for (const cancel of this.#timers.values()) cancel();
    for (const attempt of this.#running.values()) attempt.stop('quit');
    this.#giveBack(this.#prefetch.remove(() => true), null);
    // A claim under way may still bring work, which is then interrupted like the rest.
    while (this.#endings.size + this.#running.size + this.#claims.size > 0) {
      await Promise.allSettled([...this.#claims, ...this.#endings, ...[...this.#running.values()].map(({ recorded }) => recorded)]);
      await Promise.resolve();
    }
  }

  async #stage(): Promise<void> {
    if (this.#isStaging) {
      this.#mustStageAgain = true;
      return;
    }
    this.#isStaging = true;
    const { store, clock } = this.#options;
    try {
      const { staged, nextAt } = await store.stage(clock.now());
      if (staged.length > 0) {
        for (const queue of QUEUE_NAMES) this.#hungry.add(queue);
        this.#claimAll();
        this.#options.changes.note(staged);
      }
      if (nextAt !== null) this.#timer('stage', Math.max(1, nextAt - clock.now()), () => void this.#stage());
    } catch (error) {
      this.#pauseAfter(error);
    } finally {
      this.#isStaging = false;
      if (this.#mustStageAgain && !this.#isClosing) {
        this.#mustStageAgain = false;
        void this.#stage();
      }
    }
  }

  #claimAll(): void {
    for (const queue of this.#hungry) this.#ask(queue);
  }

  #ask(queue: QueueName): void {
    const claim = this.#claim(queue).finally(() => this.#claims.delete(claim));
    this.#claims.add(claim);
  }

  async #claim(queue: QueueName): Promise<void> {
    const { store, clock, leaseOwner } = this.#options;
    const claiming = this.#claiming.get(queue) ?? 0;
    const limit = this.#free(queue) + this.#prefetch.room(queue, this.#options.concurrency(queue)) - claiming;
    if (limit <= 0 || this.#isClosing) return;
    this.#hungry.delete(queue);
    this.#claiming.set(queue, claiming + limit);
    try {
      const mayClaim = this.#options.holds.mayClaim(this.#only);
      if (mayClaim === false || (mayClaim !== true && !(await mayClaim)) || this.#isClosing) return;
      const now = clock.now();
      const claimed = await store.claim({ queue, limit, leaseOwner, leaseUntil: now + FLUSH_INTERVAL_MS, now, only: this.#only });
      this.#mended();
      await Promise.all(claimed.map((one) => this.#runOrHold(one)));
      // A full hand means that there may be more behind it once a slot is free.
      if (claimed.length === limit) this.#hungry.add(queue);
    } catch (error) {
      this.#pauseAfter(error);
    } finally {
      this.#claiming.set(queue, (this.#claiming.get(queue) ?? limit) - limit);
    }
    // Work that came while this claim was under way found no free slot and was not asked for.
    if (this.#hungry.has(queue)) await this.#claim(queue);
  }

  /** Slots of a queue that nothing runs in or is about to. */
  #free(queue: QueueName): number {
    return this.#options.concurrency(queue) - this.runningIn(queue) - (this.#starting.get(queue) ?? 0);
  }

  async #runOrHold(claimed: Claimed): Promise<void> {
    const { queue } = claimed.task;
    if (this.#isClosing) this.#giveBack([claimed], null);
    else if (this.#free(queue) > 0) await this.#run(claimed);
    else this.#prefetch.hold(claimed, this.#options.clock.monotonicMs());
  }

  /** Back into the queue: they were claimed ahead and not begun. */
  #giveBack(ahead: readonly Claimed[], reason: StopReason | null): void {
    for (const claimed of ahead) this.#end(giveBack(this.#options, claimed, reason).then((record) => this.#recorded(claimed.task, record)));
  }

  async #run(claimed: Claimed): Promise<void> {
    const { task } = claimed;
    const { recipes, storeId, leftovers, clock } = this.#options;
    this.#starting.set(task.queue, (this.#starting.get(task.queue) ?? 0) + 1);
    const pace = await this.#pace(task.recipe);
    this.#starting.set(task.queue, (this.#starting.get(task.queue) ?? 1) - 1);
    const startedMs = clock.monotonicMs();
    const attempt = new RunningAttempt(this.#options, claimed, {
      suffix: recipes.find(task.recipe)?.suffix ?? '', tools: this.#options.tools(task.queue), workDir: leftovers.folderOf(task), storeId, pace,
    });
    this.#running.set(task.id, attempt);
    this.#options.changes.note([task.id]);
    if (this.#isClosing) attempt.stop('quit');
    else if (this.#options.holds.isInterrupting) attempt.stop('hold');
    this.#watch();
    this.#end(Promise.all([attempt.freed.then(() => this.#freed(task, startedMs)), attempt.recorded.then((record) => this.#recorded(task, record))]));
  }

  /** Sees to it that an end is waited for, and that its failure is told. */
  #end(work: Promise<unknown>): void {
    const ending = work
      .then(() => undefined, (error: unknown) => this.#pauseAfter(error))
      .finally(() => {
        this.#endings.delete(ending);
        this.#idleCheck();
      });
    this.#endings.add(ending);
  }

  /**
   * The worker has nothing to do: it gets what was claimed ahead, and the next claim goes into the same commit as this end, one claim for
   * all that got free in this turn.
   */
  #freed(task: Task, startedMs: number): void {
    this.#running.delete(task.id);
    this.#prefetch.learn(task.queue, this.#options.clock.monotonicMs() - startedMs);
    const next = this.#isClosing || this.#free(task.queue) <= 0 ? undefined : this.#prefetch.take(task.queue);
    if (next !== undefined) void this.#run(next);
    this.#hungry.add(task.queue);
    if (this.#freedQueues.size === 0) queueMicrotask(() => this.#refill());
    this.#freedQueues.add(task.queue);
  }

  #refill(): void {
    const queues = [...this.#freedQueues];
    this.#freedQueues.clear();
    if (!this.#isClosing) queues.forEach((queue) => this.#ask(queue));
  }

  async #recorded(before: Task, { status, broken, released, hasLeftovers, hasPace }: AttemptRecord): Promise<void> {
    if (status === null) return;
    if (hasPace) this.#paces.delete(before.recipe);
    this.#options.changes.note([before.id, ...broken, ...released]);
    if (hasLeftovers) await this.#clear(before.id);
    if (this.#isClosing) return;
    if (released.length > 0 || status === 'retrying' || status === 'pending') this.wake();
  }

  async #clear(id: TaskId): Promise<void> {
    const task = await this.#options.store.get(id);
    if (task) await this.#options.leftovers.clear(task);
  }

  /** The median pace of a recipe, asked once and again after each task that may have changed it. */
  async #pace(recipe: string): Promise<number | null> {
    const known = this.#paces.get(recipe);
    if (known !== undefined) return known;
    const pace = await this.#options.store.pace(recipe).catch(() => null);
    this.#paces.set(recipe, pace);
    return pace;
  }

  #idleCheck(): void {
    if (this.runningCount > 0 || this.#isClosing) return;
    // Whoever hears that all is done has heard of each task before.
    void this.#options.changes.told().then(() => {
      if (this.runningCount === 0 && !this.#isClosing) this.#options.events.emit({ kind: 'idle' });
    });
  }

  /** Flushing and looking at leases happens only while something runs: an idle engine does not wake up. */
  #watch(): void {
    if (!this.#timers.has('flush')) this.#timer('flush', FLUSH_INTERVAL_MS, () => void this.#flush());
    if (this.#timers.has('lease')) return;
    this.#leaseLookMs = this.#options.clock.monotonicMs();
    this.#timer('lease', LEASE_CHECK_MS, () => this.#checkLeases());
  }

  async #flush(): Promise<void> {
    const { store, clock } = this.#options;
    const updates = [...this.#running.values()].map((attempt) => attempt.takeUpdate()).filter((update) => update !== null);
    if (updates.length > 0) await store.saveProgress(updates, clock.now()).catch((error: unknown) => this.#pauseAfter(error));
    this.#giveBack(this.#prefetch.removeStale(clock.monotonicMs()), null);
    if (this.#running.size > 0 && !this.#isClosing) this.#timer('flush', FLUSH_INTERVAL_MS, () => void this.#flush());
  }

  #checkLeases(): void {
    const nowMs = this.#options.clock.monotonicMs();
    // A look that comes late means that this process itself stood still (sleep, SIGSTOP) and heard nobody.
    const lateMs = Math.max(0, nowMs - this.#leaseLookMs - LEASE_CHECK_MS);
    this.#leaseLookMs = nowMs;
    for (const attempt of this.#running.values()) attempt.checkLease(nowMs, lateMs > LEASE_CHECK_MS ? lateMs : 0);
    if (this.#running.size > 0 && !this.#isClosing) this.#timer('lease', LEASE_CHECK_MS, () => this.#checkLeases());
  }

  /** The store refused (a full disk): running work goes on, the user is told, and everything is tried again. */
  #pauseAfter(error: unknown): void {
    if (this.#isClosing) return;
    this.#isTroubled = true;
    this.#options.events.emit({ kind: 'trouble', trouble: TaskError.from(error).toShape() });
    this.#timer('claim', CLAIM_PAUSE_MS, () => this.wake());
  }

  #mended(): void {
    if (!this.#isTroubled) return;
    this.#isTroubled = false;
    this.#options.events.emit({ kind: 'trouble', trouble: null });
  }

  #timer(name: 'stage' | 'flush' | 'lease' | 'claim', delayMs: number, callback: () => void): void {
    this.#timers.get(name)?.();
    this.#timers.set(name, this.#options.clock.after(delayMs, () => {
      this.#timers.delete(name);
      callback();
    }));
  }
}
