import { expect, test } from 'vitest';
import type { TranscriptSegment } from '../../../../shared/transcript.ts';
import { readDraft, replayDraft, writeDraft } from './draft.ts';
import { edit, openEditor } from './editor.ts';

const BASE: TranscriptSegment[] = ['one', 'two', 'three'].map((text, index) => ({ text, startMs: index * 1000, endMs: index * 1000 + 900, words: [] }));
const EDITED = edit(edit(openEditor(BASE, 3000), { kind: 'remove', index: 0 }), { kind: 'type', index: 1, text: 'four', atMs: 0 });

test('a draft that was kept leads to the same text on the same transcript', () => {
  const kept = readDraft(writeDraft({ baseRevision: 2, keptAt: 1, steps: EDITED.unsaved }));
  expect(kept?.baseRevision).toBe(2);
  const { fitting, lost } = replayDraft(BASE, kept?.steps ?? []);
  expect(lost).toEqual([]);
  expect(edit(openEditor(BASE, 3000), { kind: 'replay', steps: fitting }).segments).toEqual(EDITED.segments);
});

test('on another transcript the steps that fit are done and the text of the others is told', () => {
  const other = BASE.map((segment) => (segment.text === 'three' ? { ...segment, text: '3' } : segment));
  const { fitting, lost } = replayDraft(other, EDITED.unsaved);
  expect(fitting).toHaveLength(1);
  expect(lost).toEqual(['four']);
});

test.each([[null], ['{'], ['{}'], ['{"baseRevision":0,"keptAt":0,"steps":[[{"at":0,"removed":[{}],"inserted":[]}]]}'], ['{"baseRevision":0,"keptAt":0,"steps":[]}']])('%s is no draft', (text) => {
  expect(readDraft(text)).toBeNull();
});
