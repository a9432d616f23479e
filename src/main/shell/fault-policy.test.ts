import { describe, expect, it } from 'vitest';
import { decideOnFault } from './fault-policy.ts';

describe('an error that nobody caught', () => {
  it('ends an app that has not got to its window', () => {
    expect(decideOnFault({ kind: 'exception', hasStarted: false, upMs: 2_000 })).toBe('stop');
    expect(decideOnFault({ kind: 'rejection', hasStarted: false, upMs: 2_000 })).toBe('stop');
  });

  it('does not start a young app again, which would go on for ever', () => {
    expect(decideOnFault({ kind: 'exception', hasStarted: true, upMs: 59_000 })).toBe('stop');
  });

  it('starts an app again that ran well, so that the queue goes on', () => {
    expect(decideOnFault({ kind: 'exception', hasStarted: true, upMs: 3_600_000 })).toBe('restart');
  });

  it('is only logged when it was a promise of a running app', () => {
    expect(decideOnFault({ kind: 'rejection', hasStarted: true, upMs: 2_000 })).toBe('log');
  });
});
