/** The keys that work everywhere. key-table.ts shows them to the user. */
import { useEffect } from 'react';
import { openTask, openTranscript, PAGES, showKeyList, showPage, useView } from '../../store/view.ts';
import { pickFiles } from '../intake/pick-files.ts';
import { SEARCH_FIELD_ID } from '../queue/queue-filters.tsx';

export function useWindowKeys(): void {
  useEffect(() => {
    document.addEventListener('keydown', handleKey);
    return () => document.removeEventListener('keydown', handleKey);
  }, []);
}

function handleKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || document.querySelector('[role="dialog"]') !== null) return;
  const isDone = event.ctrlKey || event.metaKey ? handleWithMod(event) : handlePlain(event);
  if (isDone) event.preventDefault();
}

function handleWithMod({ key, shiftKey, altKey }: KeyboardEvent): boolean {
  if (shiftKey || altKey) return false;
  const page = PAGES[Number(key) - 1];
  if (page !== undefined) showPage(page);
  else if (key.toLowerCase() === 'o') pickFiles('files');
  else if (key.toLowerCase() === 'f') return focusSearch();
  else return false;
  return true;
}

function handlePlain({ key, target }: KeyboardEvent): boolean {
  if (isTextField(target)) return false;
  if (key === 'Escape') return goBack();
  if (key !== '?') return false;
  showKeyList(true);
  return true;
}

/** The queue's own; a page without it keeps the browser's. */
function focusSearch(): boolean {
  const field = document.getElementById(SEARCH_FIELD_ID);
  if (!(field instanceof HTMLInputElement) || useView.getState().transcriptOf !== null) return false;
  field.focus();
  field.select();
  return true;
}

/** From the transcript to the queue, from the panel to the list. */
function goBack(): boolean {
  const { transcriptOf, openTask: open } = useView.getState();
  if (transcriptOf !== null) openTranscript(null);
  else if (open !== null) openTask(null);
  else return false;
  return true;
}

function isTextField(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement || (target instanceof HTMLElement && target.isContentEditable);
}
