import { expect, it } from 'vitest';
import { draftOf, missingIn, wishOf } from './rule-draft.ts';

it('an empty form says what is missing, and more by what is chosen', () => {
  const draft = draftOf(null, 'mp4-h264');
  expect(missingIn(draft)).toEqual(['name', 'folder']);
  expect(missingIn({ ...draft, name: 'x', folder: '/in', place: 'mirror', after: 'move' })).toEqual(['outputPath', 'afterFolder']);
  expect(missingIn({ ...draft, name: 'x', folder: '/in', recipe: ' ' })).toEqual(['recipe']);
});

it('patterns are told apart by commas, but not by those within braces', () => {
  const { include, exclude } = wishOf({ ...draftOf(null, 'r'), include: ' *.{mp4,mov} ,talks/**,, ', exclude: '' }, null);
  expect([include, exclude]).toEqual([['*.{mp4,mov}', 'talks/**'], []]);
});

it('a rule that is opened and saved again stays as it is, and another recipe forgets the options of the one before', () => {
  const body = {
    folder: '/in', isRecursive: false, include: ['*.mp4'], exclude: ['*x*'], recipe: 'mp3', set: { bitrateKbps: 96 }, output: { place: 'mirror', path: '/out' } as const,
    after: { kind: 'move', folder: '/done' } as const, priority: 7, look: 'polling' as const, settleSeconds: 9,
  };
  const rule = {
    ...body, id: 1, name: 'podcasts', isEnabled: true, groupId: null, createdAt: 1, updatedAt: 1, group: null, pollSeconds: 30,
    state: { status: 'watching' as const, by: null, files: null, lastScanAt: null, waiting: 0, passedOver: 0, taken: 0, lastTakenAt: null, open: 0, completed: 0, failed: 0, problem: null },
  };
  expect(wishOf(draftOf(rule, 'other'), rule)).toEqual({ name: 'podcasts', ...body });
  expect(wishOf({ ...draftOf(rule, ''), recipe: 'wav' }, rule)).toMatchObject({ recipe: 'wav', set: {} });
});
