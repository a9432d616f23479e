import { Button, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/window-api.ts';
import { useMirror } from '../../store/mirror.ts';
import { formatPercent } from '../../ui/format.ts';
import { attempt } from '../../ui/toast.ts';
import classes from './settings-page.module.css';

/** Which version this is, and what is known of a newer one. Only where the host can update itself. */
export function UpdateState() {
  const { t } = useTranslation('settings');
  const host = useMirror((mirror) => mirror.host);
  const update = useMirror((mirror) => mirror.update);
  const [isAsking, setIsAsking] = useState(false);
  if (host?.can.update !== true) return null;
  const check = (): void => attempt(async () => {
    setIsAsking(true);
    try {
      useMirror.setState({ update: await api.checkForUpdate({}) });
    } finally {
      setIsAsking(false);
    }
  });
  const isReady = update?.state === 'ready';
  return (
    <div className={classes.row}>
      <div>
        <Text size="md">{t('update.version', { version: host.version })}</Text>
        <Text size="sm" c="dimmed" role="status">
          {update !== null && t(`update.state.${update.state}`, { version: update.version ?? '', percent: formatPercent(update.progress) })}
          {isReady && ` ${t('update.installHint')}`}
        </Text>
        {update?.state === 'failed' && <Text size="xs" c="dimmed">{update.message}</Text>}
      </div>
      <div className={classes.control}>
        {isReady
          ? <Button onClick={() => attempt(() => api.installUpdate({}))}>{t('update.install')}</Button>
          : <Button variant="default" loading={isAsking} onClick={check}>{t('update.check')}</Button>}
      </div>
    </div>
  );
}
