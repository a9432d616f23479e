/** The watched folders, asked for again whenever the engine says that something about them changed. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { WatchRule } from '../../../shared/watch-contract.ts';
import { ApiError, api } from '../../api/window-api.ts';
import { useMirror } from '../../store/mirror.ts';

export interface WatchList {
  /** Null until they have come. */
  readonly rules: readonly WatchRule[] | null;
  readonly error: ApiError | null;
  reload(): void;
}

export function useWatches(): WatchList {
  const revision = useMirror(({ watchesRevision }) => watchesRevision);
  const connection = useMirror((mirror) => mirror.connection);
  const [state, setState] = useState<{ rules: readonly WatchRule[] | null; error: ApiError | null }>({ rules: null, error: null });
  const newest = useRef(0);
  const reload = useCallback((): void => {
    newest.current += 1;
    const mine = newest.current;
    // An answer that a later one has overtaken would show what was.
    const show = (next: typeof state): void => {
      if (mine === newest.current) setState((before) => ({ rules: next.rules ?? before.rules, error: next.error }));
    };
    api.listWatchRules({}).then(({ rules }) => show({ rules, error: null }), (thrown: unknown) => show({ rules: null, error: ApiError.from(thrown) }));
  }, []);
  useEffect(reload, [reload, revision, connection]);
  return { ...state, reload };
}
