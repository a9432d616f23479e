import { IconCheck } from '@tabler/icons-react';
import { memo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TaskSummary } from '../../../shared/summary.ts';
import type { TaskId } from '../../../shared/task.ts';
import { useTask } from '../../store/mirror.ts';
import { useView } from '../../store/view.ts';
import { MiddleText } from '../../ui/middle-text.tsx';
import { recipeName } from '../../ui/recipes.ts';
import { taskName, upkeepNote } from '../../ui/task-name.ts';
import { TypeIcon } from '../../ui/type-icon.tsx';
import { usePlace } from '../../ui/use-place.ts';
import { taskKey, type ListModel } from './list-model.ts';
import { useQueueView } from './queue-view.ts';
import { RowActions } from './row-actions.tsx';
import { clickRow } from './row-pointer.ts';
import { RowProgress } from './row-progress.tsx';
import { rowDrag, useDropLine } from './row-drag.ts';
import classes from './task-row.module.css';

interface Props {
  readonly id: TaskId;
  readonly index: number;
  readonly start: number;
  readonly model: ListModel;
}

/** A task of the list. It hears of its own changes; the list makes it anew only when it moves. */
export const TaskRow = memo(function TaskRow({ id, index, start, model }: Props) {
  const task = useTask(id);
  const isSelected = useView((view) => view.selected.has(id));
  const isActive = useQueueView((view) => view.active === taskKey(id));
  const isOpen = useView((view) => view.openTask === id);
  const isHovered = useQueueView((view) => view.hovered === id);
  const dropLine = useDropLine(({ over, isBelow }) => (over !== id ? undefined : isBelow ? 'below' : 'above'));
  if (task === undefined) return null;
  const isWaiting = task.status === 'pending' || task.status === 'waiting' || task.status === 'retrying' || task.status === 'paused';
  return (
    <div
      id={`row-${taskKey(id)}`} role="row" aria-rowindex={index + 1} aria-selected={isSelected} className={classes.row} style={{ transform: `translateY(${start}px)` }}
      data-task={id} data-waiting={isWaiting} data-status={task.status} data-selected={isSelected} data-active={isActive} data-open={isOpen} data-drop={dropLine}
      draggable={task.status === 'pending'} onDragStart={(event) => rowDrag.start(event, id)} onDragEnd={rowDrag.end} onClick={(event) => clickRow(event, id, model)}
    >
      <RowCells task={task} hasActions={isHovered || isActive} />
    </div>
  );
});

/** hasActions: only where somebody is: a menu in every row would cost more than the row. */
function RowCells({ task, hasActions }: { readonly task: TaskSummary; readonly hasActions: boolean }) {
  const { t } = useTranslation('queue');
  const place = usePlace(task.input);
  const [isMenuOpen, setIsMenuOpen] = useState(false);
  const name = taskName(task);
  const upkeep = upkeepNote(task);
  return (
    <div role="gridcell" className={classes.cells}>
      <span className={classes.icon} title={t(`types.${task.type}`)}>
        {task.status === 'completed' ? <IconCheck size={20} stroke={2} className={classes.done} aria-hidden /> : <TypeIcon type={task.type} />}
      </span>
      <div className={classes.name}>
        <MiddleText text={name} title={task.input || name} />
        <span className={classes.folder}>{upkeep ?? <><span className={classes.narrowRecipe}>{recipeName(task.recipe)} · </span>{place}</>}</span>
      </div>
      <span className={classes.recipe}>
        {upkeep === null ? recipeName(task.recipe) : t(`types.${task.type}`)}
        {upkeep === null && task.priority !== 5 && <span className={classes.priority} title={t('priority', { priority: task.priority })}>{task.priority > 5 ? '▲' : '▼'} {task.priority}</span>}
      </span>
      <RowProgress task={task} name={name} />
      {(hasActions || isMenuOpen) && <RowActions task={task} name={name} onMenu={setIsMenuOpen} />}
    </div>
  );
}
