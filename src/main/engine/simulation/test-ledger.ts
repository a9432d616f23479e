/** What was promised, kept apart from the engine that has to keep it. Throws a Broken promise at once. */
import type { TaskId, TaskStatus } from '../../../shared/task.ts';
import { TRANSITIONS } from '../transitions.ts';
import type { RunOrder } from '../workers/protocol.ts';
import type { Move } from './test-simulated-disk.ts';

/** A promise that was not kept; the message says which. */
export class BrokenPromise extends Error {}

const ARROWS = new Set(Object.values(TRANSITIONS).flatMap(({ from, to }) => from.map((before) => arrow(before, to))));

function arrow(before: TaskStatus, after: TaskStatus): string {
  return `${before} > ${after}`;
}

export class Ledger {
  readonly accepted = new Set<TaskId>();
  readonly #dependencies = new Map<TaskId, readonly TaskId[]>();
  readonly #statuses: (id: TaskId) => TaskStatus | undefined;
  readonly #running = new Map<TaskId, number>();
  readonly #parts = new Map<TaskId, Set<number>>();
  readonly #published = new Map<TaskId, number>();
  readonly #completed = new Map<TaskId, number>();
  /** How often each thing was looked at: a check that never ran proves nothing. */
  readonly checks = { accepted: 0, claims: 0, moves: 0, resumedParts: 0, dependants: 0, published: 0, ghosts: 0, crashes: 0, lostAnswers: 0 };

  readonly #describe: (id: TaskId) => string;

  /** statuses: what the database says of a task, outside of any engine. describe: all of it, for a message. */
  constructor(statuses: (id: TaskId) => TaskStatus | undefined, describe: (id: TaskId) => string) {
    this.#statuses = statuses;
    this.#describe = describe;
  }

  /** The engine has answered that it has this task. */
  accept(id: TaskId, dependsOn: readonly TaskId[]): void {
    if (this.accepted.has(id)) throw new BrokenPromise(`task ${id} was given to two callers`);
    this.accepted.add(id);
    this.#dependencies.set(id, dependsOn);
    this.checks.accepted += 1;
  }

  moved(moves: readonly Move[]): void {
    for (const { id, before, after, overtaken } of moves) {
      this.checks.moves += 1;
      if (!ARROWS.has(arrow(before, after))) throw new BrokenPromise(`task ${id} went ${arrow(before, after)}, which is no arrow of the state machine`);
      if (before === 'pending' && after === 'running') this.checks.claims += 1;
      if (overtaken !== null) throw new BrokenPromise(`task ${id} was claimed before task ${overtaken}, which came first in the order`);
      if (after !== 'completed') continue;
      const times = (this.#completed.get(id) ?? 0) + 1;
      this.#completed.set(id, times);
      if (times > 1) throw new BrokenPromise(`task ${id} was completed ${times} times`);
    }
  }

  began({ task, parts }: RunOrder, pid: number): void {
    const other = this.#running.get(task.id);
    if (other !== undefined) throw new BrokenPromise(`task ${task.id} runs in worker ${pid} while worker ${other} still works on it`);
    this.#running.set(task.id, pid);
    const given = new Set(parts.map(({ index }) => index));
    for (const part of this.#parts.get(task.id) ?? []) {
      this.checks.resumedParts += 1;
      if (!given.has(part)) throw new BrokenPromise(`part ${part} of task ${task.id} was saved and is not given to its next attempt`);
    }
    for (const dependency of this.#dependencies.get(task.id) ?? []) {
      this.checks.dependants += 1;
      const status = this.#statuses(dependency);
      if (status !== 'completed') throw new BrokenPromise(`task ${task.id} runs while task ${dependency}, which it depends on, is ${String(status)}`);
    }
  }

  ended(id: TaskId, pid: number): void {
    if (this.#running.get(id) === pid) this.#running.delete(id);
  }

  savedPart(id: TaskId, part: number): void {
    this.#parts.set(id, (this.#parts.get(id) ?? new Set()).add(part));
  }

  /** Its checkpoint may be gone from now on. */
  removed(id: TaskId): void {
    this.#parts.delete(id);
  }

  /** The results got their names. A second time is allowed after a crash only: the same names, before the first was committed. */
  publish(id: TaskId): void {
    this.checks.published += 1;
    this.#published.set(id, (this.#published.get(id) ?? 0) + 1);
    if (this.#completed.has(id)) throw new BrokenPromise(`task ${id} was published again after it was completed`);
  }

  /** At the end of a world in which nothing goes wrong any more. */
  settle(): void {
    for (const id of this.accepted) {
      const status = this.#statuses(id);
      if (status === undefined) throw new BrokenPromise(`task ${id} was accepted and is gone`);
      if (status !== 'completed' && status !== 'failed' && status !== 'cancelled') throw new BrokenPromise(`task ${id} is ${status} for ever: ${this.#describe(id)}`);
      if (status === 'completed' && !this.#published.has(id)) throw new BrokenPromise(`task ${id} is completed and nothing was published`);
    }
  }
}
