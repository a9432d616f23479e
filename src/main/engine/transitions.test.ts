import { describe, expect, it } from 'vitest';
import { SETTLED_STATUSES, TASK_STATUSES } from '../../shared/task.ts';
import { canMake, describeTransitions, next, TRANSITIONS, waysOutOf } from './transitions.ts';

describe('the state machine', () => {
  it('reaches every status but the first by some transition', () => {
    const reached = new Set<string>(Object.values(TRANSITIONS).map(({ to }) => to));
    expect(TASK_STATUSES.filter((status) => !reached.has(status))).toEqual([]);
  });

  it('lets every task get to completed in the end, unless it is removed', () => {
    const canComplete = new Set<string>(['completed']);
    for (let before = 0; before !== canComplete.size;) {
      before = canComplete.size;
      for (const { from, to } of Object.values(TRANSITIONS)) if (canComplete.has(to)) from.forEach((status) => canComplete.add(status));
    }
    expect([...canComplete].sort()).toEqual([...TASK_STATUSES].sort());
  });

  it('lets nobody but the user move a settled task, and a completed one nobody', () => {
    for (const status of SETTLED_STATUSES) {
      for (const name of waysOutOf(status)) expect(TRANSITIONS[name].by).toBe('user');
    }
    expect(waysOutOf('completed')).toEqual([]);
  });

  it('lets a worker move only what it holds: from running, and fenced', () => {
    for (const transition of Object.values(TRANSITIONS)) {
      if (transition.by === 'worker') expect(transition).toMatchObject({ from: ['running'], isFenced: true });
    }
  });

  it('makes work only of what is pending', () => {
    expect(Object.entries(TRANSITIONS).filter(([, { to }]) => to === 'running').map(([name, { from }]) => ({ name, from }))).toEqual([{ name: 'claim', from: ['pending'] }]);
  });

  it('gives the status that follows', () => {
    expect(next('claim', 'pending')).toBe('running');
    expect(next('retry', 'cancelled')).toBe('waiting');
    expect(canMake('pause', 'running')).toBe(false);
  });

  it('refuses what it has no arrow for, and says what can be done instead', () => {
    expect(() => next('resume', 'failed')).toThrow(expect.objectContaining({ code: 'TASK_STATE', message: "A task that is failed can't resume. It can: retry." }));
    expect(() => next('cancel', 'completed')).toThrow("A task that is completed can't cancel. It can: nothing.");
  });

  it('describes each transition and each status for the docs', () => {
    const text = describeTransitions();
    for (const name of Object.keys(TRANSITIONS)) expect(text).toContain(`| ${name} |`);
    for (const status of TASK_STATUSES) expect(text).toContain(`- **${status}** → `);
  });
});
