import { ActionIcon, Menu } from '@mantine/core';
import { IconArrowMerge, IconClock, IconCut, IconDots, IconPencil, IconTrash } from '@tabler/icons-react';
import { memo, useLayoutEffect, useRef, useState, type KeyboardEvent, type MouseEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { TranscriptSegment } from '../../../shared/transcript.ts';
import { SegmentField } from './segment-field.tsx';
import { SegmentText } from './segment-text.tsx';
import { TimesDialog } from './times-dialog.tsx';
import type { Match } from './text/find.ts';
import { formatClock } from './text/time-text.ts';
import type { Editing, RowActions } from './use-row-actions.ts';
import classes from './segment-row.module.css';

interface Props {
  readonly segment: TranscriptSegment;
  readonly index: number;
  readonly isLast: boolean;
  /** Null: it is only shown. */
  readonly editing: Editing | null;
  /** The one row that the Tab key reaches. */
  readonly isActive: boolean;
  /** It is to take the focus. */
  readonly wish: object | null;
  readonly matches: readonly Match[];
  readonly current: Match | null;
  readonly actions: RowActions;
}

/** One segment: when it is spoken, what is said, and what can be done to it. */
export const SegmentRow = memo(function SegmentRow(props: Props) {
  const { segment, index, editing, isActive, wish, matches, current, actions } = props;
  const [isNear, setIsNear] = useState(false);
  const shown = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (wish !== null && actions.takeWish(wish)) shown.current?.focus({ preventScroll: true });
  }, [wish, actions]);
  const { t } = useTranslation('transcript');
  const time = formatClock(segment.startMs);
  const seek = (event: MouseEvent): void => {
    const word = wordAt(event.target);
    actions.seek(index, word === null ? null : (segment.words[word]?.startMs ?? null));
  };
  return (
    <div className={classes.row} data-active={isActive || undefined} onPointerEnter={() => setIsNear(true)}>
      <button type="button" className={classes.time} tabIndex={-1} aria-label={t('playFrom', { time })} onClick={() => actions.seek(index, segment.startMs)}>{time}</button>
      {editing === null ? (
        <div
          ref={shown} className={classes.text} tabIndex={isActive ? 0 : -1} data-row-focus={index} onClick={seek} onDoubleClick={() => actions.startEditing(index, offsetOfSelection())}
          onFocus={() => actions.activate(index)} onKeyDown={(event) => handleRowKey(event, index, actions)}
        >
          <SegmentText segment={segment} matches={matches} current={current} />
        </div>
      ) : (
        <SegmentField text={segment.text} editing={editing} actions={actions} label={t('textAt', { time })} />
      )}
      {/* A menu for each of the rows that rush by would make scrolling heavy. */}
      {(isActive || isNear) && <RowMenu {...props} />}
    </div>
  );
});

function RowMenu({ segment, index, isLast, isActive, actions }: Props) {
  const { t } = useTranslation('transcript');
  const [isTiming, setIsTiming] = useState(false);
  const time = formatClock(segment.startMs);
  return (
    <>
      <Menu position="bottom-end" width={280} returnFocus withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <ActionIcon className={classes.more} tabIndex={isActive ? 0 : -1} aria-label={t('moreAt', { time })}><IconDots size={18} aria-hidden /></ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPencil size={16} aria-hidden />} rightSection={<kbd>Enter</kbd>} onClick={() => actions.startEditing(index, segment.text.length)}>{t('row.edit')}</Menu.Item>
          <Menu.Item leftSection={<IconClock size={16} aria-hidden />} onClick={() => setIsTiming(true)}>{t('row.times')}</Menu.Item>
          <Menu.Item leftSection={<IconCut size={16} aria-hidden />} rightSection={<kbd>Ctrl+Enter</kbd>} onClick={() => actions.splitHere(index)}>{t('row.split')}</Menu.Item>
          <Menu.Item leftSection={<IconArrowMerge size={16} aria-hidden />} rightSection={<kbd>Ctrl+⌫</kbd>} disabled={isLast} onClick={() => actions.merge(index)}>{t('row.merge')}</Menu.Item>
          <Menu.Item leftSection={<IconTrash size={16} aria-hidden />} onClick={() => actions.remove(index)}>{t('row.remove')}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {isTiming && <TimesDialog segment={segment} onClose={() => setIsTiming(false)} onChoose={(startMs, endMs) => actions.setTimes(index, startMs, endMs)} currentMs={actions.currentMs} />}
    </>
  );
}

function handleRowKey(event: KeyboardEvent, index: number, actions: RowActions): void {
  const isMod = event.ctrlKey || event.metaKey;
  if (isMod && event.key === 'Enter') actions.splitHere(index);
  else if (isMod && event.key === 'Backspace') actions.merge(index);
  else if (isMod || event.altKey) return;
  else if (event.key === 'Enter' || event.key === 'F2') actions.startEditing(index, 0);
  else if (event.key === 'ArrowDown') actions.focusRow(index + 1);
  else if (event.key === 'ArrowUp') actions.focusRow(index - 1);
  else return;
  event.preventDefault();
}

/** The number of the word that was clicked; null: none. */
function wordAt(target: EventTarget): number | null {
  const text = target instanceof Element ? target.closest<HTMLElement>('[data-word]')?.dataset['word'] : undefined;
  return text === undefined ? null : Number(text);
}

/** A double click selects a word: where it begins in the segment's text. */
function offsetOfSelection(): number {
  const selection = window.getSelection();
  const fragment = selection?.anchorNode?.parentElement?.closest<HTMLElement>('[data-from]');
  return Number(fragment?.dataset['from'] ?? 0) + (fragment === undefined || fragment === null ? 0 : (selection?.anchorOffset ?? 0));
}
