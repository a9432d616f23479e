import { Button, Menu } from '@mantine/core';
import { IconChevronDown, IconFile, IconFolder, IconPlayerPlay, IconPlus } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { pickFiles, trySample } from './pick-files.ts';
import classes from './file-buttons.module.css';

/** Adds files, with the rarer ways behind an arrow. */
export function FileButtons() {
  const { t } = useTranslation('intake');
  return (
    <Button.Group>
      <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => pickFiles('files')}>{t('addFiles')}</Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button className={classes.arrow} aria-label={t('moreWays')}><IconChevronDown size={16} aria-hidden /></Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconFile size={16} aria-hidden />} onClick={() => pickFiles('files')}>{t('addFiles')}</Menu.Item>
          <Menu.Item leftSection={<IconFolder size={16} aria-hidden />} onClick={() => pickFiles('folder')}>{t('addFolder')}</Menu.Item>
          <Menu.Item leftSection={<IconPlayerPlay size={16} aria-hidden />} onClick={trySample}>{t('trySample')}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </Button.Group>
  );
}
