/** Tells the listeners how tasks are now. Changes of one turn are read back together, and not at all while nobody listens. */
import type { Task, TaskId } from '../../shared/task.ts';
import { letterOf } from './dead-letters/letter.ts';
import type { Events } from './events.ts';
import type { Store } from './store/store.ts';

/** Tasks read back at once: about 20 ms of reading. */
const PORTION = 500;

export class Changes {
  readonly #store: Store;
  readonly #events: Events;
  readonly #noted = new Set<TaskId>();
  /** What is being read back: it may come back as it was before whatever happens now. */
  readonly #reading = new Set<TaskId>();
  readonly #fallen = new Set<TaskId>();
  #telling: Promise<void> = Promise.resolve();
  #overlay: (task: Task) => Task = (task) => task;

  constructor(store: Store, events: Events) {
    this.#store = store;
    this.#events = events;
  }

  /** What only memory knows of running tasks is put over the rows that are read. */
  showThrough(overlay: (task: Task) => Task): void {
    this.#overlay = overlay;
  }

  /** These tasks changed, and the change is committed. */
  note(ids: readonly TaskId[]): void {
    if (ids.length === 0 || !this.#events.hasListeners) return;
    if (this.#noted.size === 0) this.#telling = this.#telling.then(() => this.#tell());
    for (const id of ids) this.#noted.add(id);
  }

  /** These are as their change has just left them: they need not be read back. */
  tell(tasks: readonly Task[]): void {
    if (!this.#events.hasListeners) return;
    for (const task of tasks) {
      if (this.#noted.has(task.id) || this.#reading.has(task.id)) this.note([task.id]);
      else this.#events.emit({ kind: 'task', task: this.#overlay(task) });
    }
  }

  /** Of these, which are noted as well, those that failed for good are told as dead letters too. */
  fell(ids: readonly TaskId[]): void {
    if (this.#events.hasListeners) for (const id of ids) this.#fallen.add(id);
  }

  /** Settles when everything noted so far has been told. */
  told(): Promise<void> {
    return this.#telling;
  }

  /** In portions, so that a batch of ten thousand does not hold this thread. A store that is closed has nothing to tell. */
  async #tell(): Promise<void> {
    const ids = [...this.#noted];
    this.#noted.clear();
    for (const id of ids) this.#reading.add(id);
    for (let at = 0; at < ids.length; at += PORTION) {
      const tasks = await this.#store.getMany(ids.slice(at, at + PORTION)).catch(() => []);
      for (const id of ids.slice(at, at + PORTION)) this.#reading.delete(id);
      for (const task of tasks) {
        this.#events.emit({ kind: 'task', task: this.#overlay(task) });
        if (this.#fallen.delete(task.id) && task.status === 'failed' && task.deletedAt === null) this.#events.emit({ kind: 'deadLetter', letter: letterOf(task, task.updatedAt) });
      }
    }
  }
}
