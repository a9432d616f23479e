import { useLayoutEffect, useRef, type KeyboardEvent } from 'react';
import type { Editing, RowActions } from './use-row-actions.ts';
import classes from './segment-row.module.css';

interface Props {
  readonly text: string;
  readonly editing: Editing;
  readonly label: string;
  readonly actions: RowActions;
}

/** A segment while it is edited in its place. */
export function SegmentField({ text, editing, label, actions }: Props) {
  const { index } = editing;
  const field = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    field.current?.focus({ preventScroll: true });
    field.current?.setSelectionRange(editing.caret, editing.caret);
  }, [editing]);
  useLayoutEffect(() => {
    const element = field.current;
    if (element === null) return;
    // Where field-sizing is not known the height follows the text by hand.
    element.style.height = 'auto';
    element.style.height = `${element.scrollHeight + 2}px`;
  }, [text]);
  // A window that loses the focus keeps its active element, and its user comes back to it.
  return (
    <textarea
      ref={field} className={classes.field} rows={1} value={text} aria-label={label} onChange={(event) => actions.type(index, event.currentTarget.value.replaceAll(/\r?\n/g, ' '))}
      onBlur={({ currentTarget }) => document.activeElement !== currentTarget && actions.stopEditing(index)} onKeyDown={(event) => handleFieldKey(event, index, actions)}
    />
  );
}

function handleFieldKey(event: KeyboardEvent<HTMLTextAreaElement>, index: number, actions: RowActions): void {
  // Enter chooses a character of an input method here.
  if (event.nativeEvent.isComposing) return;
  const { selectionStart, selectionEnd, value } = event.currentTarget;
  const isMod = event.ctrlKey || event.metaKey;
  const hasSelection = selectionStart !== selectionEnd;
  if (isMod && event.key === 'Enter') actions.split(index, selectionStart);
  else if (isMod && event.key === 'Backspace') actions.merge(index);
  else if (isMod || event.altKey) return;
  else if (event.key === 'Escape' || event.key === 'Enter') actions.focusRow(index);
  else if (hasSelection) return;
  else if (event.key === 'Backspace' && selectionStart === 0) actions.merge(index - 1);
  else if (event.key === 'Delete' && selectionStart === value.length) actions.merge(index);
  else if (event.key === 'ArrowUp' && selectionStart === 0) actions.startEditing(index - 1, Number.MAX_SAFE_INTEGER);
  else if (event.key === 'ArrowDown' && selectionStart === value.length) actions.startEditing(index + 1, 0);
  else return;
  event.preventDefault();
  event.stopPropagation();
}
