import { CloseButton, Select, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { TASK_TYPE_NAMES } from '../../ui/task-types.ts';
import { STATE_FILTERS } from './list-model.ts';
import { useQueueView } from './queue-view.ts';
import classes from './queue-filters.module.css';

/** Its id, for the key that jumps there. */
export const SEARCH_FIELD_ID = 'queue-search';

/** Search, state and type. Each hears only of its own value: the same store says what the pointer and the keyboard are on. */
export function QueueFilters() {
  return (
    <>
      <SearchField />
      <StateChoice />
      <TypeChoice />
    </>
  );
}

function SearchField() {
  const { t } = useTranslation('queue');
  const search = useQueueView((view) => view.search);
  return (
    <TextInput
      id={SEARCH_FIELD_ID} className={classes.search} aria-label={t('search')} placeholder={t('search')} value={search} leftSection={<IconSearch size={16} aria-hidden />}
      onChange={({ currentTarget }) => useQueueView.setState({ search: currentTarget.value })}
      onKeyDown={({ key }) => {
        if (key === 'Escape') useQueueView.setState({ search: '' });
      }}
      rightSection={search === '' ? null : <CloseButton size="sm" aria-label={t('clearSearch')} onClick={() => useQueueView.setState({ search: '' })} />}
    />
  );
}

function StateChoice() {
  const { t } = useTranslation('queue');
  const state = useQueueView((view) => view.state);
  return (
    <Select
      className={classes.filter} aria-label={t('filterState')} value={state} data={STATE_FILTERS.map((value) => ({ value, label: t(`filters.${value}`) }))}
      onChange={(value) => useQueueView.setState({ state: STATE_FILTERS.find((name) => name === value) ?? 'all' })}
    />
  );
}

function TypeChoice() {
  const { t } = useTranslation('queue');
  const type = useQueueView((view) => view.type);
  return (
    <Select
      className={classes.filter} aria-label={t('filterType')} value={type} data={[{ value: 'all', label: t('filters.allTypes') }, ...TASK_TYPE_NAMES.map((value) => ({ value, label: t(`types.${value}`) }))]}
      onChange={(value) => useQueueView.setState({ type: TASK_TYPE_NAMES.find((name) => name === value) ?? 'all' })}
    />
  );
}
