import { Skeleton, Tabs } from '@mantine/core';
import { memo, useLayoutEffect, useRef, useState, type UIEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { TaskId } from '../../../shared/task.ts';
import { useTask } from '../../store/mirror.ts';
import { ErrorText } from '../../ui/error-text.tsx';
import { taskName } from '../../ui/task-name.ts';
import { AttemptList } from './attempt-list.tsx';
import { FilePreview } from './file-preview.tsx';
import { LogView } from './log-view.tsx';
import { OutputList } from './output-list.tsx';
import { ProblemBox } from './problem-box.tsx';
import { TaskFacts } from './task-facts.tsx';
import { TaskHeading } from './task-heading.tsx';
import { TaskTools } from './task-tools.tsx';
import { useTaskDetail, type TaskDetail } from './use-task-detail.ts';
import { WarningList } from './warning-list.tsx';
import classes from './task-panel.module.css';

const TABS = ['overview', 'attempts', 'log'] as const;

/** All about one task, beside the queue. For another task it is changed and not made anew, which costs twice as much. */
export function TaskPanel({ id }: { readonly id: TaskId }) {
  return <Panel detail={useTaskDetail(id)} />;
}

const Panel = memo(function Panel({ detail }: { readonly detail: TaskDetail }) {
  const { t } = useTranslation('task');
  const { id } = detail;
  const summary = useTask(id);
  const [chosen, setChosen] = useState({ id, tab: 'overview' });
  const show = (tab: string): void => setChosen({ id, tab });
  // Each task is opened with its overview.
  const tab = chosen.id === id ? chosen.tab : 'overview';
  const noteScroll = useStartAtTop(id);
  if (summary === undefined) return null;
  return (
    <div className={classes.panel} onScrollCapture={noteScroll}>
      <TaskHeading summary={summary} />
      <TaskTools summary={summary} />
      {detail.task !== null && <ProblemBox key={id} task={detail.task} onShowLog={() => show('log')} />}
      <Tabs value={tab} onChange={(next) => show(next ?? 'overview')} keepMounted={false} classNames={{ root: classes.tabs, panel: classes.tab }}>
        <Tabs.List>
          {TABS.map((name) => <Tabs.Tab key={name} value={name}>{name === 'attempts' ? t('tab.attempts', { count: summary.attempt }) : t(`tab.${name}`)}</Tabs.Tab>)}
        </Tabs.List>
        <Tabs.Panel value="overview" tabIndex={0}><Overview detail={detail} name={taskName(summary)} /></Tabs.Panel>
        <Tabs.Panel value="attempts" tabIndex={0}><AttemptList key={id} name={taskName(summary)} attempts={detail.attempts} running={summary.status === 'running' ? summary : null} /></Tabs.Panel>
        <Tabs.Panel value="log"><LogView key={id} id={id} /></Tabs.Panel>
      </Tabs>
    </div>
  );
});

/** What was scrolled away of one task must not be missing of the next. Returns what notes where was scrolled. */
function useStartAtTop(id: TaskId): (event: UIEvent) => void {
  const scrolled = useRef(new Set<EventTarget>());
  useLayoutEffect(() => {
    // Asking an element where it is scrolled to would cost a layout: only what was scrolled is put back.
    for (const element of scrolled.current) if (element instanceof Element) element.scrollTo({ top: 0 });
    scrolled.current.clear();
  }, [id]);
  return ({ target }) => void scrolled.current.add(target);
}

/** It knows nothing of progress, which changes the rest of the panel twice a second. */
const Overview = memo(function Overview({ detail: { task, error }, name }: { readonly detail: TaskDetail; readonly name: string }) {
  if (task === null) return error === null ? <Skeleton height={160} /> : <ErrorText error={error} name={name} hasDetails />;
  return (
    <>
      <WarningList warnings={task.warnings} />
      <FilePreview key={`${task.id} ${task.status} ${task.attempt}`} task={task} />
      <OutputList task={task} />
      <TaskFacts task={task} />
    </>
  );
});
