/** The whole task, which the list does not hold: asked for when the mirror says that something of it is different. */
import { startTransition, useEffect, useState } from 'react';
import type { AttemptRecord } from '../../../shared/contract.ts';
import type { Task, TaskId } from '../../../shared/task.ts';
import { ApiError, api } from '../../api/window-api.ts';
import { useTask } from '../../store/mirror.ts';

/** While it runs its checkpoint grows; nobody needs it more often than this. */
const RUNNING_EVERY_MS = 2_000;
/** Another task's details are here within milliseconds. Whoever waits longer than this sees that they are on their way. */
const PATIENCE_MS = 200;

export interface TaskDetail {
  readonly id: TaskId;
  /** Null until they have come. */
  readonly task: Task | null;
  readonly attempts: readonly AttemptRecord[];
  readonly error: ApiError | null;
}

/** After another task was asked for, the one before stays until the new one has come: one change of what is shown instead of two. */
export function useTaskDetail(id: TaskId): TaskDetail {
  const summary = useTask(id);
  const tick = useTick(summary?.status === 'running' ? RUNNING_EVERY_MS : null);
  const [detail, setDetail] = useState(() => nothingOf(id));
  const state = summary === undefined ? '' : [summary.status, summary.attempt, summary.priority, summary.stopRequested, summary.outputs, summary.warnings, summary.completedAt, summary.error?.code].join();
  useEffect(() => {
    let isCurrent = true;
    // In pieces, too: nobody's click waits for it.
    const show = (next: (before: TaskDetail) => TaskDetail): void => {
      if (isCurrent) startTransition(() => setDetail((before) => next(before.id === id ? before : nothingOf(id))));
    };
    const impatience = setTimeout(() => show((before) => before), PATIENCE_MS);
    Promise.all([api.getTask({ id }), api.getAttempts({ id })]).then(
      ([task, { attempts }]) => show(() => ({ id, task, attempts, error: null })),
      (thrown: unknown) => show((before) => ({ ...before, error: ApiError.from(thrown) })),
    );
    return () => {
      isCurrent = false;
      clearTimeout(impatience);
    };
  }, [id, state, tick]);
  return detail;
}

function nothingOf(id: TaskId): TaskDetail {
  return { id, task: null, attempts: [], error: null };
}

/** Counts up; null: stands still. */
export function useTick(everyMs: number | null): number {
  const [tick, setTick] = useState(0);
  useEffect(() => {
    if (everyMs === null) return;
    const timer = setInterval(() => setTick((count) => count + 1), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return tick;
}
