import { ActionIcon, Button, Checkbox, Text, TextInput, Tooltip } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconX } from '@tabler/icons-react';
import type { ReactNode, RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import { formatNumber } from '../../ui/format.ts';
import type { Search } from './use-search.ts';
import classes from './find-bar.module.css';

interface Props {
  readonly search: Search;
  readonly field: RefObject<HTMLInputElement | null>;
  readonly onClose: () => void;
}

/** Find and replace, over the text. */
export function FindBar({ search, field, onClose }: Props) {
  const { t } = useTranslation('transcript');
  const { query, matches, at } = search;
  const found = query.text === '' ? '' : matches.length === 0 ? t('find.none') : t('find.count', { at: formatNumber(at + 1), count: matches.length });
  return (
    <div className={classes.bar} role="search" aria-label={t('find.title')}>
      <div className={classes.line}>
        <TextInput
          ref={field} size="xs" className={classes.field} aria-label={t('find.what')} placeholder={t('find.what')} value={query.text} onChange={(event) => search.setQuery({ ...query, text: event.currentTarget.value })}
          onKeyDown={(event) => event.key === 'Enter' && !event.nativeEvent.isComposing && search.step(event.shiftKey ? -1 : 1)}
        />
        <Text size="xs" className={classes.count} role="status">{found}</Text>
        <Tool label={t('find.previous')} onClick={() => search.step(-1)}><IconArrowUp size={16} aria-hidden /></Tool>
        <Tool label={t('find.next')} onClick={() => search.step(1)}><IconArrowDown size={16} aria-hidden /></Tool>
        <Checkbox size="xs" label={t('find.case')} checked={query.isCaseSensitive} onChange={(event) => search.setQuery({ ...query, isCaseSensitive: event.currentTarget.checked })} />
        <Checkbox size="xs" label={t('find.word')} checked={query.isWholeWord} onChange={(event) => search.setQuery({ ...query, isWholeWord: event.currentTarget.checked })} />
        <Tool label={t('find.close')} onClick={onClose}><IconX size={16} aria-hidden /></Tool>
      </div>
      <div className={classes.line}>
        <TextInput
          size="xs" className={classes.field} aria-label={t('find.replacement')} placeholder={t('find.replacement')} value={search.replacement} onChange={(event) => search.setReplacement(event.currentTarget.value)}
          onKeyDown={(event) => event.key === 'Enter' && !event.nativeEvent.isComposing && search.replace()}
        />
        <Button size="compact-xs" variant="default" disabled={matches.length === 0} onClick={search.replace}>{t('find.replace')}</Button>
        <Button size="compact-xs" variant="default" disabled={matches.length === 0} onClick={search.replaceAll}>{t('find.replaceAll')}</Button>
      </div>
    </div>
  );
}

function Tool({ label, onClick, children }: { readonly label: string; readonly onClick: () => void; readonly children: ReactNode }) {
  return (
    <Tooltip label={label}>
      <ActionIcon size="sm" aria-label={label} onClick={onClick}>{children}</ActionIcon>
    </Tooltip>
  );
}
