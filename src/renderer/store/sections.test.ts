import { describe, expect, it } from 'vitest';
import type { TaskSummary } from '../../shared/summary.ts';
import { TASK_STATUSES } from '../../shared/task.ts';
import { Sections, SECTIONS } from './sections.ts';
import { testSummary } from './test-summary.ts';
import type { Change } from './sync.ts';

const idsOf = (sections: Sections) => Object.fromEntries(SECTIONS.map((section) => [section, sections.of(section).map(({ id }) => id)]));

function filled(...tasks: TaskSummary[]): Sections {
  const sections = new Sections();
  sections.reset(tasks);
  return sections;
}

describe('sections', () => {
  it('every status has its section', () => {
    for (const status of TASK_STATUSES) {
      const sections = filled(testSummary({ status }));
      expect(SECTIONS.reduce((sum, section) => sum + sections.of(section).length, 0)).toBe(1);
      expect(sections.counts[status]).toBe(1);
    }
  });

  it('waiting tasks stand in the order in which the engine takes them', () => {
    expect(idsOf(filled(testSummary({ id: 1, orderKey: 5 }), testSummary({ id: 2, orderKey: 9, status: 'paused' }), testSummary({ id: 3, orderKey: 5 }))).waiting).toEqual([2, 1, 3]);
  });

  it('finished and failed ones stand with the newest first', () => {
    const sections = filled(testSummary({ id: 1, status: 'completed', completedAt: 10 }), testSummary({ id: 2, status: 'cancelled', completedAt: 30 }), testSummary({ id: 3, status: 'completed', completedAt: 20 }));
    expect(idsOf(sections).finished).toEqual([2, 3, 1]);
  });

  it('a task that starts and ends goes from section to section', () => {
    const [pending, other] = [testSummary({ id: 1, orderKey: 9 }), testSummary({ id: 2, orderKey: 5 })];
    const sections = filled(pending, other);
    const running = { ...pending, status: 'running', startedAt: 4 } as const;
    expect(sections.apply([{ before: pending, after: running }])).toBe(true);
    expect(idsOf(sections)).toEqual({ attention: [], running: [1], waiting: [2], finished: [] });
    sections.apply([{ before: running, after: { ...running, status: 'failed', completedAt: 9 } }]);
    expect(idsOf(sections)).toEqual({ attention: [1], running: [], waiting: [2], finished: [] });
    expect(sections.counts).toMatchObject({ failed: 1, running: 0, pending: 1 });
  });

  it('progress moves nothing', () => {
    const running = testSummary({ status: 'running', startedAt: 3 });
    expect(filled(running).apply([{ before: running, after: { ...running, progress: 50 } }])).toBe(false);
  });

  it('a task with another order key changes its place', () => {
    const [a, b, c] = [testSummary({ id: 1, orderKey: 9 }), testSummary({ id: 2, orderKey: 8 }), testSummary({ id: 3, orderKey: 7 })];
    const sections = filled(a, b, c);
    sections.apply([{ before: c, after: { ...c, orderKey: 8.5 } }]);
    expect(idsOf(sections).waiting).toEqual([1, 3, 2]);
  });

  it('many changes at once leave what the same ones leave one by one', () => {
    let seed = 7;
    const chance = (below: number) => (seed = (seed * 16_807) % 2_147_483_647) % below;
    const random = (id: number): TaskSummary => testSummary({ id, status: TASK_STATUSES[chance(TASK_STATUSES.length)] ?? 'pending', orderKey: chance(50), completedAt: chance(50), startedAt: chance(50) });
    const tasks = new Map(Array.from({ length: 600 }, (_, at) => [at + 1, random(at + 1)]));
    const [single, bulk] = [filled(...tasks.values()), filled(...tasks.values())];
    const changes: Change[] = Array.from({ length: 900 }, () => {
      const id = chance(800) + 1;
      const before = tasks.get(id) ?? null;
      const after = before !== null && chance(5) === 0 ? null : random(id);
      if (after === null) tasks.delete(id);
      else tasks.set(id, after);
      return { before, after };
    });
    for (const change of changes) single.apply([change]);
    bulk.apply(changes);
    expect(idsOf(bulk)).toEqual(idsOf(single));
    expect(idsOf(bulk)).toEqual(idsOf(filled(...tasks.values())));
    expect(bulk.counts).toEqual(single.counts);
  });

  it('a single change costs no sort of a hundred thousand', () => {
    const tasks = Array.from({ length: 100_000 }, (_, at) => testSummary({ id: at + 1, orderKey: -at }));
    const sections = filled(...tasks);
    const waiting = sections.of('waiting');
    for (const before of tasks.slice(0, 100)) sections.apply([{ before, after: { ...before, status: 'completed', completedAt: before.id } }]);
    // The same list, changed in its place.
    expect(sections.of('waiting')).toBe(waiting);
    expect(waiting).toHaveLength(99_900);
  });
});
