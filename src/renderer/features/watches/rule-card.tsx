import { ActionIcon, Badge, Button, Group, Modal, Switch, Text, Tooltip } from '@mantine/core';
import { IconPencil, IconRefresh, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { WatchRule, WatchStatus } from '../../../shared/watch-contract.ts';
import { api } from '../../api/window-api.ts';
import { ErrorText } from '../../ui/error-text.tsx';
import { formatNumber } from '../../ui/format.ts';
import { recipeName } from '../../ui/recipes.ts';
import { attempt, toast } from '../../ui/toast.ts';
import classes from './watches-page.module.css';

const COLOURS: Readonly<Record<WatchStatus, string>> = { watching: 'green', scanning: 'blue', missing: 'red', off: 'gray', asleep: 'gray' };

/** A rule: what it watches, how it stands, and what can be done with it. */
export function RuleCard({ rule, onChange }: { readonly rule: WatchRule; readonly onChange: () => void }) {
  const { t } = useTranslation('watches');
  const { name, isEnabled, state } = rule;
  const enable = (is: boolean) => attempt(() => api.changeWatchRule({ id: rule.id, isEnabled: is }));
  return (
    <li className={classes.card} data-status={state.status}>
      <div className={classes.head}>
        <Text fw={600} className={classes.name}>{name}</Text>
        <Badge variant="dot" color={COLOURS[state.status]} tt="none">{t(`statuses.${state.status}`)}</Badge>
        {state.by === 'polling' && <Badge variant="default" tt="none">{t('polled')}</Badge>}
        <div className={classes.actions}>
          <Switch size="sm" checked={isEnabled} onChange={({ currentTarget }) => enable(currentTarget.checked)} aria-label={t('enabledNamed', { name })} />
          <Action label={t('scanNamed', { name })} isDisabled={!isEnabled} onClick={() => attempt(() => api.scanWatchRule({ id: rule.id }))} icon={<IconRefresh size={18} aria-hidden />} />
          <Action label={t('changeNamed', { name })} onClick={onChange} icon={<IconPencil size={18} aria-hidden />} />
          <Removal rule={rule} />
        </div>
      </div>
      <Text size="sm" className={classes.place}>{describePlace(rule, t)}</Text>
      <Text size="sm" c="dimmed">{describeCounts(rule, t)}</Text>
      {state.problem !== null && <div role="alert"><ErrorText error={state.problem} name={rule.folder} hasDetails /></div>}
    </li>
  );
}

function Action({ label, icon, isDisabled = false, onClick }: { readonly label: string; readonly icon: React.ReactNode; readonly isDisabled?: boolean; readonly onClick: () => void }) {
  return (
    <Tooltip label={label}>
      <ActionIcon aria-label={label} disabled={isDisabled} onClick={onClick}>{icon}</ActionIcon>
    </Tooltip>
  );
}

/** Asks first: what it has taken is forgotten, so that the same rule made again would take everything again. */
function Removal({ rule: { id, name } }: { readonly rule: WatchRule }) {
  const { t } = useTranslation('watches');
  const [isAsking, setIsAsking] = useState(false);
  const remove = (): void => attempt(async () => {
    setIsAsking(false);
    await api.removeWatchRule({ id });
    toast.done(t('removed', { name }));
  });
  return (
    <>
      <Action label={t('removeNamed', { name })} onClick={() => setIsAsking(true)} icon={<IconTrash size={18} aria-hidden />} />
      <Modal opened={isAsking} onClose={() => setIsAsking(false)} size="sm" title={t('removeTitle', { name })} closeButtonProps={{ 'aria-label': t('close') }}>
        <Text size="sm">{t('removeText')}</Text>
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={() => setIsAsking(false)} data-autofocus>{t('keep')}</Button>
          <Button color="red" onClick={remove}>{t('remove')}</Button>
        </Group>
      </Modal>
    </>
  );
}

function describePlace({ folder, recipe, output }: WatchRule, t: TFunction<'watches'>): string {
  const values = { folder, recipe: recipeName(recipe) };
  return output.place === 'beside' ? t('placeBeside', values) : t('placeFolder', { ...values, output: output.path });
}

function describeCounts({ state: { taken, waiting, open, completed, failed, passedOver } }: WatchRule, t: TFunction<'watches'>): string {
  const parts = [['taken', taken], ['open', open], ['completed', completed], ['failed', failed], ['waiting', waiting], ['passedOver', passedOver]] as const;
  return parts.filter(([name, count]) => name === 'taken' || count > 0).map(([name, count]) => t(`counts.${name}`, { number: formatNumber(count) })).join(' · ');
}
