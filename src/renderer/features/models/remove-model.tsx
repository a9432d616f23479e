import { Button, Group, Modal, Text } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/window-api.ts';
import { attempt, toast } from '../../ui/toast.ts';

/** Asks before a model is deleted: a gigabyte takes a while to come back. */
export function useRemoval(name: string): { ask: () => void; dialog: ReactNode } {
  const { t } = useTranslation(['models', 'app']);
  const [isAsking, setIsAsking] = useState(false);
  const close = (): void => setIsAsking(false);
  const remove = (): void => attempt(async () => {
    close();
    await api.removeModel({ name });
    toast.done(t('removed', { name }));
  });
  const dialog = (
    <Modal opened={isAsking} onClose={close} title={t('removeTitle', { name })} size="sm" closeButtonProps={{ 'aria-label': t('close') }}>
      <Text size="sm">{t('removeText')}</Text>
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={close} data-autofocus>{t('keep')}</Button>
        <Button color="red" onClick={remove}>{t('remove')}</Button>
      </Group>
    </Modal>
  );
  return { ask: () => setIsAsking(true), dialog };
}
