import { Button, CopyButton, Group, Modal, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import classes from './transcript-page.module.css';

/** Edits that were never saved and do not fit any more: shown, so that their user can take them over by hand. */
export function LostEdits({ texts }: { readonly texts: readonly string[] }) {
  const { t } = useTranslation('transcript');
  const [isOpen, setIsOpen] = useState(texts.length > 0);
  const close = (): void => setIsOpen(false);
  return (
    <Modal opened={isOpen} onClose={close} title={t('lost.title')} closeButtonProps={{ 'aria-label': t('lost.close') }}>
      <Text size="sm">{t('lost.text')}</Text>
      <ul className={classes.lost} tabIndex={0}>{texts.map((text, index) => <li key={index}>{text}</li>)}</ul>
      <Group justify="flex-end" mt="md">
        <CopyButton value={texts.join('\n')}>{({ copied, copy }) => <Button variant="default" onClick={copy}>{t(copied ? 'lost.copied' : 'lost.copy')}</Button>}</CopyButton>
        <Button onClick={close}>{t('lost.close')}</Button>
      </Group>
    </Modal>
  );
}
