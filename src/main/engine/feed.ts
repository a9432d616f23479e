/** Tells windows what changed of the list: numbered deltas, from which a gap can be seen. */
import type { EngineEvent } from '../../shared/contract.ts';
import { summaryOf, type ProgressUpdate, type TaskSummary } from '../../shared/summary.ts';
import type { Task, TaskId } from '../../shared/task.ts';
import type { Clock } from './clock.ts';
import type { Events } from './events.ts';

/** Changes that come within this time of each other are told as one: less than a frame's worth of waiting, far fewer messages. */
const COALESCE_MS = 20;

export class Feed {
  /** Another one at every start of the engine. */
  readonly epoch: string;
  readonly #events: Events;
  readonly #clock: Clock;
  readonly #tasks = new Map<TaskId, TaskSummary>();
  readonly #removed = new Set<TaskId>();
  readonly #progress = new Map<TaskId, ProgressUpdate>();
  #revision = 0;
  #cancelTimer: (() => void) | undefined;

  constructor(events: Events, clock: Clock, epoch: string) {
    this.epoch = epoch;
    this.#events = events;
    this.#clock = clock;
    events.follow((event) => this.#take(event));
    // What happened while nobody listened was not told: whoever still has an older list must see that it missed something.
    events.onFirstListener(() => void (this.#revision += 1));
  }

  /**
   * The newest delta's. What is read from the store from now on is at least as new as all deltas up to it, so that the later ones, in
   * their order, lead to the truth.
   */
  get revision(): number {
    return this.#revision;
  }

  /** Tasks that the store does not know any more. */
  gone(ids: readonly TaskId[]): void {
    if (ids.length === 0 || !this.#events.hasListeners) return;
    for (const id of ids) {
      this.#progress.delete(id);
      this.#tasks.delete(id);
      this.#removed.add(id);
    }
    this.#cancelTimer ??= this.#clock.after(COALESCE_MS, () => this.#flush());
  }

  /** More changed than can be told one by one: the next delta shows a gap, and windows take a new snapshot. */
  missed(): void {
    this.#revision += 1;
    this.#cancelTimer ??= this.#clock.after(COALESCE_MS, () => this.#flush());
  }

  close(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  #take(event: EngineEvent): void {
    if (event.kind === 'task') this.#changed(event.task);
    else if (event.kind === 'progress') this.#progressed(event);
    else return;
    this.#cancelTimer ??= this.#clock.after(COALESCE_MS, () => this.#flush());
  }

  #changed(task: Task): void {
    this.#progress.delete(task.id);
    if (task.deletedAt === null) {
      this.#removed.delete(task.id);
      this.#tasks.set(task.id, summaryOf(task));
    } else {
      this.#tasks.delete(task.id);
      this.#removed.add(task.id);
    }
  }

  /** Comes at most four times a second a task: see Events. */
  #progressed({ id, progress, progressCurrent, progressTotal, message }: Extract<EngineEvent, { kind: 'progress' }>): void {
    const update = { id, progress, progressCurrent, progressTotal, message };
    const changed = this.#tasks.get(id);
    if (changed === undefined) this.#progress.set(id, update);
    else this.#tasks.set(id, { ...changed, ...update });
  }

  #flush(): void {
    this.#cancelTimer = undefined;
    const [tasks, removed, progress] = [[...this.#tasks.values()], [...this.#removed], [...this.#progress.values()]];
    for (const held of [this.#tasks, this.#removed, this.#progress]) held.clear();
    if (!this.#events.hasListeners) return;
    this.#revision += 1;
    this.#events.emit({ kind: 'delta', epoch: this.epoch, revision: this.#revision, tasks, removed, progress });
  }
}
