/** Keeps edits: in the browser at once, in the engine after a pause. */
import { useCallback, useEffect, useRef, useState, type Dispatch } from 'react';
import type { TaskId } from '../../../shared/task.ts';
import { ApiError, api } from '../../api/window-api.ts';
import { keepDraft } from './draft-storage.ts';
import type { EditorAction, EditorState } from './text/editor.ts';

/** So long after the last change; a sentence is typed faster. */
const SAVE_AFTER_MS = 1_500;
/** After a save that failed. */
const RETRY_AFTER_MS = 10_000;

/** conflict: somebody else has saved meanwhile. */
export type Saving = { readonly kind: 'idle' | 'saving' | 'conflict' } | { readonly kind: 'failed'; readonly error: ApiError };

export interface Keeping {
  readonly saving: Saving;
  /** Saves now; settles when nothing is unsaved, or throws. */
  flush(): Promise<void>;
  /** Puts this version over what somebody else saved. */
  keepMine(): Promise<void>;
  /** Nothing of this version is to be saved any more. */
  forget(): void;
}

interface Edited {
  readonly id: TaskId;
  readonly state: EditorState;
  readonly dispatch: Dispatch<EditorAction>;
  /** Of what was loaded. */
  readonly baseRevision: number;
}

export function useSaving({ id, state, dispatch, baseRevision }: Edited): Keeping {
  const [saving, setSaving] = useState<Saving>({ kind: 'idle' });
  const newest = useRef(state);
  const revision = useRef(baseRevision);
  const isForgotten = useRef(false);
  const running = useRef(Promise.resolve());
  useEffect(() => {
    newest.current = state;
    keepDraft(id, { baseRevision: revision.current, keptAt: Date.now(), steps: state.unsaved });
  }, [id, state]);

  const save = useCallback(async (): Promise<void> => {
    const { segments, unsaved } = newest.current;
    if (unsaved.length === 0 || isForgotten.current) return;
    dispatch({ kind: 'saving' });
    setSaving({ kind: 'saving' });
    try {
      const saved = await api.saveTranscript({ id, baseRevision: revision.current, segments: [...segments] });
      revision.current = saved.revision;
      dispatch({ kind: 'saved', steps: unsaved.length });
      // Here too: after the page was left nobody renders any more.
      keepDraft(id, { baseRevision: saved.revision, keptAt: Date.now(), steps: newest.current.unsaved.slice(unsaved.length) });
      setSaving({ kind: 'idle' });
    } catch (thrown) {
      const error = ApiError.from(thrown);
      setSaving(error.code === 'TASK_STATE' ? { kind: 'conflict' } : { kind: 'failed', error });
      throw error;
    }
  }, [id, dispatch]);

  /** One save at a time: each is based on the revision that the one before made. */
  const flush = useCallback((): Promise<void> => {
    running.current = running.current.catch(() => undefined).then(save);
    return running.current;
  }, [save]);

  const isWaiting = state.unsaved.length > 0 && saving.kind !== 'saving' && saving.kind !== 'conflict';
  useEffect(() => {
    if (!isWaiting) return;
    // What goes wrong is shown beside the title.
    const timer = setTimeout(() => void flush().catch(() => undefined), saving.kind === 'failed' ? RETRY_AFTER_MS : SAVE_AFTER_MS);
    return () => clearTimeout(timer);
  }, [isWaiting, saving.kind, state.unsaved, flush]);
  // Going away does not wait for the pause; if it fails, the draft is still there.
  useEffect(() => () => void flush().catch(() => undefined), [flush]);

  const keepMine = useCallback(async (): Promise<void> => {
    revision.current = (await api.getTranscript({ id })).revision;
    await flush();
  }, [id, flush]);
  const forget = useCallback((): void => {
    isForgotten.current = true;
  }, []);
  return { saving, flush, keepMine, forget };
}
