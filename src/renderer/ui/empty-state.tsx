import { Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './empty-state.module.css';

interface Props {
  readonly icon: ReactNode;
  readonly title: string;
  readonly text?: string;
  /** What can be done about it. */
  readonly children?: ReactNode;
}

/** What a list shows when there is nothing in it. */
export function EmptyState({ icon, title, text, children }: Props) {
  return (
    <div className={classes.empty}>
      <div className={classes.icon} aria-hidden>{icon}</div>
      <Title order={2} className={classes.title}>{title}</Title>
      {text !== undefined && <Text c="dimmed" className={classes.text}>{text}</Text>}
      {children !== undefined && <div className={classes.actions}>{children}</div>}
    </div>
  );
}
