import { Title } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './page-header.module.css';

interface Props {
  readonly title: string;
  /** Buttons and fields at the right. */
  readonly children?: ReactNode;
}

/** A page's name and its tools. */
export function PageHeader({ title, children }: Props) {
  return (
    <header className={classes.header}>
      <Title order={1} className={classes.title}>{title}</Title>
      <div className={classes.tools}>{children}</div>
    </header>
  );
}
