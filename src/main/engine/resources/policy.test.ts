import { describe, expect, it } from 'vitest';
import { choose, describeShortage, FOREIGN_WAIT_MS, PASSING_LIMIT, type Candidate, type Question, type Room } from './policy.ts';

const GB = 1e9;
const room = (change: Partial<Room> = {}): Room => ({ memory: { free: 4 * GB, total: 8 * GB }, processors: { free: 4, total: 4 }, work: { free: 50 * GB, total: 100 * GB }, outputs: new Map(), ...change });
const task = (id: number, memoryGb: number, more: { workGb?: number; outputGb?: number; processors?: number; seconds?: number | null } = {}): Candidate => ({
  id, outputDir: '/out', seconds: more.seconds === undefined ? 60 : more.seconds,
  need: { memoryBytes: memoryGb * GB, workBytes: (more.workGb ?? 0) * GB, outputBytes: (more.outputGb ?? 0) * GB, processors: more.processors ?? 0 },
});
const ask = (candidates: readonly Candidate[], change: Partial<Question> = {}) => choose({ candidates, limit: 2, room: room(), workDir: '/work', isIdle: false, idleMs: 0, passing: null, waitingId: null, ...change });

describe('what fits', () => {
  it('is taken in order, up to the limit, and what is taken is not there for the next', () => {
    expect(ask([task(1, 2), task(2, 2), task(3, 0)])).toMatchObject({ taken: [1, 2], held: null });
    expect(ask([task(1, 3), task(2, 2)])).toMatchObject({ taken: [1], held: { id: 2, shortage: { kind: 'memory', needed: 2 * GB, free: 1 * GB } } });
  });

  it('is measured by every resource, and by each disk apart unless two folders share one', () => {
    expect(ask([task(1, 1, { processors: 5 })]).held?.shortage.kind).toBe('processor');
    expect(ask([task(1, 1, { workGb: 51 })]).held?.shortage).toMatchObject({ kind: 'disk', dir: '/work' });
    const apart = room({ outputs: new Map([['/out', { free: 1 * GB, total: 10 * GB }]]) });
    expect(ask([task(1, 1, { workGb: 40, outputGb: 2 })], { room: apart }).held?.shortage).toMatchObject({ kind: 'disk', dir: '/out', needed: 2 * GB });
    const shared = room({ outputs: new Map([['/out', 'work' as const]]) });
    expect(ask([task(1, 1, { workGb: 40, outputGb: 11 })], { room: shared }).held?.shortage).toMatchObject({ dir: '/work', needed: 51 * GB });
    expect(ask([task(1, 1, { workGb: 40, outputGb: 9 })], { room: shared })).toMatchObject({ taken: [1], held: null });
  });

  it('is everything that needs nothing, also where nothing is free', () => {
    expect(ask([task(1, 0)], { room: room({ memory: { free: 0, total: 8 * GB }, processors: { free: 0, total: 4 } }) }).taken).toEqual([1]);
  });
});

describe('a small task behind a large one', () => {
  it('overtakes it, and what it used of the bound is not there for the next', () => {
    const answer = ask([task(1, 6), task(2, 1), task(3, 1)], { limit: 1 });
    expect(answer).toMatchObject({ taken: [2], held: { id: 1 } });
    expect(answer.passing).toEqual({ tasks: PASSING_LIMIT.tasks - 1, seconds: PASSING_LIMIT.seconds - 60 });
  });

  it('waits with it when as many have passed as may, or when it would take too long', () => {
    expect(ask([task(1, 6), task(2, 1)], { passing: { tasks: 0, seconds: 3600 } })).toMatchObject({ taken: [], held: { id: 1 } });
    expect(ask([task(1, 6), task(2, 1, { seconds: 4000 })])).toMatchObject({ taken: [], held: { id: 1 } });
    // Nobody knows how long it takes: it counts as five minutes.
    expect(ask([task(1, 6), task(2, 1, { seconds: null })], { passing: { tasks: 8, seconds: 299 } }).taken).toEqual([]);
  });

  it('does not starve it: with small ones for ever behind it and one place always busy, the large one begins after the bound', () => {
    let passing = PASSING_LIMIT;
    let passed = 0;
    // One small task runs at any time and holds 1 GB; the large one needs all that is there.
    for (let next = 2; ; next += 1) {
      const busy = ask([task(1, 8), task(next, 1)], { limit: 1, room: room({ memory: { free: 7 * GB, total: 8 * GB } }), passing });
      passing = busy.passing;
      if (busy.taken.length === 0) break;
      passed += 1;
    }
    expect(passed).toBe(PASSING_LIMIT.tasks);
    expect(ask([task(1, 8), task(99, 1)], { room: room({ memory: { free: 8 * GB, total: 8 * GB } }), passing, waitingId: 1, isIdle: true })).toMatchObject({ taken: [1], forced: null });
  });
});

it('is held back in every queue once as many have overtaken what waits in one of them', () => {
  expect(ask([task(5, 1)], { passing: { tasks: 0, seconds: 0 } })).toMatchObject({ taken: [], held: null });
});

describe('a task that does not fit while nothing of ours runs', () => {
  it('begins alone at once when it could never fit, and it is said what it is short of', () => {
    const answer = ask([task(1, 9), task(2, 1)], { isIdle: true });
    expect(answer).toMatchObject({ taken: [1], forced: { id: 1, shortage: { kind: 'memory', needed: 9 * GB, total: 8 * GB } }, held: null });
  });

  it('waits for other programs for two minutes, then begins alone', () => {
    expect(ask([task(1, 6)], { isIdle: true, idleMs: FOREIGN_WAIT_MS - 1 })).toMatchObject({ taken: [], held: { id: 1 } });
    expect(ask([task(1, 6)], { isIdle: true, idleMs: FOREIGN_WAIT_MS })).toMatchObject({ taken: [1], forced: { id: 1 } });
  });

  it('does not begin beside something that runs, however long it waits', () => {
    expect(ask([task(1, 9)], { isIdle: false, idleMs: FOREIGN_WAIT_MS }).taken).toEqual([]);
  });
});

it('says what is needed and what is free', () => {
  const say = (candidate: Candidate, change: Partial<Room>) => describeShortage(ask([candidate], { room: room(change) }).held?.shortage ?? { kind: 'memory', needed: 0, free: 0, total: 0, dir: null });
  expect(say(task(1, 3.9), { memory: { free: 1.2 * GB, total: 8 * GB } })).toBe('memory: needs 3.9 GB, 1.2 GB free');
  expect(say(task(1, 0, { processors: 2 }), { processors: { free: 0.5, total: 4 } })).toBe('the processor: needs 2 cores, 0.5 free');
  expect(say(task(1, 0, { workGb: 0.5 }), { work: { free: 1e7, total: GB } })).toBe('disk space: needs 500 MB, 10 MB free in /work');
});
