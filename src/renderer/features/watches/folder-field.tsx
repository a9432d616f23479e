import { Button, TextInput } from '@mantine/core';
import { IconFolder } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/window-api.ts';
import { useMirror } from '../../store/mirror.ts';
import { attempt } from '../../ui/toast.ts';
import classes from './watches-page.module.css';

interface Props {
  readonly label: string;
  readonly description?: string;
  readonly value: string;
  readonly onChange: (path: string) => void;
}

/** A folder by its path, or by the system's dialog where there is one. */
export function FolderField({ label, description, value, onChange }: Props) {
  const { t } = useTranslation('watches');
  const canUseFiles = useMirror(({ host }) => host?.can.useFiles ?? false);
  const choose = () => attempt(async () => {
    const { paths: [path] } = await api.chooseFiles({ kind: 'folder' });
    if (path !== undefined) onChange(path);
  });
  return (
    <div className={classes.folder}>
      <TextInput className={classes.path} label={label} description={description} placeholder={t('folderPath')} value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)} />
      {canUseFiles && <Button variant="default" leftSection={<IconFolder size={16} aria-hidden />} onClick={choose} aria-label={t('chooseFor', { field: label })}>{t('choose')}</Button>}
    </div>
  );
}
