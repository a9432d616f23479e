/** What has been heard of a transcription that runs or was interrupted, from its checkpoint. */
import { assemble } from '../handlers/transcribe/write.ts';
import { part, plan, type Part } from '../handlers/transcribe/plan.ts';
import { documentOf, type TranscriptDocument } from './document.ts';

/** A checkpoint as the store keeps it, unparsed. */
export interface StoredCheckpoint {
  readonly plan: unknown;
  readonly parts: readonly { readonly index: number; readonly part: unknown }[];
}

/** In order of time, whatever order the windows were heard in; null: nothing is known before the plan is made. What does not fit its schema will be heard again. */
export function heardSoFar(stored: StoredCheckpoint): TranscriptDocument | null {
  const parsedPlan = plan.safeParse(stored.plan);
  if (!parsedPlan.success) return null;
  const parts = new Map<number, Part>();
  for (const { index, part: text } of stored.parts) {
    const parsed = part.safeParse(text);
    if (parsed.success) parts.set(index, parsed.data);
  }
  return documentOf(assemble({ checkpoint: { parts } }, parsedPlan.data));
}
