/** The edited transcript with its history, as a pure reducer. A step is the places it changed, so that a long transcript costs nothing. */
import type { TranscriptSegment } from '../../../../shared/transcript.ts';
import { replaceInSegment, replaceMatch, type Match, type Query } from './find.ts';
import { withText } from './keep-words.ts';
import { mergeSegments, splitSegment, timeLimits, withTimes } from './segments.ts';

/** Segments from `at` on that were taken out and what was put in. */
export interface Patch {
  readonly at: number;
  readonly removed: readonly TranscriptSegment[];
  readonly inserted: readonly TranscriptSegment[];
}

/** What one undo takes back: patches in the order in which they were made. */
export type Step = readonly Patch[];

export interface EditorState {
  readonly segments: readonly TranscriptSegment[];
  readonly durationMs: number;
  readonly past: readonly Step[];
  readonly future: readonly Step[];
  /** All that was done since the last save, undoing too: applied to what was saved it gives `segments`. */
  readonly unsaved: readonly Step[];
  /** The segment that is being typed in. Words are compared with what it was before, and a moment's typing is one step (isOpen: the last one). */
  readonly typing: { readonly index: number; readonly before: TranscriptSegment; readonly atMs: number; readonly isOpen: boolean } | null;
}

export type EditorAction =
  | { readonly kind: 'type'; readonly index: number; readonly text: string; /** Now, of any clock. */ readonly atMs: number }
  | { readonly kind: 'endTyping' }
  | { readonly kind: 'split'; readonly index: number; readonly at: number }
  | { readonly kind: 'merge'; readonly index: number }
  | { readonly kind: 'remove'; readonly index: number }
  | { readonly kind: 'setTimes'; readonly index: number; readonly startMs: number; readonly endMs: number }
  | { readonly kind: 'replace'; readonly match: Match; readonly text: string }
  | { readonly kind: 'replaceAll'; readonly query: Query; readonly text: string }
  /** Steps of a draft, on what they were made on. */
  | { readonly kind: 'replay'; readonly steps: readonly Step[] }
  /** What is there now is being saved: later typing is not a part of it. */
  | { readonly kind: 'saving' }
  /** So many of the unsaved steps were saved. */
  | { readonly kind: 'saved'; readonly steps: number }
  | { readonly kind: 'undo' }
  | { readonly kind: 'redo' };

/** Typing that goes on after this long is a step of its own. */
const TYPING_PAUSE_MS = 1500;
/** Steps that can be taken back; the oldest go first. */
const MOST_STEPS = 1000;

export function openEditor(segments: readonly TranscriptSegment[], durationMs: number): EditorState {
  return { segments, durationMs, past: [], future: [], unsaved: [], typing: null };
}

/** The state after an action; the same object when it changes nothing. */
export function edit(state: EditorState, action: EditorAction): EditorState {
  switch (action.kind) {
    case 'type': return type(state, action);
    case 'endTyping': return endTyping(state);
    case 'undo': return undo(endTyping(state));
    case 'redo': return redo(endTyping(state));
    case 'replay': return action.steps.reduce(takeStep, endTyping(state));
    case 'saving': return state.typing === null ? state : { ...state, typing: { ...state.typing, isOpen: false } };
    case 'saved': return { ...state, unsaved: state.unsaved.slice(action.steps) };
    case 'split':
    case 'merge':
    case 'remove':
    case 'setTimes':
    case 'replace':
    case 'replaceAll': {
      const settled = endTyping(state);
      return takeStep(settled, stepOf(settled, action).filter(changesSomething));
    }
  }
}

/** Segments with a step done; null where it does not fit because they are others than it was made on. */
export function applyStep(segments: readonly TranscriptSegment[], step: Step): TranscriptSegment[] | null {
  const next = [...segments];
  for (const patch of step) {
    const found = next.slice(patch.at, patch.at + patch.removed.length);
    if (patch.at > next.length || !isDeepEqual(found, patch.removed)) return null;
    next.splice(patch.at, patch.removed.length, ...patch.inserted);
  }
  return next;
}

type Change = Exclude<EditorAction, { kind: 'type' | 'endTyping' | 'undo' | 'redo' | 'replay' | 'saving' | 'saved' }>;

/** Where there is nothing to split, merge or replace the step is empty. */
function stepOf({ segments, durationMs }: EditorState, action: Change): Step {
  if (action.kind === 'replaceAll') return segments.map((segment, at) => ({ at, removed: [segment], inserted: [replaceInSegment(segment, action.query, action.text)] }));
  const at = action.kind === 'replace' ? action.match.segment : action.index;
  const segment = segments[at];
  if (segment === undefined) return [];
  switch (action.kind) {
    case 'split': return [{ at, removed: [segment], inserted: splitSegment(segment, action.at) ?? [segment] }];
    case 'merge': return segments[at + 1] === undefined ? [] : [{ at, removed: segments.slice(at, at + 2), inserted: [mergeSegments(segment, segments[at + 1] ?? segment)] }];
    case 'remove': return [{ at, removed: [segment], inserted: [] }];
    case 'setTimes': return [{ at, removed: [segment], inserted: [keepIfSame(segment, withTimes(segment, action, timeLimits(segments, at, durationMs)))] }];
    case 'replace': return [{ at, removed: [segment], inserted: [replaceMatch(segment, action.match, action.text)] }];
  }
}

function keepIfSame(before: TranscriptSegment, after: TranscriptSegment): TranscriptSegment {
  return before.startMs === after.startMs && before.endMs === after.endMs ? before : after;
}

function changesSomething({ removed, inserted }: Patch): boolean {
  return removed.length !== inserted.length || removed.some((segment, index) => segment !== inserted[index]);
}

function takeStep(state: EditorState, step: Step): EditorState {
  if (step.length === 0) return state;
  return { ...state, ...applied(state, step), past: [...state.past, step].slice(-MOST_STEPS), future: [] };
}

function type(state: EditorState, { index, text, atMs }: { index: number; text: string; atMs: number }): EditorState {
  const open = state.typing?.index === index ? state : endTyping(state);
  const current = open.segments[index];
  if (current === undefined || current.text === text) return open;
  const typing = open.typing ?? { index, before: current, atMs, isOpen: false };
  const patch: Patch = { at: index, removed: [current], inserted: [withText(typing.before, text)] };
  const isSameStep = typing.isOpen && atMs - typing.atMs < TYPING_PAUSE_MS;
  const changed = isSameStep ? widenLastStep(open, patch) : takeStep(open, [patch]);
  return { ...changed, typing: { ...typing, atMs, isOpen: true } };
}

/** One more letter of the open step. */
function widenLastStep(state: EditorState, patch: Patch): EditorState {
  const removed = state.past.at(-1)?.at(-1)?.removed ?? patch.removed;
  const step: Step = [{ ...patch, removed }];
  return { ...state, segments: patchAll(state.segments, [patch]), past: [...state.past.slice(0, -1), step], unsaved: [...state.unsaved.slice(0, -1), step], future: [] };
}

/** A segment that was left empty goes, in the same step. */
function endTyping(state: EditorState): EditorState {
  if (state.typing === null) return state;
  const { index, isOpen } = state.typing;
  const segment = state.segments[index];
  const closed = { ...state, typing: null };
  if (segment === undefined || segment.text.trim() !== '') return closed;
  const removal: Patch = { at: index, removed: [segment], inserted: [] };
  if (!isOpen) return takeStep(closed, [removal]);
  const step: Step = [...(state.past.at(-1) ?? []), removal];
  return { ...closed, segments: patchAll(state.segments, [removal]), past: [...state.past.slice(0, -1), step], unsaved: [...state.unsaved.slice(0, -1), step] };
}

function undo(state: EditorState): EditorState {
  const step = state.past.at(-1);
  if (step === undefined) return state;
  return { ...state, ...applied(state, inverse(step)), past: state.past.slice(0, -1), future: [...state.future, step] };
}

function redo(state: EditorState): EditorState {
  const step = state.future.at(-1);
  if (step === undefined) return state;
  return { ...state, ...applied(state, step), past: [...state.past, step], future: state.future.slice(0, -1) };
}

function applied(state: EditorState, step: Step): Pick<EditorState, 'segments' | 'unsaved'> {
  return { segments: patchAll(state.segments, step), unsaved: [...state.unsaved, step] };
}

function inverse(step: Step): Step {
  return [...step].reverse().map(({ at, removed, inserted }) => ({ at, removed: inserted, inserted: removed }));
}

function patchAll(segments: readonly TranscriptSegment[], step: Step): TranscriptSegment[] {
  const next = [...segments];
  for (const { at, removed, inserted } of step) next.splice(at, removed.length, ...inserted);
  return next;
}

function isDeepEqual(left: readonly TranscriptSegment[], right: readonly TranscriptSegment[]): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
