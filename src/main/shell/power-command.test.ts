import { describe, expect, it } from 'vitest';
import { powerCommand } from './power-command.ts';

describe('sleep and shutdown', () => {
  it.each(['linux', 'darwin', 'win32'] as const)('are different programs or arguments on %s', (platform) => {
    const [sleep, shutdown] = [powerCommand('sleep', platform), powerCommand('shutdown', platform)];
    expect(sleep).not.toBeNull();
    expect(shutdown).not.toBeNull();
    expect(sleep).not.toEqual(shutdown);
  });

  it('are not guessed on a system that nobody knows', () => {
    expect(powerCommand('sleep', 'freebsd')).toBeNull();
  });
});
