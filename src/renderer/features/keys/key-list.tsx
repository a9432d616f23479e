import { Kbd, Modal, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { showKeyList, useView } from '../../store/view.ts';
import { KEY_GROUPS } from './key-table.ts';
import classes from './key-list.module.css';

/** All keys, by where they work. */
export function KeyList() {
  const { t } = useTranslation('keys');
  const isOpen = useView((view) => view.isKeyListOpen);
  return (
    <Modal opened={isOpen} onClose={() => showKeyList(false)} size={720} title={t('title')} closeButtonProps={{ 'aria-label': t('close') }} transitionProps={{ duration: 100 }}>
      <div className={classes.groups}>
        {KEY_GROUPS.map((group) => (
          <section key={group.name} className={classes.group}>
            <Title order={3} className={classes.name}>{t(`groups.${group.name}`)}</Title>
            <dl className={classes.keys}>
              {group.keys.map(({ keys, does }) => (
                <div key={does} className={classes.key}>
                  <dt>{t(`${group.name}.${does}`)}</dt>
                  <dd>{keys.map((key) => <Kbd key={key} size="xs">{key.replace('Mod', MOD)}</Kbd>)}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}

const MOD = /mac/i.test(navigator.userAgent) ? '⌘' : 'Ctrl';
