/** What the engine tells its hosts, with progress coalesced. */
import type { EngineEvent } from '../../shared/contract.ts';
import type { TaskErrorShape } from '../../shared/errors.ts';
import type { TaskId } from '../../shared/task.ts';
import type { Clock } from './clock.ts';

type ProgressEvent = Extract<EngineEvent, { kind: 'progress' }>;
export type EventListener = (event: EngineEvent) => void;

/** Four times a second is as fluent as a bar needs to be; FFmpeg reports twice as often, per task. */
const PROGRESS_INTERVAL_MS = 250;

export class Events {
  readonly #clock: Clock;
  readonly #listeners = new Set<EventListener>();
  readonly #followers: EventListener[] = [];
  readonly #onFirst: (() => void)[] = [];
  readonly #held = new Map<TaskId, ProgressEvent>();
  #cancelTimer: (() => void) | undefined;
  #trouble: TaskErrorShape | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Returns what ends the listening. */
  on(listener: EventListener): () => void {
    if (this.#listeners.size === 0) for (const tell of this.#onFirst) tell();
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** For a part of the engine itself: it hears everything, but for its sake alone nothing is told. */
  follow(follower: EventListener): void {
    this.#followers.push(follower);
  }

  /** Calls back whenever somebody begins to listen after a time in which nobody did. */
  onFirstListener(callback: () => void): void {
    this.#onFirst.push(callback);
  }

  get hasListeners(): boolean {
    return this.#listeners.size > 0;
  }

  /** What is wrong with the engine itself since the last `trouble` event. */
  get trouble(): TaskErrorShape | null {
    return this.#trouble;
  }

  emit(event: EngineEvent): void {
    if (event.kind === 'trouble') this.#trouble = event.trouble;
    // A task event carries the progress too; an older one must not come after it.
    if (event.kind === 'task') this.#held.delete(event.task.id);
    for (const follower of this.#followers) follower(event);
    for (const listener of this.#listeners) listener(event);
  }

  /** Only the newest progress of a task within the interval is told. */
  progress(event: ProgressEvent): void {
    if (this.#listeners.size === 0) return;
    this.#held.set(event.id, event);
    this.#cancelTimer ??= this.#clock.after(PROGRESS_INTERVAL_MS, () => this.#flush());
  }

  close(): void {
    this.#cancelTimer?.();
    this.#held.clear();
    this.#listeners.clear();
  }

  #flush(): void {
    this.#cancelTimer = undefined;
    const held = [...this.#held.values()];
    this.#held.clear();
    for (const event of held) this.emit(event);
  }
}
