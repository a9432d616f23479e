import { Button, Group, SegmentedControl, TextInput } from '@mantine/core';
import { IconFolder } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/window-api.ts';
import { useMirror } from '../../store/mirror.ts';
import { attempt } from '../../ui/toast.ts';
import { chooseOutputDir, useIntake } from './intake-store.ts';
import classes from './output-place.module.css';

/** Where the results go: beside each file, or all into one folder. */
export function OutputPlace() {
  const { t } = useTranslation('intake');
  const outputDir = useIntake((intake) => intake.outputDir);
  const preset = useMirror(({ settings }) => settings.outputDir);
  const canUseFiles = useMirror(({ host }) => host?.can.useFiles ?? false);
  const choose = () => attempt(async () => {
    const { paths: [path] } = await api.chooseFiles({ kind: 'folder' });
    if (path !== undefined) chooseOutputDir(path);
  });
  return (
    <Group gap="sm" wrap="nowrap">
      <span id="output-place" className={classes.label}>{t('outputPlace')}</span>
      <SegmentedControl
        aria-labelledby="output-place" size="xs" value={outputDir === null ? 'beside' : 'folder'}
        data={[{ value: 'beside', label: t('besideEach') }, { value: 'folder', label: t('oneFolder') }]}
        onChange={(place) => {
          if (place === 'beside') return chooseOutputDir(null);
          chooseOutputDir(preset);
          if (canUseFiles && preset === '') choose();
        }}
      />
      {outputDir !== null && (
        <>
          <TextInput className={classes.path} size="xs" aria-label={t('folderPath')} placeholder={t('folderPath')} value={outputDir} onChange={({ currentTarget }) => chooseOutputDir(currentTarget.value)} />
          {canUseFiles && <Button size="xs" variant="default" leftSection={<IconFolder size={16} aria-hidden />} onClick={choose}>{t('chooseFolder')}</Button>}
        </>
      )}
    </Group>
  );
}
