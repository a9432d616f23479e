import { ActionIcon, Button, Text, Tooltip } from '@mantine/core';
import { IconArrowBackUp, IconArrowForwardUp, IconCheck, IconSearch, IconUnderline } from '@tabler/icons-react';
import { useMemo, type Dispatch, type ReactNode, type RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import type { TaskId } from '../../../shared/task.ts';
import { describeError } from '../../ui/messages.ts';
import { attempt } from '../../ui/toast.ts';
import { ExportMenu } from './export-menu.tsx';
import { countDoubtful, nextDoubtful } from './text/doubt.ts';
import type { EditorAction, EditorState } from './text/editor.ts';
import { openFind } from './use-editor-keys.ts';
import type { RowActions } from './use-row-actions.ts';
import type { Keeping } from './use-saving.ts';
import type { Search } from './use-search.ts';
import classes from './transcript-page.module.css';

interface Props {
  readonly id: TaskId;
  readonly state: EditorState;
  readonly dispatch: Dispatch<EditorAction>;
  readonly keeping: Keeping;
  readonly search: Search;
  readonly findField: RefObject<HTMLInputElement | null>;
  /** The row that has the keyboard. */
  readonly active: number;
  readonly actions: RowActions;
}

/** What concerns the whole transcript. */
export function EditorTools({ id, state, dispatch, keeping, search, findField, active, actions }: Props) {
  const { t } = useTranslation('transcript');
  return (
    <>
      <SavingState keeping={keeping} hasUnsaved={state.unsaved.length > 0} />
      <DoubtButton state={state} active={active} actions={actions} />
      <Tool label={t('undo')} isDisabled={state.past.length === 0} onClick={() => dispatch({ kind: 'undo' })}><IconArrowBackUp size={18} aria-hidden /></Tool>
      <Tool label={t('redo')} isDisabled={state.future.length === 0} onClick={() => dispatch({ kind: 'redo' })}><IconArrowForwardUp size={18} aria-hidden /></Tool>
      <Tool label={t('find.title')} isDisabled={false} onClick={() => openFind(search, findField)}><IconSearch size={18} aria-hidden /></Tool>
      <ExportMenu id={id} beforeExport={keeping.flush} />
    </>
  );
}

function SavingState({ keeping: { saving, flush }, hasUnsaved }: { readonly keeping: Keeping; readonly hasUnsaved: boolean }) {
  const { t } = useTranslation('transcript');
  if (saving.kind === 'failed') {
    return (
      <span className={classes.saving} role="alert">
        <Text size="xs" c="var(--lh-bad)">{t('save.failed', { reason: describeError(saving.error).text })}</Text>
        <Button size="compact-xs" variant="default" onClick={() => attempt(flush)}>{t('save.again')}</Button>
      </span>
    );
  }
  const name = saving.kind === 'conflict' ? 'unsaved' : saving.kind === 'saving' ? 'saving' : hasUnsaved ? 'unsaved' : 'saved';
  return <Text size="xs" c="dimmed" role="status" className={classes.saving}>{name === 'saved' && <IconCheck size={14} aria-hidden />}{t(`save.${name}`)}</Text>;
}

function DoubtButton({ state: { segments }, active, actions }: { readonly state: EditorState; readonly active: number; readonly actions: RowActions }) {
  const { t } = useTranslation('transcript');
  const count = useMemo(() => countDoubtful(segments), [segments]);
  if (count === 0) return null;
  const goOn = (): void => {
    const next = nextDoubtful(segments, actions.doubtReached(active));
    if (next === null) return;
    actions.seek(next.segment, segments[next.segment]?.words[next.word]?.startMs ?? null);
    actions.reachDoubt(next);
  };
  return <Button variant="subtle" color="gray" leftSection={<IconUnderline size={16} aria-hidden />} title={t('doubt.hint')} onClick={goOn}>{t('doubt.next', { count })}</Button>;
}

function Tool({ label, isDisabled, onClick, children }: { readonly label: string; readonly isDisabled: boolean; readonly onClick: () => void; readonly children: ReactNode }) {
  return (
    <Tooltip label={label}>
      <ActionIcon size="lg" aria-label={label} disabled={isDisabled} onClick={onClick}>{children}</ActionIcon>
    </Tooltip>
  );
}
