/** Edits that were not saved yet, as text that a browser can keep. Only what was changed is kept: a long transcript would not fit. */
import type { TranscriptSegment, TranscriptWord } from '../../../../shared/transcript.ts';
import { applyStep, type Patch, type Step } from './editor.ts';

export interface Draft {
  /** The revision that the steps were made on. */
  readonly baseRevision: number;
  /** Epoch milliseconds. */
  readonly keptAt: number;
  readonly steps: readonly Step[];
}

export function writeDraft(draft: Draft): string {
  return JSON.stringify(draft);
}

/** Null: it is no draft, or an empty one. */
export function readDraft(text: string | null): Draft | null {
  if (text === null) return null;
  try {
    const parsed: unknown = JSON.parse(text);
    return isDraft(parsed) && parsed.steps.length > 0 ? parsed : null;
  } catch {
    // Somebody else's text, or cut off: nothing of it can be used.
    return null;
  }
}

/** The steps that still fit, in order, and the new texts of those that don't, for the user to take over by hand. */
export function replayDraft(segments: readonly TranscriptSegment[], steps: readonly Step[]): { fitting: readonly Step[]; lost: readonly string[] } {
  let current = segments;
  for (const [index, step] of steps.entries()) {
    const next = applyStep(current, step);
    if (next === null) return { fitting: steps.slice(0, index), lost: steps.slice(index).flatMap((rest) => rest.flatMap(({ inserted }) => inserted.map((segment) => segment.text))) };
    current = next;
  }
  return { fitting: steps, lost: [] };
}

// Parsed by hand: zod would be in the window's bundle for this alone.
function isDraft(value: unknown): value is Draft {
  return isObject(value) && typeof value['baseRevision'] === 'number' && typeof value['keptAt'] === 'number' && isListOf(value['steps'], (step): step is Step => isListOf(step, isPatch));
}

function isPatch(value: unknown): value is Patch {
  return isObject(value) && typeof value['at'] === 'number' && isListOf(value['removed'], isSegment) && isListOf(value['inserted'], isSegment);
}

function isSegment(value: unknown): value is TranscriptSegment {
  return isSpan(value) && isListOf(value['words'], isWord);
}

function isWord(value: unknown): value is TranscriptWord {
  return isSpan(value) && typeof value['confidence'] === 'number';
}

function isSpan(value: unknown): value is Record<string, unknown> {
  return isObject(value) && typeof value['text'] === 'string' && typeof value['startMs'] === 'number' && typeof value['endMs'] === 'number';
}

function isListOf<T>(value: unknown, isOne: (one: unknown) => one is T): value is T[] {
  return Array.isArray(value) && value.every(isOne);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
