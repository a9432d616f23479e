/** Where drafts of transcripts are kept between two loads of the window. */
import type { TaskId } from '../../../shared/task.ts';
import { useMirror } from '../../store/mirror.ts';
import { readDraft, writeDraft, type Draft } from './text/draft.ts';

/** Keeps a draft; one without steps is forgotten. */
export function keepDraft(id: TaskId, draft: Draft): void {
  try {
    if (draft.steps.length === 0) localStorage.removeItem(keyOf(id));
    else localStorage.setItem(keyOf(id), writeDraft(draft));
  } catch (thrown) {
    // Full or forbidden. The engine is asked to save in a moment anyway; only a reload within that moment would lose something.
    console.warn(`The draft of transcript ${id} could not be kept: ${String(thrown)}`);
  }
}

export function loadDraft(id: TaskId): Draft | null {
  try {
    return readDraft(localStorage.getItem(keyOf(id)));
  } catch {
    // Forbidden: then nothing was kept either.
    return null;
  }
}

/** Ids are unique within a data folder, and one address may serve another folder tomorrow. */
function keyOf(id: TaskId): string {
  return `longhaul.transcript ${useMirror.getState().status?.dataDir ?? ''} ${id}`;
}
