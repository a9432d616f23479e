/**
 * The state machine as data. Every change of a task's status is one row of this table, one store function and one
 * transaction guarded in its WHERE by `from` and, where `isFenced`, by lease owner and attempt.
 * docs/state-machine.md is generated from it.
 */
import { TaskError } from '../../shared/errors.ts';
import { TASK_STATUSES, type TaskStatus } from '../../shared/task.ts';

export interface Transition {
  readonly from: readonly TaskStatus[];
  readonly to: TaskStatus;
  /** Who asks for it. */
  readonly by: 'user' | 'scheduler' | 'worker' | 'engine';
  /** Only the attempt that holds the lease may do it. */
  readonly isFenced: boolean;
  readonly meaning: string;
}

export const TRANSITIONS = {
  stage: { from: ['waiting', 'retrying'], to: 'pending', by: 'scheduler', isFenced: false, meaning: 'Its time has come and no task before it is open.' },
  claim: { from: ['pending'], to: 'running', by: 'scheduler', isFenced: false, meaning: 'A free worker takes the first task of its queue; attempt + 1, a lease begins.' },
  complete: { from: ['running'], to: 'completed', by: 'worker', isFenced: true, meaning: 'Outputs are checked, published and hashed.' },
  fail: { from: ['running'], to: 'failed', by: 'worker', isFenced: true, meaning: 'The error is not retryable or no retry is left: a dead letter.' },
  backOff: { from: ['running'], to: 'retrying', by: 'worker', isFenced: true, meaning: 'A retryable error; failures + 1, runAt says when.' },
  interrupt: { from: ['running'], to: 'pending', by: 'engine', isFenced: true, meaning: 'Quit, a hold, sleep or a lost worker: no fault of the task, spends no retry.' },
  rescue: { from: ['running'], to: 'pending', by: 'engine', isFenced: false, meaning: 'At start: the engine that held the lease is gone.' },
  poison: { from: ['running'], to: 'failed', by: 'engine', isFenced: false, meaning: 'It took its worker down three times: a dead letter.' },
  settlePause: { from: ['running'], to: 'paused', by: 'worker', isFenced: true, meaning: 'The worker has stopped as the user wished.' },
  settleCancel: { from: ['running'], to: 'cancelled', by: 'worker', isFenced: true, meaning: 'The worker has stopped as the user wished.' },
  pause: { from: ['pending', 'waiting', 'retrying'], to: 'paused', by: 'user', isFenced: false, meaning: 'Stays where it is until resumed. A running one is asked to stop first (settlePause).' },
  resume: { from: ['paused'], to: 'waiting', by: 'user', isFenced: false, meaning: 'Staged again in the same commit when nothing holds it.' },
  cancel: { from: ['pending', 'waiting', 'retrying', 'paused'], to: 'cancelled', by: 'user', isFenced: false, meaning: 'A running one is asked to stop first (settleCancel).' },
  retry: { from: ['failed', 'cancelled'], to: 'waiting', by: 'user', isFenced: false, meaning: 'Failures and worker losses start at 0 again, the checkpoint is kept. So do tasks that had failed only because they depend on it. Staged again in the same commit when nothing holds it.' },
  holdBack: { from: ['pending'], to: 'waiting', by: 'scheduler', isFenced: false, meaning: 'It would have gone on without a failed or cancelled task, and that one was retried first.' },
  breakDependency: { from: ['waiting', 'paused'], to: 'failed', by: 'scheduler', isFenced: false, meaning: 'A task it depends on failed, was cancelled or removed.' },
} as const satisfies Record<string, Transition>;

export type TransitionName = keyof typeof TRANSITIONS;

/** Whether a task in this status can make the transition. */
export function canMake(name: TransitionName, status: TaskStatus): boolean {
  const from: readonly TaskStatus[] = TRANSITIONS[name].from;
  return from.includes(status);
}

/** The status after the transition. Throws TASK_STATE where the machine has no such arrow. */
export function next(name: TransitionName, status: TaskStatus): TaskStatus {
  if (!canMake(name, status)) {
    throw new TaskError('TASK_STATE', `A task that is ${status} can't ${name}. It can: ${waysOutOf(status).join(', ') || 'nothing'}.`);
  }
  return TRANSITIONS[name].to;
}

/** Transitions that lead out of a status. */
export function waysOutOf(status: TaskStatus): TransitionName[] {
  const names: TransitionName[] = [];
  for (const name of Object.keys(TRANSITIONS)) {
    if (isTransitionName(name) && canMake(name, status)) names.push(name);
  }
  return names;
}

/** The table of docs/state-machine.md, in Markdown. */
export function describeTransitions(): string {
  const rows = Object.entries(TRANSITIONS).map(
    ([name, t]) => `| ${name} | ${t.from.join(', ')} | ${t.to} | ${t.by} | ${t.isFenced ? 'lease owner and attempt' : 'status'} | ${t.meaning} |`,
  );
  const outs = TASK_STATUSES.map((status) => `- **${status}** → ${waysOutOf(status).map((name) => `${name} (${TRANSITIONS[name].to})`).join(', ') || 'nothing: it is settled'}`);
  return ['| transition | from | to | by | guarded by | meaning |', '|---|---|---|---|---|---|', ...rows, '', '## Ways out of each status', '', ...outs, ''].join('\n');
}

function isTransitionName(name: string): name is TransitionName {
  return name in TRANSITIONS;
}
