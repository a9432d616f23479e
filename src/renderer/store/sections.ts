/** The queue in its four sections, kept in order change by change: a list of a hundred thousand is not sorted anew because one task ended. */
import type { TaskSummary } from '../../shared/summary.ts';
import type { TaskId, TaskStatus } from '../../shared/task.ts';
import type { Change } from './sync.ts';

export const SECTIONS = ['attention', 'running', 'waiting', 'finished'] as const;
export type Section = (typeof SECTIONS)[number];

const SECTION_OF: Readonly<Record<TaskStatus, Section>> = {
  failed: 'attention', running: 'running', pending: 'waiting', waiting: 'waiting', retrying: 'waiting', paused: 'waiting', completed: 'finished', cancelled: 'finished',
};

export function sectionOf({ status }: Pick<TaskSummary, 'status'>): Section {
  return SECTION_OF[status];
}

/** From this many changes on one sort is cheaper than as many insertions. */
const BULK = 200;

/** Ordered ids by section, and counts by status. */
export class Sections {
  readonly #ordered: Record<Section, TaskSummary[]> = { attention: [], running: [], waiting: [], finished: [] };
  readonly #counts: Record<TaskStatus, number> = { pending: 0, waiting: 0, running: 0, retrying: 0, paused: 0, completed: 0, failed: 0, cancelled: 0 };

  /** The tasks of a section as they were when their order was last decided: take what is shown from the mirror by id. */
  of(section: Section): readonly TaskSummary[] {
    return this.#ordered[section];
  }

  get counts(): Readonly<Record<TaskStatus, number>> {
    return this.#counts;
  }

  reset(tasks: Iterable<TaskSummary>): void {
    for (const section of SECTIONS) this.#ordered[section] = [];
    for (const status of statuses(this.#counts)) this.#counts[status] = 0;
    for (const summary of tasks) {
      this.#ordered[sectionOf(summary)].push(summary);
      this.#counts[summary.status] += 1;
    }
    for (const section of SECTIONS) this.#ordered[section].sort(ORDER[section]);
  }

  /** Whether anything but the inside of rows became different. */
  apply(changes: readonly Change[]): boolean {
    const moves = changes.filter(isMove);
    if (moves.length === 0) return false;
    for (const { before, after } of moves) {
      if (before !== null) this.#counts[before.status] -= 1;
      if (after !== null) this.#counts[after.status] += 1;
    }
    if (moves.length >= BULK) this.#applyInBulk(moves);
    else for (const move of moves) this.#applyOne(move);
    return true;
  }

  #applyOne({ before, after }: Change): void {
    if (before !== null) {
      const ordered = this.#ordered[sectionOf(before)];
      const at = place(ordered, before);
      if (ordered[at]?.id === before.id) ordered.splice(at, 1);
    }
    if (after === null) return;
    const ordered = this.#ordered[sectionOf(after)];
    ordered.splice(place(ordered, after), 0, after);
  }

  #applyInBulk(moves: readonly Change[]): void {
    const gone = new Map<Section, Set<TaskId>>(SECTIONS.map((section) => [section, new Set()]));
    const come = new Map<TaskId, TaskSummary>();
    for (const { before, after } of moves) {
      if (before !== null) {
        gone.get(sectionOf(before))?.add(before.id);
        come.delete(before.id);
      }
      if (after !== null) come.set(after.id, after);
    }
    for (const section of SECTIONS) {
      const ids = gone.get(section);
      const arriving = [...come.values()].filter((summary) => sectionOf(summary) === section);
      const staying = ids === undefined || ids.size === 0 ? this.#ordered[section] : this.#ordered[section].filter(({ id }) => !ids.has(id));
      if (arriving.length > 0 || staying !== this.#ordered[section]) this.#ordered[section] = staying.concat(arriving).sort(ORDER[section]);
    }
  }
}

type Order = (a: TaskSummary, b: TaskSummary) => number;

const newestEndFirst: Order = (a, b) => (b.completedAt ?? 0) - (a.completedAt ?? 0) || b.id - a.id;
const ORDER: Readonly<Record<Section, Order>> = {
  attention: newestEndFirst,
  running: (a, b) => (a.startedAt ?? 0) - (b.startedAt ?? 0) || a.id - b.id,
  // As the engine claims them.
  waiting: (a, b) => b.orderKey - a.orderKey || a.id - b.id,
  finished: newestEndFirst,
};

/** Whether a change concerns place, section or counts, and not only what a row says. */
function isMove({ before, after }: Change): boolean {
  if (before === null || after === null) return true;
  return before.status !== after.status || ORDER[sectionOf(after)](before, after) !== 0;
}

/** Where a task is or belongs, by bisection. */
function place(ordered: readonly TaskSummary[], task: TaskSummary): number {
  const order = ORDER[sectionOf(task)];
  let low = 0;
  let high = ordered.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = ordered[middle];
    if (other !== undefined && order(other, task) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function statuses(counts: Readonly<Record<TaskStatus, number>>): TaskStatus[] {
  return Object.keys(counts).filter((name): name is TaskStatus => name in SECTION_OF);
}
