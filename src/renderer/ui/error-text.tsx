import { Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { describeError } from './messages.ts';
import classes from './error-text.module.css';

interface Props {
  readonly error: { readonly code: string; readonly message: string; readonly details?: string | undefined };
  /** The file that it is about. */
  readonly name?: string;
  /** Shows what the engine said below, in its own words. */
  readonly hasDetails?: boolean;
}

/** An error in the window's language: what happened and what to do. */
export function ErrorText({ error, name, hasDetails = false }: Props) {
  const { text, details } = describeError(error, name);
  return (
    <div className={classes.error} title={hasDetails ? undefined : details}>
      <IconAlertTriangle size={16} className={classes.icon} aria-hidden />
      <div>
        <Text size="sm">{text}</Text>
        {hasDetails && details !== text && <Text size="xs" c="dimmed" className={classes.details}>{details}</Text>}
      </div>
    </div>
  );
}
