import { Button, Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';

/** What was done, with the button that takes it back. */
export function UndoNote({ text, onUndo }: { readonly text: string; readonly onUndo: () => void }) {
  const { t } = useTranslation();
  return (
    <Group justify="space-between" wrap="nowrap">
      <Text size="sm">{text}</Text>
      <Button size="compact-sm" variant="default" onClick={onUndo}>{t('undo')}</Button>
    </Group>
  );
}
