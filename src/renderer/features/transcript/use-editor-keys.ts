/** The keys of the transcript page that work wherever the focus is. */
import { useEffect, type Dispatch, type RefObject } from 'react';
import type { EditorAction, EditorState } from './text/editor.ts';
import type { Player } from './use-player.ts';
import type { Search } from './use-search.ts';

interface Tools {
  readonly state: EditorState;
  readonly dispatch: Dispatch<EditorAction>;
  readonly player: Pick<Player, 'toggle'>;
  readonly search: Search;
  readonly findField: RefObject<HTMLInputElement | null>;
  readonly closeFind: () => void;
  readonly show: (segment: number) => void;
}

export function useEditorKeys({ state, dispatch, player: { toggle }, search, findField, closeFind, show }: Tools): void {
  useEffect(() => {
    const handle = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing || document.querySelector('[role="dialog"]') !== null) return;
      const verb = verbOf(event);
      if (verb === null || (verb === 'closeFind' && !search.isOpen)) return;
      event.preventDefault();
      event.stopPropagation();
      switch (verb) {
        case 'play': return toggle();
        case 'closeFind': return closeFind();
        case 'find': return openFind(search, findField);
        case 'undo':
        case 'redo': {
          const step = (verb === 'undo' ? state.past : state.future).at(-1);
          dispatch({ kind: verb });
          if (step?.[0] !== undefined) show(step[0].at);
        }
      }
    };
    // Before the window's own keys: there Escape leaves the page.
    document.addEventListener('keydown', handle, { capture: true });
    return () => document.removeEventListener('keydown', handle, { capture: true });
  }, [state.past, state.future, dispatch, toggle, search, findField, closeFind, show]);
}

/** Opens find with what is selected, ready to be typed over. */
export function openFind(search: Search, field: RefObject<HTMLInputElement | null>): void {
  const selected = window.getSelection()?.toString().trim() ?? '';
  search.open();
  if (selected !== '' && !selected.includes('\n')) search.setQuery({ ...search.query, text: selected });
  requestAnimationFrame(() => {
    field.current?.focus();
    field.current?.select();
  });
}

function verbOf(event: KeyboardEvent): 'play' | 'find' | 'closeFind' | 'undo' | 'redo' | null {
  const isMod = event.ctrlKey || event.metaKey;
  const key = event.key.toLowerCase();
  if (key === 'escape') return event.target instanceof Element && event.target.closest('textarea, [role="menu"]') !== null ? null : 'closeFind';
  if (event.code === 'Space') return event.ctrlKey || (!isMod && !event.altKey && !takesSpace(event.target)) ? 'play' : null;
  if (!isMod || event.altKey) return null;
  if (key === 'f' && !event.shiftKey) return 'find';
  // In a field of find and replace they are the field's own.
  if (event.target instanceof HTMLInputElement) return null;
  if (key === 'y' || (key === 'z' && event.shiftKey)) return 'redo';
  return key === 'z' ? 'undo' : null;
}

/** Where a space is typed or presses something. */
function takesSpace(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, textarea, select, button, a, [role="slider"], [role="menu"]') !== null;
}
