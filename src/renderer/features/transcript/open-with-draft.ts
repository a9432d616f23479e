/** The editor as it was left: what was loaded, and the edits that had not been saved. */
import type { TaskId } from '../../../shared/task.ts';
import { loadDraft } from './draft-storage.ts';
import { replayDraft } from './text/draft.ts';
import { edit, openEditor, type EditorState } from './text/editor.ts';
import type { LoadedTranscript } from './use-transcript.ts';

/** lost: texts of edits that do not fit what is saved now. */
export function openWithDraft(id: TaskId, { transcript: { segments, durationMs } }: Pick<LoadedTranscript, 'transcript'>): { state: EditorState; lost: readonly string[] } {
  const opened = openEditor(segments, durationMs);
  const draft = loadDraft(id);
  if (draft === null) return { state: opened, lost: [] };
  const { fitting, lost } = replayDraft(segments, draft.steps);
  const state = edit(opened, { kind: 'replay', steps: fitting });
  // An edit that was saved after all, only its answer never came, is not lost.
  const texts = new Set(state.segments.map(({ text }) => text));
  return { state, lost: lost.filter((text) => !texts.has(text)) };
}
