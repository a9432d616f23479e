/** What a click on a row selects and opens, as in a file manager. */
import type { MouseEvent } from 'react';
import type { TaskId } from '../../../shared/task.ts';
import { openSelected, select, useView } from '../../store/view.ts';
import { taskKey, type ListModel } from './list-model.ts';
import { useQueueView } from './queue-view.ts';

/** A click selects and opens, with Ctrl it adds, with Shift it stretches. */
export function clickRow({ shiftKey, ctrlKey, metaKey }: MouseEvent, id: TaskId, model: ListModel): void {
  const key = taskKey(id);
  const { anchor } = useQueueView.getState();
  if (shiftKey) {
    useQueueView.setState({ active: key });
    const from = model.indexOf(anchor);
    select(model.between(from < 0 ? model.indexOf(key) : from, model.indexOf(key)));
    return;
  }
  useQueueView.setState({ active: key, anchor: key });
  if (ctrlKey || metaKey) {
    const selected = new Set(useView.getState().selected);
    if (!selected.delete(id)) selected.add(id);
    select(selected);
    return;
  }
  select([id]);
  openSelected(id);
}
