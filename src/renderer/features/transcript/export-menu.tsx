import { Button, Menu } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { TaskId } from '../../../shared/task.ts';
import { attempt, toast } from '../../ui/toast.ts';
import { downloadTranscript } from './export-file.ts';
import { EXPORT_FORMATS } from './export-formats.ts';

/** The transcript in any of its formats, with all that was edited. */
export function ExportMenu({ id, beforeExport }: { readonly id: TaskId; readonly beforeExport: () => Promise<void> }) {
  const { t } = useTranslation('transcript');
  return (
    <Menu position="bottom-end" width={280} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />}>{t('export.button')}</Button>
      </Menu.Target>
      <Menu.Dropdown>
        {EXPORT_FORMATS.map((format) => (
          <Menu.Item key={format} rightSection={<kbd>{format.toUpperCase()}</kbd>} onClick={() => attempt(async () => {
            await beforeExport();
            toast.done(t('export.done', { name: await downloadTranscript(id, format) }));
          })}>
            {t(`export.${format}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
