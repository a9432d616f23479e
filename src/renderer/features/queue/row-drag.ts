/** Waiting tasks change places by being dragged. */
import type { DragEvent } from 'react';
import { create } from 'zustand';
import type { TaskId } from '../../../shared/task.ts';
import { useMirror } from '../../store/mirror.ts';
import { useView } from '../../store/view.ts';
import { dropBefore } from './task-verbs.ts';

/** Marks our own drags: the window's drop target lets them be. */
const TYPE = 'application/x-longhaul-tasks';

interface DropLine {
  readonly over: TaskId | null;
  readonly isBelow: boolean;
}

/** Where a dragged row would land. */
export const useDropLine = create<DropLine>(() => ({ over: null, isBelow: false }));

export interface RowDrag {
  start(event: DragEvent, id: TaskId): void;
  over(event: DragEvent): void;
  leave(event: DragEvent): void;
  drop(event: DragEvent): void;
  end(): void;
}

/** The one drag of this window. */
export const rowDrag: RowDrag = createRowDrag();

function createRowDrag(): RowDrag {
  let dragged: ReadonlySet<TaskId> = new Set();
  return {
    start: (event, id) => {
      const { selected } = useView.getState();
      dragged = selected.has(id) ? selected : new Set([id]);
      event.dataTransfer.setData(TYPE, String(id));
      event.dataTransfer.effectAllowed = 'move';
    },
    over: (event) => {
      if (!event.dataTransfer.types.includes(TYPE)) return;
      const place = placeOf(event);
      if (place === null) return clearLine();
      event.preventDefault();
      event.dataTransfer.dropEffect = 'move';
      const { over, isBelow } = useDropLine.getState();
      if (over !== place.over || isBelow !== place.isBelow) useDropLine.setState(place);
    },
    leave: (event) => {
      if (event.target === event.currentTarget) clearLine();
    },
    drop: (event) => {
      const place = placeOf(event);
      clearLine();
      if (!event.dataTransfer.types.includes(TYPE) || place === null || place.over === null) return;
      event.preventDefault();
      dropBefore(dragged, place.isBelow ? nextWaiting(place.over) : place.over);
    },
    end: clearLine,
  };
}

function clearLine(): void {
  useDropLine.setState({ over: null, isBelow: false });
}

/** The waiting row under the pointer, and its half. */
function placeOf(event: DragEvent): DropLine | null {
  const row = event.target instanceof Element ? event.target.closest('[data-task]') : null;
  const id = Number(row?.getAttribute('data-task'));
  if (row === null || useMirror.getState().tasks.get(id) === undefined || row.getAttribute('data-waiting') !== 'true') return null;
  const { top, height } = row.getBoundingClientRect();
  return { over: id, isBelow: event.clientY > top + height / 2 };
}

function nextWaiting(id: TaskId): TaskId | null {
  const waiting = useMirror.getState().sections.of('waiting');
  return waiting[waiting.findIndex((task) => task.id === id) + 1]?.id ?? null;
}
