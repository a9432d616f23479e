/** How the queue is looked at: filters, search, folded sections, the row that the keyboard is on. */
import { create } from 'zustand';
import type { TaskId, TaskType } from '../../../shared/task.ts';
import type { Section } from '../../store/sections.ts';
import type { StateFilter } from './list-model.ts';

export interface QueueView {
  readonly search: string;
  readonly state: StateFilter;
  readonly type: TaskType | 'all';
  readonly folded: ReadonlySet<Section>;
  /** Key of the row that the keyboard is on: see list-model.ts. */
  readonly active: string | null;
  /** Where a selection with Shift began. */
  readonly anchor: string | null;
  /** The task that the pointer is on. One place for all rows: a row that moves away from under the pointer hears nothing of it. */
  readonly hovered: TaskId | null;
}

export const useQueueView = create<QueueView>(() => ({ search: '', state: 'all', type: 'all', folded: new Set(), active: null, anchor: null, hovered: null }));

export function foldSection(section: Section, isFolded: boolean): void {
  const folded = new Set(useQueueView.getState().folded);
  if (isFolded) folded.add(section);
  else folded.delete(section);
  useQueueView.setState({ folded });
}

export function clearFilters(): void {
  useQueueView.setState({ search: '', state: 'all', type: 'all' });
}
