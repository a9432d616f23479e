import { Skeleton, Tabs } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TaskId } from '../../../shared/task.ts';
import { useTask } from '../../store/mirror.ts';
import { ErrorText } from '../../ui/error-text.tsx';
import { fileName } from '../../ui/paths.ts';
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

/** All about one task, beside the queue. */
export function TaskPanel({ id }: { readonly id: TaskId }) {
  const { t } = useTranslation('task');
  const summary = useTask(id);
  const detail = useTaskDetail(id);
  const [tab, setTab] = useState<string>('overview');
  if (summary === undefined) return null;
  return (
    <div className={classes.panel}>
      <TaskHeading summary={summary} />
      <TaskTools summary={summary} />
      {detail.task !== null && <ProblemBox task={detail.task} onShowLog={() => setTab('log')} />}
      <Tabs value={tab} onChange={(next) => setTab(next ?? 'overview')} keepMounted={false} classNames={{ root: classes.tabs, panel: classes.tab }}>
        <Tabs.List>
          {TABS.map((name) => <Tabs.Tab key={name} value={name}>{name === 'attempts' ? t('tab.attempts', { count: summary.attempt }) : t(`tab.${name}`)}</Tabs.Tab>)}
        </Tabs.List>
        <Tabs.Panel value="overview" tabIndex={0}><Overview detail={detail} name={fileName(summary.input)} /></Tabs.Panel>
        <Tabs.Panel value="attempts" tabIndex={0}><AttemptList name={fileName(summary.input)} attempts={detail.attempts} running={summary.status === 'running' ? summary : null} /></Tabs.Panel>
        <Tabs.Panel value="log"><LogView id={id} /></Tabs.Panel>
      </Tabs>
    </div>
  );
}

function Overview({ detail: { task, error }, name }: { readonly detail: TaskDetail; readonly name: string }) {
  if (task === null) return error === null ? <Skeleton height={160} /> : <ErrorText error={error} name={name} hasDetails />;
  return (
    <>
      <WarningList warnings={task.warnings} />
      <FilePreview key={`${task.status} ${task.attempt}`} task={task} />
      <OutputList task={task} />
      <TaskFacts task={task} />
    </>
  );
}
