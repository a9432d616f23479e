/** What the user does to tasks: only those that it fits are asked of the engine, so that a mixed selection is no mistake. */
import i18next from 'i18next';
import type { TaskSummary } from '../../../shared/summary.ts';
import type { TaskId } from '../../../shared/task.ts';
import { api } from '../../api/window-api.ts';
import { useMirror } from '../../store/mirror.ts';
import { attempt, toast } from '../../ui/toast.ts';
import { actionsFor, type TaskAction } from '../task/actions.ts';
import { movesByOne, movesTo, type Move } from './reorder.ts';

/** Those of the tasks that an action fits now. */
export function fitting(ids: Iterable<TaskId>, action: TaskAction): TaskId[] {
  const { tasks } = useMirror.getState();
  return [...ids].filter((id) => {
    const task = tasks.get(id);
    return task !== undefined && actionsFor(task).includes(action);
  });
}

/** Whether an action fits any of them. */
export function fitsAny(ids: readonly TaskId[], action: TaskAction): boolean {
  const { tasks } = useMirror.getState();
  return ids.some((id) => {
    const task = tasks.get(id);
    return task !== undefined && actionsFor(task).includes(action);
  });
}

export function pause(ids: Iterable<TaskId>): void {
  act(fitting(ids, 'pause'), (some) => api.pauseTasks({ ids: some }));
}

export function resume(ids: Iterable<TaskId>): void {
  act(fitting(ids, 'resume'), (some) => api.resumeTasks({ ids: some }));
}

/** Pauses what goes on; when nothing does, resumes what is paused. */
export function pauseOrResume(ids: readonly TaskId[]): void {
  const pausable = fitting(ids, 'pause');
  if (pausable.length > 0) pause(pausable);
  else resume(ids);
}

/** With a way back: cancelled tasks keep their checkpoints, so undoing costs nothing that was done. */
export function cancel(ids: Iterable<TaskId>): void {
  const cancelled = fitting(ids, 'cancel');
  act(cancelled, async (some) => {
    await api.cancelTasks({ ids: some });
    toast.undo(i18next.t('queue:cancelled', { count: some.length }), () => undoCancel(some));
  });
}

async function undoCancel(ids: readonly TaskId[]): Promise<void> {
  await whenStopped(ids);
  const again = fitting(ids, 'retry');
  if (again.length > 0) await api.retryTasks({ ids: again });
}

/** A running task is cancelled only when its worker has let go. */
function whenStopped(ids: readonly TaskId[]): Promise<void> {
  const isStopped = (tasks: ReadonlyMap<TaskId, TaskSummary>) => ids.every((id) => tasks.get(id)?.status !== 'running');
  return new Promise((resolve) => {
    if (isStopped(useMirror.getState().tasks)) return resolve();
    const stop = useMirror.subscribe(({ tasks }) => {
      if (!isStopped(tasks)) return;
      stop();
      resolve();
    });
  });
}

export function retry(ids: Iterable<TaskId>): void {
  act(fitting(ids, 'retry'), (some) => api.retryTasks({ ids: some }));
}

/** Everything that failed, shown or not. */
export function retryAllFailed(): void {
  retry(useMirror.getState().sections.of('attention').map(({ id }) => id));
}

/** Takes tasks off the list; their files stay. */
export function remove(ids: Iterable<TaskId>): void {
  act(fitting(ids, 'remove'), async (some) => {
    await api.removeTasks({ ids: some });
    toast.done(i18next.t('queue:removed', { count: some.length }));
  });
}

/** What a Delete key means: unfinished work is cancelled, the rest goes off the list. */
export function cancelOrRemove(ids: readonly TaskId[]): void {
  const unfinished = fitting(ids, 'cancel');
  if (unfinished.length > 0) cancel(unfinished);
  else remove(ids);
}

export function prioritise(ids: Iterable<TaskId>, priority: number): void {
  act(fitting(ids, 'prioritise'), (some) => api.prioritiseTasks({ ids: some, priority }));
}

/** One step up or down from what each task has. */
export function nudgePriority(ids: Iterable<TaskId>, step: 1 | -1): void {
  const { tasks } = useMirror.getState();
  const byPriority = new Map<number, TaskId[]>();
  for (const id of fitting(ids, 'prioritise')) {
    const next = Math.min(10, Math.max(0, (tasks.get(id)?.priority ?? 5) + step));
    byPriority.set(next, [...(byPriority.get(next) ?? []), id]);
  }
  for (const [priority, some] of byPriority) prioritise(some, priority);
}

/** Drops tasks before the waiting task `before`; null: behind all of them. */
export function dropBefore(ids: Iterable<TaskId>, before: TaskId | null): void {
  const waiting = currentWaiting();
  const at = before === null ? -1 : waiting.findIndex(({ id }) => id === before);
  makeMoves(movesTo(waiting, new Set(ids), at < 0 ? waiting.length : at));
}

export function moveByOne(ids: Iterable<TaskId>, direction: 'up' | 'down'): void {
  makeMoves(movesByOne(currentWaiting(), new Set(ids), direction));
}

function makeMoves(moves: readonly Move[]): void {
  attempt(async () => {
    for (const move of moves) await api.moveTasks(move);
  });
}

function currentWaiting(): TaskSummary[] {
  const { sections, tasks } = useMirror.getState();
  return sections.of('waiting').map((task) => tasks.get(task.id) ?? task);
}

function act(ids: TaskId[], action: (ids: TaskId[]) => Promise<unknown>): void {
  if (ids.length > 0) attempt(() => action(ids));
}
