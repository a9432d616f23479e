/** What this window shows at the moment: nothing here survives it or concerns the engine. */
import { create } from 'zustand';
import type { TaskId } from '../../shared/task.ts';

export const PAGES = ['queue', 'recipes', 'watches', 'models', 'settings'] as const;
export type Page = (typeof PAGES)[number];

export interface View {
  readonly page: Page;
  /** The task whose detail panel is open. */
  readonly openTask: TaskId | null;
  /** The task whose transcript covers all else. */
  readonly transcriptOf: TaskId | null;
  readonly selected: ReadonlySet<TaskId>;
  readonly isKeyListOpen: boolean;
}

export const useView = create<View>(() => ({ page: 'queue', openTask: null, transcriptOf: null, selected: new Set(), isKeyListOpen: false }));

/** Goes to a page; a transcript that covers it closes. */
export function showPage(page: Page): void {
  useView.setState({ page, transcriptOf: null });
}

/** Opens a task's detail panel beside the queue; null closes it. */
export function openTask(id: TaskId | null): void {
  useView.setState(id === null ? { openTask: null } : { openTask: id, page: 'queue', transcriptOf: null });
}

/** Opens a task's panel once the selection of its row is on the screen: the panel is larger than the row, and the click shall be seen at once. */
export function openSelected(id: TaskId): void {
  requestAnimationFrame(() => setTimeout(() => {
    const { selected } = useView.getState();
    if (selected.size === 1 && selected.has(id)) openTask(id);
  }));
}

/** Opens a task's transcript over everything; null goes back. */
export function openTranscript(id: TaskId | null): void {
  useView.setState({ transcriptOf: id });
}

export function select(ids: Iterable<TaskId>): void {
  useView.setState({ selected: new Set(ids) });
}

export function showKeyList(isOpen: boolean): void {
  useView.setState({ isKeyListOpen: isOpen });
}
