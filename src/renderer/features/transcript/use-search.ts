/** The state of find and replace. */
import { useDeferredValue, useMemo, useState, type Dispatch } from 'react';
import { useTranslation } from 'react-i18next';
import { toast } from '../../ui/toast.ts';
import type { EditorAction, EditorState } from './text/editor.ts';
import { findMatches, matchFrom, type Match, type Query } from './text/find.ts';

export interface Search {
  readonly isOpen: boolean;
  readonly query: Query;
  readonly replacement: string;
  readonly matches: readonly Match[];
  readonly bySegment: ReadonlyMap<number, readonly Match[]>;
  /** Index of the current match; -1: none. */
  readonly at: number;
  readonly current: Match | null;
  setQuery(query: Query): void;
  setReplacement(text: string): void;
  step(by: 1 | -1): void;
  replace(): void;
  replaceAll(): void;
  open(): void;
  close(): void;
}

const NOTHING: readonly Match[] = [];

interface Found {
  readonly state: EditorState;
  readonly dispatch: Dispatch<EditorAction>;
  readonly onShow: (segment: number) => void;
}

export function useSearch({ state: { segments }, dispatch, onShow }: Found): Search {
  const { t } = useTranslation('transcript');
  const [isOpen, setIsOpen] = useState(false);
  const [query, setQuery] = useState<Query>({ text: '', isCaseSensitive: false, isWholeWord: false });
  const [replacement, setReplacement] = useState('');
  /** The place that the search has reached: matches before it move when text is replaced. */
  const [place, setPlace] = useState({ segment: 0, at: 0 });
  const [sought, text] = [useDeferredValue(query), useDeferredValue(segments)];
  const matches = useMemo(() => (isOpen ? findMatches(text, sought) : NOTHING), [isOpen, text, sought]);
  const bySegment = useMemo(() => groupBySegment(matches), [matches]);
  const at = matchFrom(matches, place);
  const current = matches[at] ?? null;
  const goTo = (match: Match | undefined): void => {
    if (match === undefined) return;
    setPlace({ segment: match.segment, at: match.from });
    onShow(match.segment);
  };
  return {
    isOpen, query, replacement, matches, bySegment, at, current, setReplacement,
    setQuery: (next) => {
      setQuery(next);
      const found = findMatches(segments, next);
      goTo(found[matchFrom(found, place)]);
    },
    step: (by) => goTo(matches[(at + by + matches.length) % matches.length]),
    replace: () => {
      // Found in a text that is a moment old: the next press has the new one.
      if (current === null || text !== segments) return;
      dispatch({ kind: 'replace', match: current, text: replacement });
      setPlace({ segment: current.segment, at: current.from + replacement.length });
      onShow(current.segment);
    },
    replaceAll: () => {
      dispatch({ kind: 'replaceAll', query, text: replacement });
      toast.done(t('find.replaced', { count: matches.length }));
    },
    open: () => setIsOpen(true),
    close: () => setIsOpen(false),
  };
}

function groupBySegment(matches: readonly Match[]): Map<number, Match[]> {
  const groups = new Map<number, Match[]>();
  for (const match of matches) {
    const group = groups.get(match.segment);
    if (group === undefined) groups.set(match.segment, [match]);
    else group.push(match);
  }
  return groups;
}
