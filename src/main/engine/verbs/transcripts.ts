/** The contract's methods on transcripts: read, keep an edit, export. */
import { METHODS, type EngineApi } from '../../../shared/contract.ts';
import { TaskError } from '../../../shared/errors.ts';
import { transcribeOptions } from '../../../shared/options.ts';
import { SETTLED_STATUSES, type Task, type TaskId } from '../../../shared/task.ts';
import type { Store } from '../store/store.ts';
import { transcriptDocument, type TranscriptDocument } from '../transcripts/document.ts';
import { exportTranscript } from '../transcripts/export.ts';
import { readOutput } from '../transcripts/from-output.ts';
import { cleanSegments } from '../transcripts/segments.ts';
import { heardSoFar } from '../transcripts/so-far.ts';
import { knownTask } from './known.ts';
import type { VerbParts } from './parts.ts';

type TranscriptStore = Pick<Store, 'get' | 'document' | 'editDocument' | 'partsOf'>;

/** What there is to read of a task. revision 0: nothing is kept in the store yet, or never was. */
interface Found {
  readonly task: Task;
  readonly document: TranscriptDocument;
  readonly isFinal: boolean;
  readonly revision: number;
}

export function createTranscriptVerbs({ store, clock }: Pick<VerbParts, 'clock'> & { readonly store: TranscriptStore }): Pick<EngineApi, 'getTranscript' | 'saveTranscript' | 'exportTranscript'> {
  return {
    getTranscript: async (input) => {
      const { document, isFinal, revision } = await find(store, METHODS.getTranscript.input.parse(input).id);
      const { language, durationMs, segments } = document;
      return { transcript: { language, durationMs, segments }, isFinal, revision };
    },
    saveTranscript: async (input) => {
      const { id, baseRevision, segments } = METHODS.saveTranscript.input.parse(input);
      const { document } = await findEditable(store, id);
      const edited = { ...document, segments: cleanSegments(segments, document.durationMs) };
      const revision = await store.editDocument({ id, baseRevision, document: edited, now: clock.now() });
      if (revision === null) throw new TaskError('TASK_STATE', `The transcript of task ${id} was changed elsewhere since you opened it, so this edit was not saved. Open it again and repeat the edit.`);
      return { revision };
    },
    exportTranscript: async (input) => {
      const { id, format } = METHODS.exportTranscript.input.parse(input);
      const { task, document } = await find(store, id);
      const hasWordTimes = transcribeOptions.safeParse(task.options).data?.wordTimestamps ?? false;
      const { fileName, mimeType, bytes } = await exportTranscript(document, { format, inputPath: task.inputs[0] ?? '', hasWordTimes });
      return { fileName, mimeType, base64: bytes.toString('base64') };
    },
  };
}

/** The kept transcript, else what has been heard so far, else what a task of an older Longhaul wrote. */
async function find(store: TranscriptStore, id: TaskId): Promise<Found> {
  const task = await transcription(store, id);
  // In this order: parts go after the document has come, so that one of the two is always there.
  const [checkpoint, kept] = await Promise.all([store.partsOf(id), store.document(id)]);
  if (kept !== null) return { task, document: parseKept(id, kept.document), isFinal: true, revision: kept.revision };
  if (task.status === 'completed') {
    const document = await readOutput(task.outputs);
    if (document !== null) return { task, document, isFinal: true, revision: 0 };
    throw new TaskError('TASK_STATE', `Task ${id} was completed by an older Longhaul, which kept its transcript only in a JSON file that is not there any more. Open the other files, or transcribe the recording again.`);
  }
  const document = checkpoint && heardSoFar(checkpoint);
  if (document !== null) return { task, document, isFinal: false, revision: 0 };
  throw new TaskError('TASK_STATE', `Nothing has been heard of task ${id} yet (${task.status}). Its transcript appears here as soon as the first words are.`);
}

/** Throws TASK_STATE where an edit would be lost, or has nothing to stand on. */
async function findEditable(store: TranscriptStore, id: TaskId): Promise<Found> {
  const found = await find(store, id);
  const isAtRest = SETTLED_STATUSES.includes(found.task.status) || found.task.status === 'paused';
  if (found.revision === 0 && found.isFinal) throw new TaskError('TASK_STATE', `Task ${id} was completed by an older Longhaul: its transcript can be read and exported, not edited here. Transcribe the recording again to edit it.`);
  if (!found.isFinal || !isAtRest) throw new TaskError('TASK_STATE', `Task ${id} is not finished (${found.task.status}), and its transcript may still change. Save your edit when it is completed.`);
  return found;
}

async function transcription(store: TranscriptStore, id: TaskId): Promise<Task> {
  const task = await knownTask(store, id);
  if (task.type !== 'transcribe') throw new TaskError('TASK_STATE', `Task ${id} (${task.recipe}) is no transcription, so it has no transcript. Add the file with the recipe transcript.`);
  return task;
}

function parseKept(id: TaskId, stored: unknown): TranscriptDocument {
  const parsed = transcriptDocument.safeParse(stored);
  if (parsed.success) return parsed.data;
  throw new TaskError('STORE_DAMAGED', `The kept transcript of task ${id} can't be understood. Its files are whole; transcribe the recording again to edit it.`, { details: parsed.error.message });
}
