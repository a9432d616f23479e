import { describe, expect, test } from 'vitest';
import type { TranscriptSegment } from '../../../../shared/transcript.ts';
import { applyStep, edit, openEditor, type EditorAction, type EditorState } from './editor.ts';

/** Words of half a second each, one after the other. */
function said(text: string, startMs: number): TranscriptSegment {
  const words = text.split(' ').map((word, index) => ({ text: word, startMs: startMs + index * 500, endMs: startMs + index * 500 + 450, confidence: 0.8 }));
  return { text, startMs, endMs: words.at(-1)?.endMs ?? startMs, words };
}

const BASE = [said('the quick brown fox', 0), said('jumps over', 3000), said('the lazy dog', 5000)];
const open = (): EditorState => openEditor(BASE, 10_000);
const run = (state: EditorState, ...actions: readonly EditorAction[]): EditorState => actions.reduce(edit, state);
const texts = ({ segments }: EditorState): string[] => segments.map(({ text }) => text);

/** What must hold after any action. */
function expectConsistent({ segments }: EditorState): void {
  let earliest = 0;
  for (const segment of segments) {
    expect(segment.startMs).toBeGreaterThanOrEqual(earliest);
    expect(segment.endMs).toBeGreaterThanOrEqual(segment.startMs);
    let wordEarliest = segment.startMs;
    let from = 0;
    for (const word of segment.words) {
      expect(word.startMs).toBeGreaterThanOrEqual(wordEarliest);
      expect(word.endMs).toBeGreaterThanOrEqual(word.startMs);
      expect(word.endMs).toBeLessThanOrEqual(segment.endMs);
      const at = segment.text.indexOf(word.text, from);
      expect(at, `"${word.text}" stands in "${segment.text}"`).toBeGreaterThanOrEqual(0);
      wordEarliest = word.endMs;
      from = at + word.text.length;
    }
    earliest = segment.endMs;
  }
}

describe('splitting and merging', () => {
  test('a split between words gives each half its words and the time they were spoken', () => {
    const [left, right] = run(open(), { kind: 'split', index: 0, at: 10 }).segments;
    expect(left).toMatchObject({ text: 'the quick', startMs: 0, endMs: 950 });
    expect(right).toMatchObject({ text: 'brown fox', startMs: 1000, endMs: 1950 });
    expect(left?.words.map(({ text }) => text)).toEqual(['the', 'quick']);
    expect(right?.words.map(({ text }) => text)).toEqual(['brown', 'fox']);
  });

  test('a split within a word cuts the word and its time', () => {
    const [left, right] = run(open(), { kind: 'split', index: 1, at: 2 }).segments.slice(1);
    expect(left?.words).toEqual([{ text: 'ju', startMs: 3000, endMs: 3180, confidence: 0.8 }]);
    expect(right?.words[0]).toEqual({ text: 'mps', startMs: 3180, endMs: 3450, confidence: 0.8 });
  });

  test('a split of text without words shares the time by length', () => {
    const [left, right] = run(openEditor([{ text: 'aaaa bb', startMs: 0, endMs: 6000, words: [] }], 6000), { kind: 'split', index: 0, at: 5 }).segments;
    expect([left?.endMs, right?.startMs]).toEqual([4000, 4000]);
  });

  test.each([0, 3, 99])('a split that would leave a half empty changes nothing (at %i)', (at) => {
    const state = run(openEditor([said('fox', 0)], 1000), { kind: 'split', index: 0, at });
    expect(state.past).toEqual([]);
  });

  test('merging what was split gives the segment back', () => {
    expect(run(open(), { kind: 'split', index: 0, at: 10 }, { kind: 'merge', index: 0 }).segments).toEqual(BASE);
  });

  test('the last segment has nothing to merge with', () => {
    const state = open();
    expect(edit(state, { kind: 'merge', index: 2 })).toBe(state);
  });

  test('Chinese is merged without a blank', () => {
    const state = openEditor([{ text: '今天', startMs: 0, endMs: 1, words: [] }, { text: '很好', startMs: 1, endMs: 2, words: [] }], 2);
    expect(texts(run(state, { kind: 'merge', index: 0 }))).toEqual(['今天很好']);
  });
});

describe('times', () => {
  test('a segment can be moved up to its neighbours and not over them', () => {
    const state = run(open(), { kind: 'setTimes', index: 1, startMs: 100, endMs: 9000 });
    expect(state.segments[1]).toMatchObject({ startMs: 1950, endMs: 5000 });
    expectConsistent(state);
  });

  test('words that reach out of the new times are cut off there', () => {
    const state = run(open(), { kind: 'setTimes', index: 0, startMs: 200, endMs: 1200 });
    expect(state.segments[0]?.words.map(({ startMs, endMs }) => [startMs, endMs])).toEqual([[200, 450], [500, 950], [1000, 1200], [1200, 1200]]);
  });

  test('an end before the start leaves the shortest segment', () => {
    const state = run(open(), { kind: 'setTimes', index: 1, startMs: 3500, endMs: 3000 });
    expect(state.segments[1]).toMatchObject({ startMs: 3500, endMs: 3501 });
  });

  test('the same times are no step', () => {
    expect(run(open(), { kind: 'setTimes', index: 0, startMs: 0, endMs: 1950 }).past).toEqual([]);
  });
});

describe('typing', () => {
  const typed = (text: string, atMs: number): EditorAction => ({ kind: 'type', index: 0, text, atMs });

  test('quick typing is one step, typing after a pause another', () => {
    const state = run(open(), typed('the quick brown fo', 0), typed('the quick brown f', 100), typed('the quick brown f!', 5000));
    expect(state.past).toHaveLength(2);
    expect(texts(run(state, { kind: 'undo' }))[0]).toBe('the quick brown f');
    expect(run(state, { kind: 'undo' }, { kind: 'undo' }).segments).toEqual(BASE);
  });

  test('a word that was deleted and typed anew keeps its time', () => {
    const state = run(open(), typed('the  brown fox', 0), typed('the q brown fox', 2000), typed('the quirky brown fox', 4000));
    expect(state.segments[0]?.words[1]).toEqual({ text: 'quirky', startMs: 500, endMs: 950, confidence: 1 });
  });

  test('a segment that is left empty goes, and one undo brings it back', () => {
    const state = run(open(), typed('', 0), { kind: 'endTyping' });
    expect(texts(state)).toEqual(['jumps over', 'the lazy dog']);
    expect(run(state, { kind: 'undo' }).segments).toEqual(BASE);
  });

  test('text that comes back to what it was has its words again', () => {
    expect(run(open(), typed('the', 0), typed('the quick brown fox', 9000)).segments).toEqual(BASE);
  });
});

describe('find and replace', () => {
  test('replacing all is one step', () => {
    const state = run(open(), { kind: 'replaceAll', query: { text: 'the', isCaseSensitive: false, isWholeWord: true }, text: 'a' });
    expect(texts(state)).toEqual(['a quick brown fox', 'jumps over', 'a lazy dog']);
    expect(state.past).toHaveLength(1);
    expect(state.past[0]).toHaveLength(2);
    expectConsistent(state);
    expect(run(state, { kind: 'undo' }).segments).toEqual(BASE);
  });

  test('one match is replaced and the word keeps its time', () => {
    const state = run(open(), { kind: 'replace', match: { segment: 1, from: 0, to: 5 }, text: 'leaps' });
    expect(state.segments[1]?.words[0]).toEqual({ text: 'leaps', startMs: 3000, endMs: 3450, confidence: 1 });
  });
});

describe('undo and redo', () => {
  const STEPS: readonly EditorAction[] = [
    { kind: 'split', index: 0, at: 10 },
    { kind: 'type', index: 1, text: 'red fox ran', atMs: 0 },
    { kind: 'setTimes', index: 1, startMs: 1000, endMs: 2500 },
    { kind: 'merge', index: 1 },
    { kind: 'remove', index: 2 },
    { kind: 'replaceAll', query: { text: 'o', isCaseSensitive: true, isWholeWord: false }, text: '0' },
    { kind: 'split', index: 1, at: 4 },
  ];

  test('all steps can be taken back one by one and done again, with the same states on the way', () => {
    const states = STEPS.reduce<EditorState[]>((all, action) => [...all, edit(all.at(-1) ?? open(), action)], [open()]);
    states.forEach(expectConsistent);
    let state = states.at(-1) ?? open();
    for (const before of states.slice(0, -1).toReversed()) {
      state = edit(state, { kind: 'undo' });
      expect(state.segments).toEqual(before.segments);
    }
    for (const after of states.slice(1)) {
      state = edit(state, { kind: 'redo' });
      expect(state.segments).toEqual(after.segments);
    }
  });

  test('a new step forgets what was undone', () => {
    const state = run(open(), { kind: 'remove', index: 0 }, { kind: 'undo' }, { kind: 'remove', index: 2 });
    expect(edit(state, { kind: 'redo' })).toBe(state);
  });

  test('with nothing to undo or redo nothing changes', () => {
    const state = open();
    expect(run(state, { kind: 'undo' }, { kind: 'redo' })).toBe(state);
  });
});

describe('what is not saved yet', () => {
  test('the unsaved steps lead from what was saved to what is there, undoing past a save too', () => {
    let state = run(open(), { kind: 'remove', index: 2 }, { kind: 'split', index: 0, at: 10 }, { kind: 'saving' });
    const saved = state.segments;
    state = run(state, { kind: 'saved', steps: state.unsaved.length });
    expect(state.unsaved).toEqual([]);
    state = run(state, { kind: 'undo' }, { kind: 'undo' }, { kind: 'merge', index: 0 });
    const replayed = state.unsaved.reduce((segments, step) => applyStep(segments, step) ?? [], saved);
    expect(replayed).toEqual(state.segments);
  });

  test('what is typed while a save is under way stays unsaved', () => {
    let state = run(open(), { kind: 'type', index: 0, text: 'a', atMs: 0 }, { kind: 'saving' });
    const [saved, steps] = [state.segments, state.unsaved.length];
    state = run(state, { kind: 'type', index: 0, text: 'ab', atMs: 100 }, { kind: 'saved', steps });
    expect(state.unsaved).toHaveLength(1);
    expect(applyStep(saved, state.unsaved[0] ?? [])).toEqual(state.segments);
  });

  test('a step is refused by segments that are others than it was made on', () => {
    const [step] = run(open(), { kind: 'remove', index: 1 }).unsaved;
    expect(applyStep(BASE.slice(1), step ?? [])).toBeNull();
    expect(applyStep(BASE, step ?? [])).toHaveLength(2);
  });
});

test('random edits keep words and times consistent and can all be taken back', () => {
  // A small linear congruential generator: the same edits in every run.
  let seed = 7;
  const below = (limit: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((seed / 2_147_483_648) * limit);
  };
  let state = open();
  for (let round = 0; round < 400; round += 1) {
    const index = below(state.segments.length + 1);
    const text = state.segments[index]?.text ?? '';
    const at = below(text.length + 1);
    const actions: readonly EditorAction[] = [
      { kind: 'split', index, at }, { kind: 'split', index, at }, { kind: 'merge', index },
      { kind: 'type', index, text: `${text.slice(0, at)}${['x', ' new ', '', 'fox '][below(4)] ?? ''}${text.slice(at + below(3))}`, atMs: round * 700 },
      { kind: 'setTimes', index, startMs: below(10_000), endMs: below(10_000) },
      { kind: 'replaceAll', query: { text: 'o', isCaseSensitive: false, isWholeWord: false }, text: 'oo' },
      { kind: 'endTyping' }, { kind: 'undo' }, { kind: 'redo' },
    ];
    const action = actions[below(text.length > 400 ? 3 : actions.length)];
    if (action !== undefined) state = edit(state, action);
    expectConsistent(state);
  }
  while (state.past.length > 0) state = edit(state, { kind: 'undo' });
  expect(state.segments).toEqual(BASE);
});
