import { NativeSelect, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { PRIORITIES } from './priorities.ts';
import type { Task } from '../../../shared/task.ts';
import { formatBytes, formatDuration, formatNumber, formatTime } from '../../ui/format.ts';
import { optionLabel, optionValue } from '../../ui/options.ts';
import { recipeName } from '../../ui/recipes.ts';
import { prioritise } from '../queue/task-verbs.ts';
import { actionsFor } from './actions.ts';
import classes from './task-panel.module.css';

/** What was asked for, what is expected, and how far it is kept. */
export function TaskFacts({ task }: { readonly task: Task }) {
  const { t } = useTranslation('task');
  const { checkpoint, estimate } = task;
  return (
    <section aria-labelledby="task-facts" className={classes.section}>
      <Title order={3} id="task-facts" className={classes.sectionTitle}>{t('facts.title')}</Title>
      <dl className={classes.facts}>
        <Fact name={t('facts.recipe')}>{recipeName(task.recipe)}</Fact>
        <Fact name={t('facts.priority')}><Priority task={task} /></Fact>
        {(task.outputDir !== null || task.inputs.length > 0) && <Fact name={t('facts.outputDir')}>{task.outputDir ?? t('facts.besideInput')}</Fact>}
        {checkpoint !== null && checkpoint.partsTotal > 0 && <Fact name={t('facts.checkpoint')}>{t('facts.parts', { done: formatNumber(checkpoint.partsDone), total: formatNumber(checkpoint.partsTotal) })}</Fact>}
        {estimate !== null && (
          <Fact name={t('facts.estimate')}>{t('facts.expected', { time: formatDuration(estimate.seconds), memory: formatBytes(estimate.memoryBytes), temp: formatBytes(estimate.tempBytes) })}</Fact>
        )}
        {estimate !== null && estimate.mediaSeconds > 0 && <Fact name={t('facts.length')}>{formatDuration(estimate.mediaSeconds)}</Fact>}
        <Fact name={t('facts.createdAt')}>{formatTime(task.createdAt)}</Fact>
        {task.runAt !== null && task.status === 'waiting' && <Fact name={t('facts.runAt')}>{formatTime(task.runAt)}</Fact>}
        {task.startedAt !== null && <Fact name={t('facts.startedAt')}>{formatTime(task.startedAt)}</Fact>}
        {task.completedAt !== null && <Fact name={t('facts.completedAt')}>{formatTime(task.completedAt)}</Fact>}
        {task.durationMs > 0 && <Fact name={t('facts.worked')}>{formatDuration(task.durationMs / 1000)}</Fact>}
        {task.failures > 0 && <Fact name={t('facts.failures')}>{t('facts.failuresOf', { failures: task.failures, most: task.maxRetries })}</Fact>}
      </dl>
      <Title order={3} className={classes.sectionTitle}>{t('facts.options')}</Title>
      <dl className={classes.facts}>
        {Object.entries(task.options).map(([name, value]) => <Fact key={name} name={optionLabel(task.type, name)} title={name}>{optionValue(task.type, name, value)}</Fact>)}
      </dl>
    </section>
  );
}

/** Plain elements: a panel has twenty of them. */
function Fact({ name, title, children }: { readonly name: string; readonly title?: string; readonly children: ReactNode }) {
  return (
    <div className={classes.fact}>
      <dt title={title}>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Priority({ task }: { readonly task: Task }) {
  const { t } = useTranslation('task');
  const named = PRIORITIES.find(({ value }) => value === task.priority);
  const label = named === undefined ? String(task.priority) : t(`priority.${named.name}`);
  if (!actionsFor(task).includes('prioritise')) return label;
  const choices = PRIORITIES.map(({ name, value }) => ({ value: String(value), label: t(`priority.${name}`) }));
  return (
    <NativeSelect
      size="xs" aria-label={t('facts.priority')} value={String(task.priority)} data={named === undefined ? [...choices, { value: String(task.priority), label }] : choices}
      onChange={(event) => prioritise([task.id], Number(event.currentTarget.value))}
    />
  );
}
