import { Text } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import classes from './task-panel.module.css';

/** What its user should know though it goes on or went well, in the engine's words. */
export function WarningList({ warnings }: { readonly warnings: readonly string[] }) {
  const { t } = useTranslation('task');
  if (warnings.length === 0) return null;
  return (
    <ul className={classes.warnings} aria-label={t('warnings')}>
      {warnings.map((warning) => (
        <li key={warning}>
          <IconInfoCircle size={16} aria-hidden />
          <Text size="sm">{warning}</Text>
        </li>
      ))}
    </ul>
  );
}
