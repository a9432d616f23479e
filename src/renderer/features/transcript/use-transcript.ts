/** The transcript as the engine has it: asked for again while it grows. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { MethodOutput } from '../../../shared/contract.ts';
import type { TaskId } from '../../../shared/task.ts';
import { ApiError, api } from '../../api/window-api.ts';
import { useMirror, useTask } from '../../store/mirror.ts';

/** Speech comes by windows of many seconds: more often would show nothing new. */
const LEAST_PAUSE_MS = 1_000;

export type LoadedTranscript = MethodOutput<'getTranscript'> & {
  /** Counts the times it was loaded on purpose: another number is another editor. */
  readonly load: number;
};

export interface TranscriptSource {
  /** Null until it has come. */
  readonly loaded: LoadedTranscript | null;
  readonly error: ApiError | null;
  /** Forgets what was loaded and asks again. */
  reload(): void;
}

export function useTranscript(id: TaskId): TranscriptSource {
  const summary = useTask(id);
  const connection = useMirror((mirror) => mirror.connection);
  const [state, setState] = useState<{ loaded: LoadedTranscript | null; error: ApiError | null }>({ loaded: null, error: null });
  const [load, setLoad] = useState(0);
  const askedAt = useRef(0);
  const isEditable = state.loaded?.isFinal === true && state.loaded.load === load;
  const growth = summary === undefined ? '' : `${summary.status} ${summary.progressCurrent}`;
  useEffect(() => {
    // What is being edited is not replaced under the user's hands.
    if (isEditable || connection === 'lost') return;
    let isCurrent = true;
    const timer = setTimeout(() => {
      askedAt.current = Date.now();
      api.getTranscript({ id }).then(
        (answer) => isCurrent && setState({ loaded: { ...answer, load }, error: null }),
        (thrown: unknown) => isCurrent && setState((before) => ({ ...before, error: ApiError.from(thrown) })),
      );
    }, Math.max(0, askedAt.current + LEAST_PAUSE_MS - Date.now()));
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [id, growth, load, isEditable, connection]);
  const reload = useCallback(() => setLoad((count) => count + 1), []);
  return { ...state, reload };
}
