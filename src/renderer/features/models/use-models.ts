/** The models, asked for again whenever the engine says that something about them changed. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { ModelList } from '../../../shared/contract.ts';
import { ApiError, api } from '../../api/window-api.ts';
import { useMirror } from '../../store/mirror.ts';

export interface Models {
  /** Null until they have come. */
  readonly list: ModelList | null;
  readonly error: ApiError | null;
  reload(): void;
}

export function useModels(): Models {
  const revision = useMirror(({ modelsRevision }) => modelsRevision);
  const setting = useMirror(({ settings }) => settings.model);
  const connection = useMirror((mirror) => mirror.connection);
  const [state, setState] = useState<{ list: ModelList | null; error: ApiError | null }>({ list: null, error: null });
  const newest = useRef(0);
  const reload = useCallback((): void => {
    newest.current += 1;
    const mine = newest.current;
    // An answer that a later one has overtaken would show what was.
    const show = (next: typeof state): void => {
      if (mine === newest.current) setState((before) => ({ list: next.list ?? before.list, error: next.error }));
    };
    api.listModels({}).then((list) => show({ list, error: null }), (thrown: unknown) => show({ list: null, error: ApiError.from(thrown) }));
  }, []);
  useEffect(reload, [reload, revision, setting, connection]);
  return { ...state, reload };
}
