/** The whole task, which the list does not hold: asked for when the mirror says that something of it is different. */
import { useEffect, useState } from 'react';
import type { AttemptRecord } from '../../../shared/contract.ts';
import type { Task, TaskId } from '../../../shared/task.ts';
import { ApiError, api } from '../../api/window-api.ts';
import { useTask } from '../../store/mirror.ts';

/** While it runs its checkpoint grows; nobody needs it more often than this. */
const RUNNING_EVERY_MS = 2_000;

export interface TaskDetail {
  /** Null until they have come. */
  readonly task: Task | null;
  readonly attempts: readonly AttemptRecord[];
  readonly error: ApiError | null;
}

export function useTaskDetail(id: TaskId): TaskDetail {
  const summary = useTask(id);
  const tick = useTick(summary?.status === 'running' ? RUNNING_EVERY_MS : null);
  const [detail, setDetail] = useState<TaskDetail>({ task: null, attempts: [], error: null });
  const state = summary === undefined ? '' : [summary.status, summary.attempt, summary.priority, summary.stopRequested, summary.outputs, summary.warnings, summary.completedAt, summary.error?.code].join();
  useEffect(() => {
    let isCurrent = true;
    Promise.all([api.getTask({ id }), api.getAttempts({ id })]).then(
      ([task, { attempts }]) => isCurrent && setDetail({ task, attempts, error: null }),
      (thrown: unknown) => isCurrent && setDetail((before) => ({ ...before, error: ApiError.from(thrown) })),
    );
    return () => {
      isCurrent = false;
    };
  }, [id, state, tick]);
  return detail;
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
