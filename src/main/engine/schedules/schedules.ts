/** Fires schedules at their times: one timer for the nearest of them, and a look at the wall clock whenever it rings. */
import type { Schedule } from '../../../shared/schedule-contract.ts';
import type { TaskId } from '../../../shared/task.ts';
import type { Clock } from '../clock.ts';
import type { Fired, ScheduleDraft } from '../store/schedule-operations.ts';
import type { Store, TaskDraft } from '../store/store.ts';
import { BUILT_IN } from './built-in.ts';
import { decide } from './decide.ts';
import { nextAfter, type Rule } from './timing.ts';

export interface SchedulesOptions {
  readonly store: Pick<Store, 'listSchedules' | 'addSchedule' | 'fireSchedule' | 'hasDueQuota'>;
  readonly clock: Clock;
  /** The machine's time zone now. */
  readonly localZone: () => string;
  /** A task was added, after the commit. */
  readonly onFired: (id: TaskId) => void;
  /** The store refused; the next look tries again. */
  readonly onFault: (line: string) => void;
}

/**
 * Timers stand still while the machine sleeps, and do not know when the wall clock is set: so no wait is longer than this. A look costs no
 * commit and no question to the store where nothing has changed.
 */
const LONGEST_WAIT_MS = 60_000;
/** Above the user's lowest named priority nobody waits for upkeep, and its queue is its own anyway. */
const PRIORITY = 3;
const MAX_RETRIES = 3;

export class Schedules {
  readonly #options: SchedulesOptions;
  #known: readonly Schedule[] = [];
  #cancelTimer: (() => void) | undefined;
  #isClosed = false;
  /** Looks follow each other: two at once would fire by the same knowledge. */
  #looking: Promise<void> = Promise.resolve();

  constructor(options: SchedulesOptions) {
    this.#options = options;
  }

  /** Stores the built-in ones that are missing, then fires what is due. */
  start(): void {
    this.#enqueue(async () => {
      const { store, clock } = this.#options;
      const names = new Set((await store.listSchedules()).map(({ name }) => name));
      for (const one of BUILT_IN.filter(({ name }) => !names.has(name))) {
        const now = clock.now();
        await store.addSchedule({ ...one, isBuiltIn: true, isEnabled: true, nextFor: nextAfter(this.#rule({ timing: one.timing, createdAt: now }), now) }, now);
      }
      await this.#load();
    });
  }

  /** Schedules were changed: look at them again. Settles when that is done. */
  async changed(): Promise<void> {
    this.#enqueue(() => this.#load());
    await this.#looking;
  }

  /** Adds a task of this schedule now. isNew false: the one that waits or runs already. */
  async runNow(schedule: Schedule): Promise<{ taskId: TaskId | null; isNew: boolean }> {
    const { store, clock, onFired } = this.#options;
    const now = clock.now();
    // A look may move the next time in between; then it is asked for anew, and once is enough: looks come a minute apart.
    const fire = async (known: Schedule): Promise<Fired> => store.fireSchedule({ id: known.id, knownNextFor: known.nextFor, nextFor: known.nextFor, now, draft: taskDraft(known, now) });
    let fired = await fire(schedule);
    const newest = fired.kind === 'stale' ? (await store.listSchedules()).find(({ id }) => id === schedule.id) : undefined;
    if (newest !== undefined) fired = await fire(newest);
    if (fired.kind === 'fired' && fired.taskId !== null) onFired(fired.taskId);
    return { taskId: fired.taskId, isNew: fired.kind === 'fired' };
  }

  /** When a schedule that is to be stored comes next. */
  nextOf(draft: Pick<ScheduleDraft, 'timing' | 'isEnabled'>, createdAt: number): number | null {
    return draft.isEnabled ? nextAfter(this.#rule({ timing: draft.timing, createdAt }), this.#options.clock.now()) : null;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelTimer?.();
    await this.#looking;
  }

  async #load(): Promise<void> {
    this.#known = await this.#options.store.listSchedules();
  }

  /** One look after the other; what fails (a full disk) is tried again with the next. */
  #enqueue(first: () => Promise<void>): void {
    this.#cancelTimer?.();
    this.#looking = this.#looking.then(async () => {
      if (this.#isClosed) return;
      try {
        await first();
        await this.#fireDue();
      } catch (error) {
        this.#options.onFault(`Schedules could not be looked at, and will be again in a minute: ${String(error)}`);
      }
      this.#wait();
    });
  }

  #wait(): void {
    if (this.#isClosed) return;
    this.#cancelTimer?.();
    const now = this.#options.clock.now();
    const next = Math.min(...this.#known.map(({ nextFor }) => nextFor ?? Number.POSITIVE_INFINITY));
    if (next === Number.POSITIVE_INFINITY) return;
    this.#cancelTimer = this.#options.clock.after(Math.min(LONGEST_WAIT_MS, Math.max(0, next - now)), () => this.#enqueue(() => Promise.resolve()));
  }

  async #fireDue(): Promise<void> {
    let hasChanged = false;
    for (const schedule of this.#known) {
      if (schedule.isEnabled && !this.#isClosed && (await this.#look(schedule))) hasChanged = true;
    }
    if (hasChanged) await this.#load();
  }

  /** Whether anything was stored. */
  async #look(schedule: Schedule): Promise<boolean> {
    const { store, clock, onFired } = this.#options;
    const now = clock.now();
    const { fireFor, nextFor } = decide({ rule: this.#rule(schedule), missed: schedule.missed, nextFor: schedule.nextFor }, now);
    if (fireFor === null && nextFor === schedule.nextFor) return false;
    const draft = fireFor === null || !(await this.#hasWork(schedule, now)) ? null : taskDraft(schedule, fireFor);
    const fired = await store.fireSchedule({ id: schedule.id, knownNextFor: schedule.nextFor, nextFor, now, draft });
    if (fired.kind === 'fired' && fired.taskId !== null) onFired(fired.taskId);
    return true;
  }

  /** Quotas that nobody uses need no task an hour. */
  async #hasWork({ action }: Schedule, now: number): Promise<boolean> {
    return action.action !== 'quotaReset' || action.period === null || (await this.#options.store.hasDueQuota(action.period, now));
  }

  #rule({ timing, createdAt }: Pick<Schedule, 'timing' | 'createdAt'>): Rule {
    return { timing, createdAt, localZone: this.#options.localZone() };
  }
}

function taskDraft({ id, name, action }: Schedule, scheduledFor: number): TaskDraft {
  return {
    type: 'maintenance', recipe: name, queue: 'maintenance', priority: PRIORITY, inputs: [], outputDir: null, options: action, maxRetries: MAX_RETRIES, dependsOn: [], runAt: null,
    more: { scheduleId: id, scheduledFor },
  };
}
