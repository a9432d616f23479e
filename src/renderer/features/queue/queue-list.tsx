import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef } from 'react';
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
  // A new function for each model, and only then: by it the virtualizer knows that its rows' places are others.
  const getItemKey = useMemo(() => keysOf(model), [model]);
  const virtualizer = useVirtualizer({
    count: model.count,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (model.isHeading(index) ? HEADING_HEIGHT : TASK_HEIGHT),
    getItemKey,
    overscan: 8,
  });
  const active = useQueueView((view) => view.active);
  const activeIndex = useMemo(() => model.indexOf(active), [model, active]);
  const shown = virtualizer.getVirtualItems();
  // A row that is scrolled away does not exist and can't be pointed to.
  const isActiveShown = shown.some(({ index }) => index === activeIndex);
  return (
    <div
      ref={scroller} className={classes.scroller} role="grid" tabIndex={0} aria-label={t('title')} aria-rowcount={model.count} aria-colcount={1} aria-multiselectable
      aria-activedescendant={isActiveShown ? `row-${active ?? ''}` : undefined}
      onKeyDown={(event) => handleListKey(event, model, (index) => virtualizer.scrollToIndex(index))}
      onFocus={() => startSomewhere(model)}
      onMouseOver={({ target }) => hover(target)} onMouseLeave={() => useQueueView.setState({ hovered: null })}
      onDragOver={rowDrag.over} onDragLeave={rowDrag.leave} onDrop={rowDrag.drop}
    >
      <div role="rowgroup" className={classes.rows} style={{ height: virtualizer.getTotalSize() }}>
        {shown.map(({ index, start }) => {
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

function hover(target: EventTarget): void {
  const row = target instanceof Element ? target.closest('[data-task]') : null;
  const hovered = row === null ? null : Number(row.getAttribute('data-task'));
  if (useQueueView.getState().hovered !== hovered) useQueueView.setState({ hovered });
}

function keysOf(model: ListModel): (index: number) => number {
  return (index) => Math.min(index, model.count);
}

/** The list has the focus: one row must be the active one. */
function startSomewhere(model: ListModel): void {
  if (model.indexOf(useQueueView.getState().active) >= 0) return;
  const [selected] = useView.getState().selected;
  const key = selected === undefined ? null : `t${selected}`;
  const first = model.row(model.count > 1 ? 1 : 0);
  useQueueView.setState({ active: model.indexOf(key) >= 0 ? key : first === null ? null : keyOf(first) });
}
