/** The list of results at the end, and what it means for the exit code. */
import type { Task } from '../../shared/task.ts';
import { nameOf } from './terminal/bar.ts';
import { formatBytes } from './terminal/format.ts';
import { clean } from './terminal/text.ts';

export interface Outcome {
  readonly completed: readonly Task[];
  readonly failed: readonly Task[];
  /** Recipes that did not fit the file's streams, where that was allowed. */
  readonly unfit: readonly Task[];
  /** Cancelled, paused or not finished. */
  readonly open: readonly Task[];
}

/** Sorts tasks by what became of them. */
export function sortOutcome(tasks: readonly Task[], canSkipUnfit: boolean): Outcome {
  const isUnfit = (task: Task): boolean => canSkipUnfit && task.status === 'failed' && task.error?.code === 'INPUT_NO_STREAM';
  return {
    completed: tasks.filter(({ status }) => status === 'completed'),
    failed: tasks.filter((task) => task.status === 'failed' && !isUnfit(task)),
    unfit: tasks.filter(isUnfit),
    open: tasks.filter(({ status }) => status !== 'completed' && status !== 'failed'),
  };
}

/** Every result with its path, then what failed and why, then the numbers. */
export function renderOutcome(outcome: Outcome): string[] {
  const { completed, failed, unfit, open } = outcome;
  const width = Math.max(0, ...[...completed, ...failed, ...unfit].map(({ recipe }) => recipe.length));
  const head = (task: Task, isFirst = true): string => (isFirst ? clean(task.recipe) : '').padEnd(width);
  const made = completed.flatMap((task) => [
    ...task.outputs.map(({ path, sizeBytes }, index) => `  ${head(task, index === 0)}  ${clean(path)}  (${formatBytes(sizeBytes)})`),
    ...task.warnings.map((warning) => `  ${head(task, false)}  Note: ${clean(warning)}`),
  ]);
  const failures = failed.map((task) => `  ${head(task)}  #${String(task.id)} ${nameOf(task)}: ${clean(task.error?.message ?? '')}`);
  const skipped = unfit.map((task) => `  ${head(task)}  ${nameOf(task)}: ${clean(task.error?.message ?? '')}`);
  const numbers = [[completed.length, 'completed'], [failed.length, 'failed'], [unfit.length, 'skipped'], [open.length, 'not finished']] as const;
  return [
    ...titled('Results:', made), ...titled('Failed:', failures), ...titled('Skipped, since the file has nothing for them:', skipped),
    `${numbers.filter(([number], index) => number > 0 || index === 0).map(([number, what]) => `${String(number)} ${what}`).join(', ')}.`,
  ];
}

function titled(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines];
}
