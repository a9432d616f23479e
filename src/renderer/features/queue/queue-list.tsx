import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useView } from '../../store/view.ts';
import { HeadingRow } from './heading-row.tsx';
import { keyOf, type ListModel } from './list-model.ts';
import { handleListKey } from './list-keys.ts';
import { useQueueView } from './queue-view.ts';
import { rowDrag } from './row-drag.ts';
import { TaskRow } from './task-row.tsx';
import classes from './queue-list.module.css';

const TASK_HEIGHT = 52;
const HEADING_HEIGHT = 36;

/** One list, of which only what is on the screen exists; the keyboard is on the list and moves an active row. */
export function QueueList({ model }: { readonly model: ListModel }) {
  const { t } = useTranslation('queue');
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: model.count,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (model.row(index)?.kind === 'heading' ? HEADING_HEIGHT : TASK_HEIGHT),
    getItemKey: (index) => index,
    overscan: 8,
  });
  // Where the headings are changes their rows' heights.
  useEffect(() => virtualizer.measure(), [model, virtualizer]);
  const active = useQueueView((view) => view.active);
  return (
    <div
      ref={scroller} className={classes.scroller} role="grid" tabIndex={0} aria-label={t('title')} aria-rowcount={model.count} aria-colcount={1} aria-multiselectable
      aria-activedescendant={model.indexOf(active) >= 0 ? `row-${active ?? ''}` : undefined}
      onKeyDown={(event) => handleListKey(event, model, (index) => virtualizer.scrollToIndex(index))}
      onFocus={() => startSomewhere(model)}
      onDragOver={rowDrag.over} onDragLeave={rowDrag.leave} onDrop={rowDrag.drop}
    >
      <div role="rowgroup" className={classes.rows} style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ index, start }) => {
          const row = model.row(index);
          if (row === null) return null;
          return row.kind === 'heading'
            ? <HeadingRow key={keyOf(row)} section={row.section} count={row.count} isFolded={row.isFolded} index={index} start={start} />
            : <TaskRow key={keyOf(row)} id={row.id} index={index} start={start} model={model} />;
        })}
      </div>
    </div>
  );
}

/** The list has the focus: one row must be the active one. */
function startSomewhere(model: ListModel): void {
  if (model.indexOf(useQueueView.getState().active) >= 0) return;
  const [selected] = useView.getState().selected;
  const key = selected === undefined ? null : `t${selected}`;
  const first = model.row(model.count > 1 ? 1 : 0);
  useQueueView.setState({ active: model.indexOf(key) >= 0 ? key : first === null ? null : keyOf(first) });
}
