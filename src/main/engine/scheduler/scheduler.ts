/** Keeps every queue busy: stages what is due, claims what is first, runs it, records its end. */
import { TaskError } from '../../../shared/errors.ts';
import type { Wait } from '../../../shared/queue-contract.ts';
import type { TaskSummary } from '../../../shared/summary.ts';
import { QUEUE_NAMES, type QueueName, type Task, type TaskId } from '../../../shared/task.ts';
import type { Holds } from '../holds.ts';
import type { Leftovers } from '../leftovers.ts';
import type { Recipes } from '../recipes.ts';
import type { Admission, Take } from '../resources/admission.ts';
import type { Tools } from '../media/tools.ts';
import type { Claimed, Store } from '../store/store.ts';
import { askGates, type Gate } from './gate.ts';
import { Prefetch } from './prefetch.ts';
import type { QueueGates } from './queue-gates.ts';
import { FLUSH_INTERVAL_MS, Rounds } from './rounds.ts';
import { giveBack, RunningAttempt, type AttemptHost, type AttemptRecord, type StopReason } from './running-attempt.ts';
import { Timers } from './timers.ts';

export interface SchedulerOptions extends AttemptHost {
  readonly recipes: Recipes;
  /** For one of as many attempts as the queue runs at a time. */
  readonly tools: (queue: QueueName) => Tools;
  /** Names this engine in leases; new at every start. */
  readonly leaseOwner: string;
  readonly storeId: string;
  readonly leftovers: Pick<Leftovers, 'folderOf' | 'clear'>;
  readonly holds: Holds;
  /** A queue's own rules, with its rates. */
  readonly queueGates?: QueueGates;
  /** What else may keep a queue from its next task, asked after the queue's own rules. */
  readonly gates?: readonly Gate[];
  /** Lets tasks begin that fit into what the machine has free. Absent: everything fits. */
  readonly admission?: Admission;
  concurrency(queue: QueueName): number;
  /** Claims nothing until workOn says what. */
  readonly isSelective: boolean;
}

/** After a claim that failed (a full disk) the next one waits. */
const CLAIM_PAUSE_MS = 2_000;
/** A timer does not count the time that the machine slept, and does not see that the clock was set: what is due is looked at anew after this. */
const LONGEST_STAGE_WAIT_MS = 60_000;
/** Less is a clock that is being corrected. */
const LEAST_SET_BACK_MS = 1_000;

export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #gates: readonly Gate[];
  readonly #running = new Map<TaskId, RunningAttempt>();
  readonly #endings = new Set<Promise<void>>();
  /** Those of them that nobody waits for. */
  readonly #upkeepEndings = new Set<Promise<void>>();
  /** Claims under way, by queue: their slots are taken. */
  readonly #claiming = new Map<QueueName, number>();
  readonly #claims = new Set<Promise<void>>();
  /** Tasks on their way to a worker, by queue: their slots are taken. */
  readonly #starting = new Map<QueueName, number>();
  readonly #prefetch = new Prefetch();
  readonly #hungry = new Set<QueueName>();
  /** Queues that got free in this turn. */
  readonly #freedQueues = new Set<QueueName>();
  readonly #timers: Timers<'stage' | 'claim'>;
  readonly #rounds: Rounds;
  readonly #paces = new Map<string, number | null>();
  /** Null: every task. */
  #only: readonly TaskId[] | null;
  #isStaging = false;
  #mustStageAgain = false;
  #isClosing = false;
  #isTroubled = false;
  /** Of the wall clock over the monotonic one, at the last look. */
  #clockOffsetMs: number | undefined;

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#only = options.isSelective ? [] : null;
    const { clock, store } = options;
    this.#timers = new Timers(clock);
    this.#rounds = new Rounds({
      clock, store, running: this.#running, onTrouble: (error) => this.#pauseAfter(error), onFlush: () => this.#giveBack(this.#prefetch.removeStale(clock.monotonicMs()), null),
    });
    this.#gates = [...(options.queueGates === undefined ? [] : [options.queueGates]), ...(options.gates ?? [])];
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

  /** Whether the queue's tasks have lately been over in no time. */
  isShort(queue: QueueName): boolean {
    return this.#prefetch.isShort(queue);
  }

  /** What is under way for users; Longhaul's own upkeep is not counted. */
  get runningCount(): number {
    let upkeep = this.#upkeepEndings.size;
    for (const attempt of this.#running.values()) if (attempt.isUpkeep) upkeep += 1;
    return this.#running.size + this.#endings.size + this.#prefetch.count - upkeep;
  }

  /** The task as it is now. */
  overlay(task: Task): Task {
    return this.#running.get(task.id)?.overlay(task) ?? this.#waitingOverlay(task);
  }

  /** The same for a row of a list. */
  overlaySummary(summary: TaskSummary): TaskSummary {
    return this.#running.get(summary.id)?.overlaySummary(summary) ?? this.#waitingOverlay(summary);
  }

  /** A task that waits for a resource says so. */
  #waitingOverlay<T extends Task | TaskSummary>(task: T): T {
    const message = this.#options.admission?.messageOf(task) ?? null;
    return message === null ? task : { ...task, message };
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

  /** A gate has changed its mind: what shall not go on is interrupted, what was claimed ahead goes back, and what waited is looked at. */
  gatesChanged(): void {
    for (const attempt of this.#running.values()) if (this.#isInterrupting(attempt.queue)) attempt.stop('hold');
    const isShut = new Map(QUEUE_NAMES.map((queue) => [queue, this.waitsFor(queue).length > 0]));
    this.#giveBack(this.#prefetch.remove((_, queue) => isShut.get(queue) === true), null);
    this.wake();
  }

  /** Every reason for which a queue's first task waits, as last known. */
  waitsFor(queue: QueueName): Wait[] {
    return this.#gates.flatMap((gate) => [...gate.waitsFor(queue)]);
  }

  #isInterrupting(queue: QueueName): boolean {
    return this.#options.holds.isInterrupting || this.#gates.some((gate) => gate.isInterrupting?.(queue) === true);
  }

  /** Interrupts what runs, waits until that is recorded, and claims nothing more. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#timers.close();
    this.#rounds.close();
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
      const [now, askedMs] = [clock.now(), clock.monotonicMs()];
      const { staged, nextAt } = await store.stage(now, this.#setBackMs());
      if (staged.length > 0) {
        for (const queue of QUEUE_NAMES) this.#hungry.add(queue);
        this.#claimAll();
        this.#options.changes.note(staged);
      }
      // By the clock as it was asked about: it may have been set meanwhile.
      const waitMs = nextAt === null ? null : nextAt - now - (clock.monotonicMs() - askedMs);
      if (waitMs !== null && waitMs <= 0) this.#mustStageAgain = true;
      else if (waitMs !== null) this.#timers.set('stage', Math.min(LONGEST_STAGE_WAIT_MS, Math.max(1, waitMs)), () => void this.#stage());
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

  /** By how much the clock was set back since the last look, beyond what a look itself may take. */
  #setBackMs(): number {
    const { clock } = this.#options;
    const offsetMs = clock.now() - clock.monotonicMs();
    const setBackMs = this.#clockOffsetMs === undefined ? 0 : this.#clockOffsetMs - offsetMs;
    this.#clockOffsetMs = offsetMs;
    return setBackMs > LEAST_SET_BACK_MS ? Math.round(setBackMs) : 0;
  }

  #claimAll(): void {
    for (const queue of this.#hungry) this.#ask(queue);
  }

  #ask(queue: QueueName): void {
    const claim = this.#claim(queue).finally(() => this.#claims.delete(claim));
    this.#claims.add(claim);
  }

  async #claim(queue: QueueName): Promise<void> {
    const { clock, leaseOwner, admission } = this.#options;
    const claiming = this.#claiming.get(queue) ?? 0;
    const limit = this.#free(queue) + this.#room(queue) - claiming;
    if (limit <= 0 || this.#isClosing) return;
    this.#hungry.delete(queue);
    this.#claiming.set(queue, claiming + limit);
    try {
      const mayClaim = this.#options.holds.mayClaim(this.#only);
      if (mayClaim === false || (mayClaim !== true && !(await mayClaim)) || this.#isClosing) return;
      const answer = askGates(this.#gates, queue);
      if ((answer instanceof Promise ? await answer : answer) !== true || this.#isClosing) return;
      const take: Take = async (what) => {
        const now = clock.now();
        const claimed = await this.#claimFrom({ queue, leaseOwner, leaseUntil: now + FLUSH_INTERVAL_MS, now, ...what });
        this.#mended();
        this.#options.changes.tell(claimed.map(({ task }) => task));
        await Promise.all(claimed.map((one) => this.#runOrHold(one)));
        return claimed.length;
      };
      const wanted = await this.#letThrough(queue, limit);
      const isNone = wanted.limit === 0 || this.#isClosing;
      const count = isNone ? 0 : admission === undefined ? await take({ ...wanted, light: null }) : await admission.claim({ ...wanted, isRated: this.#isRated(queue), isShort: this.#prefetch.isShort(queue) }, take);
      // A full hand means that there may be more behind it once a slot is free.
      if (count === limit) this.#hungry.add(queue);
    } catch (error) {
      this.#pauseAfter(error);
    } finally {
      this.#claiming.set(queue, (this.#claiming.get(queue) ?? limit) - limit);
    }
    // Work that came while this claim was under way found no free slot and was not asked for.
    if (this.#hungry.has(queue)) await this.#claim(queue);
  }

  /** Under rate limits the queue's gate is told until when something was passed over, and wakes this scheduler then. */
  async #claimFrom(input: Parameters<Store['claim']>[0]): Promise<readonly Claimed[]> {
    const { store, queueGates } = this.#options;
    const rates = queueGates?.ratesOf(input.queue) ?? null;
    if (rates === null) return store.claim(input);
    const { claimed, nextAt } = await store.claimRated({ ...input, rates });
    if (nextAt !== null || this.#options.admission === undefined) queueGates?.passedOver(input.queue, nextAt);
    return claimed;
  }

  /** What the queue may take now. Where resources choose among its tasks, they choose among those that the rates let through. */
  async #letThrough(queue: QueueName, limit: number): Promise<{ queue: QueueName; limit: number; only: readonly TaskId[] | null }> {
    const { store, clock, queueGates, admission } = this.#options;
    const rates = queueGates?.ratesOf(queue) ?? null;
    if (rates === null || admission === undefined) return { queue, limit, only: this.#only };
    const { ids, nextAt } = await store.letThrough({ queue, limit, now: clock.now(), only: this.#only, rates });
    queueGates?.passedOver(queue, nextAt);
    return { queue, limit: ids.length, only: ids };
  }

  #isRated(queue: QueueName): boolean {
    return (this.#options.queueGates?.ratesOf(queue) ?? null) !== null;
  }

  /** How many may be claimed ahead. Under a rate limit none: its task would begin at another time than the one it was let through for. */
  #room(queue: QueueName): number {
    return this.#isRated(queue) ? 0 : this.#prefetch.room(queue, this.#options.concurrency(queue));
  }

  /** Slots of a queue that nothing runs in or is about to. */
  #free(queue: QueueName): number {
    return this.#options.concurrency(queue) - this.runningIn(queue) - (this.#starting.get(queue) ?? 0);
  }

  async #runOrHold(claimed: Claimed): Promise<void> {
    const { queue } = claimed.task;
    // The queue may have been paused while the claim was under way.
    if (this.#isClosing || (this.#options.queueGates?.mayClaim(queue) ?? true) !== true) this.#giveBack([claimed], null);
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
      suffix: claimed.suffix ?? recipes.find(task.recipe)?.suffix ?? '', tools: this.#options.tools(task.queue), workDir: leftovers.folderOf(task), storeId, pace,
    });
    this.#running.set(task.id, attempt);
    const warning = this.#options.admission?.started({ task, pid: () => attempt.workerPid });
    if (warning !== undefined) attempt.warn(warning);
    attempt.show();
    if (this.#isClosing) attempt.stop('quit');
    else if (this.#isInterrupting(task.queue)) attempt.stop('hold');
    this.#rounds.begin();
    this.#end(Promise.all([attempt.freed.then(() => this.#freed(task, startedMs)), attempt.recorded.then((record) => this.#recorded(task, record))]), attempt.isUpkeep);
  }

  /** Sees to it that an end is waited for, and that its failure is told. */
  #end(work: Promise<unknown>, isUpkeep = false): void {
    const ending = work
      .then(() => undefined, (error: unknown) => this.#pauseAfter(error))
      .finally(() => {
        this.#endings.delete(ending);
        if (!this.#upkeepEndings.delete(ending)) this.#idleCheck();
      });
    this.#endings.add(ending);
    if (isUpkeep) this.#upkeepEndings.add(ending);
  }

  /**
   * The worker has nothing to do: it gets what was claimed ahead, and the next claim goes into the same commit as this end, one claim for
   * all that got free in this turn.
   */
  #freed(task: Task, startedMs: number): void {
    this.#running.delete(task.id);
    this.#options.admission?.freed(task);
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

  async #recorded(before: Task, { status, broken, released, stopping, cancelled, hasLeftovers, hasPace }: AttemptRecord): Promise<void> {
    this.#options.admission?.recorded(before, status === 'completed');
    if (status === null) return;
    if (hasPace) this.#paces.delete(before.recipe);
    this.#options.changes.note([before.id, ...broken, ...released]);
    for (const { id, reason } of stopping) this.stop(id, reason);
    if (hasLeftovers) await this.#clear(before.id);
    for (const other of cancelled) await this.#options.leftovers.clear(other);
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

  /** The store refused (a full disk): running work goes on, the user is told, and everything is tried again. */
  #pauseAfter(error: unknown): void {
    if (this.#isClosing) return;
    this.#isTroubled = true;
    this.#options.events.emit({ kind: 'trouble', trouble: TaskError.from(error).toShape() });
    this.#timers.set('claim', CLAIM_PAUSE_MS, () => this.wake());
  }

  #mended(): void {
    if (!this.#isTroubled) return;
    this.#isTroubled = false;
    this.#options.events.emit({ kind: 'trouble', trouble: null });
  }
}
