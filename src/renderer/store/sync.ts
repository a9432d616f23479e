/**
 * How the mirror stays true: snapshot pages and deltas, put together by epoch and revision. Pure: it is given what comes and says what
 * to do next; who asks the engine is store/connect.ts.
 */
import type { MethodOutput, WindowEvent } from '../../shared/contract.ts';
import type { ProgressUpdate, TaskSummary } from '../../shared/summary.ts';
import type { TaskId } from '../../shared/task.ts';

export type SnapshotPage = MethodOutput<'getSnapshot'>;
export type Delta = Extract<WindowEvent, { kind: 'delta' }>;

/** One thing that became different. before: null: it is new; after: null: it is gone. */
export interface Change {
  readonly before: TaskSummary | null;
  readonly after: TaskSummary | null;
}

/**
 * applied: tasks shows it, and these are the changes. replaced: `tasks` is another map now. later: nothing to show yet.
 * gap: something was missed; only a new snapshot helps.
 */
export type Outcome = { kind: 'applied'; changes: readonly Change[] } | { kind: 'replaced' } | { kind: 'later' } | { kind: 'gap' };

/** What a page that is older than a delta must not undo. progress: of a task whose page has not come yet. */
interface Touch {
  revision: number;
  progress: ProgressUpdate | null;
}

/** A snapshot on its way. */
interface Loading {
  readonly tasks: Map<TaskId, TaskSummary>;
  /** Deltas that came before the first page. */
  readonly early: Delta[];
  readonly touched: Map<TaskId, Touch>;
  /** What it shows already, or will when it is whole. */
  readonly isShown: boolean;
  epoch: string | null;
}

/** The list of tasks as this window knows it. The map is changed in place: copying a hundred thousand entries for each delta would cost more than all else. */
export class Sync {
  #tasks = new Map<TaskId, TaskSummary>();
  #epoch: string | null = null;
  #revision = 0;
  #loading: Loading | null = null;
  #isWhole = false;

  get tasks(): ReadonlyMap<TaskId, TaskSummary> {
    return this.#tasks;
  }

  /** Whether a whole snapshot was shown once. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** A new snapshot is asked for. What was shown stays until the new one is whole; a first one is shown page by page. */
  begin(): void {
    const isShown = !this.#isWhole;
    this.#loading = { tasks: new Map(), early: [], touched: new Map(), isShown, epoch: null };
    if (isShown) this.#tasks = this.#loading.tasks;
  }

  /** A page of the snapshot that was begun last. */
  page(page: SnapshotPage): Outcome {
    const loading = this.#loading;
    if (loading === null) return { kind: 'later' };
    const isFirst = loading.epoch === null;
    if (!isFirst && loading.epoch !== page.epoch) return { kind: 'gap' };
    if (isFirst) {
      loading.epoch = page.epoch;
      this.#epoch = page.epoch;
      this.#revision = page.revision;
    }
    const changes = takePage(loading, page);
    if (isFirst) {
      for (const delta of loading.early) {
        const outcome = this.#follow(delta, loading.tasks, changes);
        if (outcome === 'gap') return { kind: 'gap' };
      }
    }
    return this.#pageOutcome(loading, page, changes);
  }

  #pageOutcome(loading: Loading, page: SnapshotPage, changes: Change[]): Outcome {
    if (page.next !== null) return loading.isShown ? { kind: 'applied', changes } : { kind: 'later' };
    this.#loading = null;
    this.#isWhole = true;
    if (loading.isShown) return { kind: 'applied', changes };
    this.#tasks = loading.tasks;
    return { kind: 'replaced' };
  }

  delta(delta: Delta): Outcome {
    const loading = this.#loading;
    if (loading !== null && loading.epoch === null) {
      loading.early.push(delta);
      return { kind: 'later' };
    }
    const changes: Change[] = [];
    const outcome = this.#follow(delta, loading?.tasks ?? this.#tasks, changes);
    if (outcome === 'gap') return { kind: 'gap' };
    return loading === null || loading.isShown ? { kind: 'applied', changes } : { kind: 'later' };
  }

  #follow(delta: Delta, tasks: Map<TaskId, TaskSummary>, changes: Change[]): 'gap' | 'followed' {
    if (delta.epoch !== this.#epoch) return 'gap';
    // The snapshot has it already.
    if (delta.revision <= this.#revision) return 'followed';
    if (delta.revision !== this.#revision + 1) return 'gap';
    this.#revision = delta.revision;
    if (this.#loading !== null) rememberTouches(this.#loading, delta);
    applyDelta(tasks, delta, changes);
    return 'followed';
  }
}

function takePage({ tasks, touched }: Loading, page: SnapshotPage): Change[] {
  const changes: Change[] = [];
  for (const summary of page.tasks) {
    const touch = touched.get(summary.id);
    if (touch !== undefined && touch.progress === null && touch.revision > page.revision) continue;
    const isProgressNewer = touch !== undefined && touch.progress !== null && touch.revision > page.revision;
    const before = tasks.get(summary.id) ?? null;
    const after = isProgressNewer ? { ...summary, ...touch.progress } : summary;
    tasks.set(summary.id, after);
    changes.push({ before, after });
  }
  return changes;
}

function rememberTouches({ tasks, touched }: Loading, { revision, tasks: changed, removed, progress }: Delta): void {
  for (const { id } of changed) touched.set(id, { revision, progress: null });
  for (const id of removed) touched.set(id, { revision, progress: null });
  for (const update of progress) {
    if (!tasks.has(update.id) && touched.get(update.id)?.progress !== null) touched.set(update.id, { revision, progress: update });
  }
}

function applyDelta(tasks: Map<TaskId, TaskSummary>, delta: Delta, changes: Change[]): void {
  for (const after of delta.tasks) {
    changes.push({ before: tasks.get(after.id) ?? null, after });
    tasks.set(after.id, after);
  }
  for (const id of delta.removed) {
    const before = tasks.get(id);
    if (before === undefined) continue;
    tasks.delete(id);
    changes.push({ before, after: null });
  }
  for (const update of delta.progress) {
    const before = tasks.get(update.id);
    if (before === undefined) continue;
    const after = { ...before, ...update };
    tasks.set(update.id, after);
    changes.push({ before, after });
  }
}
