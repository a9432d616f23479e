/** One task as a line with a bar, for any width. */
import type { Task } from '../../../shared/task.ts';
import { formatClock } from './format.ts';
import { clean, cut, fit, pad, widthOf } from './text.ts';

const FULL = '█';
const EMPTY = '░';
/** Narrower than this a bar says less than its percentage. */
const MIN_COLUMNS_FOR_BAR = 48;
const MIN_BAR_WIDTH = 8;
const MAX_BAR_WIDTH = 30;
const MIN_NAME_WIDTH = 10;
/** Longest recipe name of those that are bundled: contact-sheet. */
const MAX_RECIPE_WIDTH = 13;
/** From here on the message has a column of its own. */
const MIN_COLUMNS_FOR_MESSAGE = 80;

export type TaskLine = Pick<Task, 'id' | 'recipe' | 'inputs' | 'progress' | 'message'>;

/** `#12 interview.mp4  transcript  ████░░░░  63%  encoding, 3.1x  4:10 left`, at most `width` columns. */
export function renderTaskLine(task: TaskLine, etaSeconds: number | null, width: number): string {
  const id = `#${String(task.id)}`;
  const percent = `${String(Math.floor(task.progress)).padStart(3)}%`;
  const eta = etaSeconds === null ? '' : `${formatClock(etaSeconds)} left`;
  const name = nameOf(task);
  if (width < MIN_COLUMNS_FOR_BAR) return cut(`${id} ${percent} ${fit(name, Math.max(0, width - id.length - percent.length - 2))}`.trimEnd(), width);
  const barWidth = Math.min(MAX_BAR_WIDTH, Math.max(MIN_BAR_WIDTH, Math.floor(width / 6)));
  const recipe = fit(clean(task.recipe), MAX_RECIPE_WIDTH);
  const message = clean(task.message);
  const tail = width >= MIN_COLUMNS_FOR_MESSAGE ? [message, eta] : [eta === '' ? message : eta];
  const fixed = `${bar(task.progress, barWidth)} ${percent}`;
  const nameWidth = Math.max(MIN_NAME_WIDTH, Math.min(widthOf(name), Math.floor(width / 3)));
  const head = `${id} ${pad(fit(name, nameWidth), nameWidth)}  ${recipe}  ${fixed}`;
  return cut([head, ...tail.filter((part) => part !== '')].join('  '), width);
}

/** A bar of exactly `width` columns. It is full only at 100 %. */
export function bar(percent: number, width: number): string {
  const full = Math.floor((Math.min(100, Math.max(0, percent)) / 100) * width);
  return `${FULL.repeat(full)}${EMPTY.repeat(width - full)}`;
}

/** The input's file name, safe to print; of a task that has none, what it is called. */
export function nameOf(task: Pick<Task, 'inputs'> & Partial<Pick<Task, 'recipe'>>): string {
  const path = task.inputs[0] ?? task.recipe ?? '';
  return clean(path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1));
}
