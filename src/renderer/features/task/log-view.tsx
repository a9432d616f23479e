import { ActionIcon, CopyButton, Text, Title, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useLayoutEffect, useRef, type UIEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { TaskId } from '../../../shared/task.ts';
import { ErrorText } from '../../ui/error-text.tsx';
import { commandsOf, type LogLine } from './log-lines.ts';
import { useLog } from './use-log.ts';
import classes from './log-view.module.css';

const LINE_PX = 18;
/** As near to the end as this, the view follows it. */
const TAIL_PX = 24;

/** What the tools were told and what they said, as it comes. */
export function LogView({ id }: { readonly id: TaskId }) {
  const { t } = useTranslation('task');
  const { lines, error } = useLog(id);
  if (lines === null) return error === null ? null : <ErrorText error={error} hasDetails />;
  return (
    <>
      <Commands commands={commandsOf(lines)} />
      <div className={classes.head}>
        <Title order={3} className={classes.title}>{t('log.title')}</Title>
        {lines.length > 0 && <Copy label={t('log.copy')} text={lines.map(({ at, text }) => `${at} ${text}`).join('\n')} />}
      </div>
      {lines.length === 0 ? <Text size="sm" c="dimmed">{t('log.empty')}</Text> : <Lines lines={lines} />}
    </>
  );
}

function Commands({ commands }: { readonly commands: readonly string[] }) {
  const { t } = useTranslation('task');
  if (commands.length === 0) return null;
  return (
    <section aria-labelledby="task-commands">
      <Title order={3} id="task-commands" className={classes.title}>{t('log.commands', { count: commands.length })}</Title>
      <ul className={classes.commands} aria-labelledby="task-commands">
        {commands.map((command) => (
          <li key={command} className={classes.command}>
            <details className={classes.commandText}>
              <summary><code>{command}</code></summary>
              <code>{command}</code>
            </details>
            <Copy label={t('log.copyCommand')} text={command} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Lines({ lines }: { readonly lines: readonly LogLine[] }) {
  const { t } = useTranslation('task');
  const box = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const virtualizer = useVirtualizer({ count: lines.length, getScrollElement: () => box.current, estimateSize: () => LINE_PX, overscan: 20 });
  useLayoutEffect(() => {
    if (isAtEnd.current) box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [lines]);
  const follow = ({ currentTarget: { scrollHeight, scrollTop, clientHeight } }: UIEvent<HTMLDivElement>): void => {
    isAtEnd.current = scrollHeight - scrollTop - clientHeight < TAIL_PX;
  };
  return (
    <div ref={box} className={classes.lines} onScroll={follow} tabIndex={0} role="log" aria-live="off" aria-label={t('log.title')}>
      <div className={classes.space} style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ index, start }) => (
          <div key={index} className={classes.line} style={{ transform: `translateY(${start}px)` }}>
            <span className={classes.time}>{lines[index]?.at.slice(11, 19)}</span>
            {lines[index]?.text}
          </div>
        ))}
      </div>
    </div>
  );
}

function Copy({ label, text }: { readonly label: string; readonly text: string }) {
  const { t } = useTranslation('task');
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? t('copied') : label}>
          <ActionIcon aria-label={copied ? t('copied') : label} onClick={copy}>{copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}</ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  );
}
