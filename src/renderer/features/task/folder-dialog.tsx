import { Button, Group, Modal, TextInput } from '@mantine/core';
import { useState, type SyntheticEvent } from 'react';
import { useTranslation } from 'react-i18next';

interface Props {
  readonly onClose: () => void;
  readonly onChoose: (path: string) => void;
}

/** Asks for a folder of the machine that does the work, where its system can't be asked. */
export function FolderDialog({ onClose, onChoose }: Props) {
  const { t } = useTranslation('task');
  const [path, setPath] = useState('');
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    onChoose(path.trim());
    onClose();
  };
  return (
    <Modal opened onClose={onClose} title={t('folder.title')} closeButtonProps={{ 'aria-label': t('folder.cancel') }}>
      <form onSubmit={submit}>
        <TextInput label={t('folder.label')} description={t('folder.hint')} value={path} onChange={(event) => setPath(event.currentTarget.value)} spellCheck={false} data-autofocus />
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={onClose}>{t('folder.cancel')}</Button>
          <Button type="submit" disabled={path.trim() === ''}>{t('folder.use')}</Button>
        </Group>
      </form>
    </Modal>
  );
}
