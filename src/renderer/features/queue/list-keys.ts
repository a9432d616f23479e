/** The keys of the list. features/keys/key-table.ts shows them to the user. */
import type { KeyboardEvent } from 'react';
import type { TaskId } from '../../../shared/task.ts';
import { useMirror } from '../../store/mirror.ts';
import { openTask, select, useView } from '../../store/view.ts';
import { keyOf, type ListModel, type Row } from './list-model.ts';
import { foldSection, useQueueView } from './queue-view.ts';
import { cancelOrRemove, moveByOne, nudgePriority, pauseOrResume, retry } from './task-verbs.ts';

/** Rows that Page Up and Page Down jump over. */
const PAGE_ROWS = 12;

/** Does what a key means; others go on to the window. */
export function handleListKey(event: KeyboardEvent, model: ListModel, scrollTo: (index: number) => void): void {
  // Keys in a row's menu belong to the menu.
  if (event.target !== event.currentTarget) return;
  const index = model.indexOf(useQueueView.getState().active);
  const goal = goalOf(event, index, model.count);
  if (goal !== null) {
    event.preventDefault();
    go(goal, event, model);
    scrollTo(goal);
  } else if (handleOnRow(event, model, model.row(index))) {
    event.preventDefault();
    event.stopPropagation();
  }
}

function goalOf({ key, altKey, ctrlKey, metaKey }: KeyboardEvent, index: number, count: number): number | null {
  if (altKey || count === 0 || ((ctrlKey || metaKey) && key !== 'Home' && key !== 'End')) return null;
  const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: PAGE_ROWS, PageUp: -PAGE_ROWS, Home: -count, End: count };
  const step = steps[key];
  return step === undefined ? null : Math.min(count - 1, Math.max(0, index + step));
}

/** The active row goes along with the selection, as in a file manager; Shift stretches it. */
function go(goal: number, { shiftKey }: KeyboardEvent, model: ListModel): void {
  const row = model.row(goal);
  if (row === null) return;
  const key = keyOf(row);
  const { anchor, active } = useQueueView.getState();
  const from = anchor ?? active ?? key;
  useQueueView.setState({ active: key, anchor: shiftKey ? from : key });
  select(model.between(shiftKey ? Math.max(0, model.indexOf(from)) : goal, goal));
  const { openTask: open } = useView.getState();
  // An open panel follows.
  if (open !== null && row.kind === 'task' && !shiftKey) openTask(row.id);
}

function handleOnRow(event: KeyboardEvent, model: ListModel, row: Row | null): boolean {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'a') {
    select(model.all());
    return true;
  }
  if (event.ctrlKey || event.metaKey || row === null) return false;
  return row.kind === 'heading' ? handleOnHeading(event, row) : handleOnTask(event, row.id);
}

function handleOnHeading({ key }: KeyboardEvent, { section, isFolded }: Extract<Row, { kind: 'heading' }>): boolean {
  if (key === 'ArrowRight' || key === 'ArrowLeft') foldSection(section, key === 'ArrowLeft');
  else if (key === 'Enter' || key === ' ') foldSection(section, !isFolded);
  else return false;
  return true;
}

function handleOnTask({ key, altKey }: KeyboardEvent, id: TaskId): boolean {
  const ids = targets(id);
  if (altKey) {
    if (key !== 'ArrowUp' && key !== 'ArrowDown') return false;
    moveByOne(ids, key === 'ArrowUp' ? 'up' : 'down');
    return true;
  }
  switch (key) {
    case 'Enter':
      openTask(id);
      return true;
    case ' ':
      toggle(id);
      return true;
    case 'Escape':
      return escape();
    case 'Delete':
    case 'Backspace':
      cancelOrRemove(ids);
      return true;
    case 'p':
      pauseOrResume(ids);
      return true;
    case 'r':
      retry(ids);
      return true;
    case '+':
    case '=':
      nudgePriority(ids, 1);
      return true;
    case '-':
      nudgePriority(ids, -1);
      return true;
    default:
      return false;
  }
}

/** All selected tasks when the active one is among them, else that one. */
function targets(id: TaskId): TaskId[] {
  const { selected } = useView.getState();
  if (!selected.has(id)) return [id];
  const { tasks } = useMirror.getState();
  return [...selected].filter((other) => tasks.has(other));
}

function toggle(id: TaskId): void {
  const selected = new Set(useView.getState().selected);
  if (!selected.delete(id)) selected.add(id);
  select(selected);
}

/** First the panel closes, then the selection goes. */
function escape(): boolean {
  const { openTask: open, selected } = useView.getState();
  if (open !== null) openTask(null);
  else if (selected.size > 0) select([]);
  else return false;
  return true;
}
