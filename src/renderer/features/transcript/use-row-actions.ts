/** What a row can ask for. The object stays the same, so that rows are rendered again only when they changed. */
import { useCallback, useLayoutEffect, useMemo, useRef, useState, type Dispatch, type RefObject } from 'react';
import type { ListHandle } from './segment-list.tsx';
import type { EditorAction, EditorState } from './text/editor.ts';
import type { Place } from './text/playback.ts';
import { splitSegment } from './text/segments.ts';
import { placeWords } from './text/word-places.ts';
import type { Player } from './use-player.ts';

export interface RowActions {
  /** To a word, or to nothing but the row. */
  seek(index: number, ms: number | null): void;
  activate(index: number): void;
  focusRow(index: number): void;
  startEditing(index: number, caret: number): void;
  stopEditing(index: number): void;
  type(index: number, text: string): void;
  split(index: number, at: number): void;
  /** Before the word that was clicked last. */
  splitHere(index: number): void;
  /** With the next one. */
  merge(index: number): void;
  remove(index: number): void;
  setTimes(index: number, startMs: number, endMs: number): void;
  currentMs(): number;
  /** Behind which word the next doubtful one is looked for: the last one visited, while its row is still the active one. */
  doubtReached(active: number): Place;
  reachDoubt(place: Place): void;
  /** Whether the row that was wished to have the focus shall take it now: once, and not again when it is scrolled back in. */
  takeWish(wish: object): boolean;
}

/** A player may stop a hair before the place that it was sent to. */
const SEEK_HAIR_MS = 20;

/** Another object puts the caret anew. */
export interface Editing {
  readonly index: number;
  readonly caret: number;
}

/** Which row has the keyboard, and whether its text is being edited. */
export interface Cursor {
  readonly active: number;
  readonly editing: Editing | null;
  /** The active row is to take the focus; another object is another wish. */
  readonly wish: object | null;
}

interface Tools {
  readonly state: EditorState;
  readonly dispatch: Dispatch<EditorAction>;
  readonly seek: Player['seek'];
  readonly media: RefObject<HTMLVideoElement | null>;
  readonly list: RefObject<ListHandle | null>;
}

export function useRowActions({ state, dispatch, seek, media, list }: Tools): { cursor: Cursor; actions: RowActions } {
  const [cursor, setCursor] = useState<Cursor>({ active: 0, editing: null, wish: null });
  const newest = useRef(state);
  useLayoutEffect(() => {
    newest.current = state;
  }, [state]);
  const doubt = useRef<Place>({ segment: -1, word: -1 });
  const taken = useRef<object | null>(null);
  const focusRow = useCallback((index: number): void => {
    const target = Math.min(Math.max(0, index), newest.current.segments.length - 1);
    list.current?.show(target);
    setCursor({ active: target, editing: null, wish: {} });
  }, [list]);
  const actions = useMemo((): RowActions => {
    const startEditing = (index: number, caret: number): void => {
      const segment = newest.current.segments[index];
      if (segment === undefined) return;
      list.current?.show(index);
      setCursor({ active: index, editing: { index, caret: Math.min(caret, segment.text.length) }, wish: null });
    };
    return {
      focusRow, startEditing,
      seek: (index, ms) => {
        setCursor({ active: index, editing: null, wish: null });
        if (ms !== null) seek(ms);
      },
      activate: (index) => setCursor((before) => (before.active === index ? before : { active: index, editing: null, wish: null })),
      stopEditing: (index) => {
        dispatch({ kind: 'endTyping' });
        setCursor((before) => (before.editing?.index === index ? { ...before, editing: null } : before));
      },
      type: (index, text) => dispatch({ kind: 'type', index, text, atMs: performance.now() }),
      split: (index, at) => {
        const segment = newest.current.segments[index];
        if (segment === undefined || splitSegment(segment, at) === null) return;
        dispatch({ kind: 'split', index, at });
        setCursor({ active: index + 1, editing: { index: index + 1, caret: 0 }, wish: null });
      },
      splitHere: (index) => {
        const at = splitPoint(newest.current, index, (media.current?.currentTime ?? 0) * 1000);
        if (at > 0) dispatch({ kind: 'split', index, at });
        focusRow(index);
      },
      merge: (index) => {
        const segment = newest.current.segments[index];
        if (segment === undefined || newest.current.segments[index + 1] === undefined) return;
        dispatch({ kind: 'merge', index });
        setCursor((before) => (before.editing === null ? { active: index, editing: null, wish: {} } : { active: index, editing: { index, caret: segment.text.trimEnd().length }, wish: null }));
      },
      remove: (index) => {
        dispatch({ kind: 'remove', index });
        focusRow(index);
      },
      setTimes: (index, startMs, endMs) => dispatch({ kind: 'setTimes', index, startMs, endMs }),
      currentMs: () => (media.current?.currentTime ?? 0) * 1000,
      doubtReached: (active) => (doubt.current.segment === active ? doubt.current : { segment: active, word: -1 }),
      reachDoubt: (place) => {
        doubt.current = place;
        focusRow(place.segment);
      },
      takeWish: (wish) => {
        const isNew = taken.current !== wish;
        taken.current = wish;
        return isNew;
      },
    };
  }, [dispatch, seek, media, list, focusRow]);
  return { cursor, actions };
}

/** Before the word at the player's place, if that is within the segment; 0: nowhere. */
function splitPoint({ segments }: EditorState, index: number, ms: number): number {
  const segment = segments[index];
  if (segment === undefined || ms < segment.startMs || ms > segment.endMs) return 0;
  return placeWords(segment).findLast(({ word }) => word.startMs <= ms + SEEK_HAIR_MS)?.from ?? 0;
}
