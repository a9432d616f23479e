import { describe, expect, it } from 'vitest';
import { decideOnClose } from './close-policy.ts';
import { CrashCounter } from './crash-counter.ts';

describe('closing the window', () => {
  it('hides it, and only minimises it where no tray could bring it back', () => {
    expect(decideOnClose({ isQuitting: false, closeToTray: true, hasTray: true })).toBe('hide');
    expect(decideOnClose({ isQuitting: false, closeToTray: true, hasTray: false })).toBe('minimise');
  });

  it('closes it when the app quits or its user wants that', () => {
    expect(decideOnClose({ isQuitting: true, closeToTray: true, hasTray: true })).toBe('close');
    expect(decideOnClose({ isQuitting: false, closeToTray: false, hasTray: true })).toBe('close');
  });
});

describe('a page that fails', () => {
  it('is loaded again, until it keeps failing', () => {
    const crashes = new CrashCounter();
    expect([0, 1_000, 2_000, 3_000].map((at) => crashes.add(at))).toEqual(['again', 'again', 'again', 'ask']);
    expect(crashes.add(4_000)).toBe('again');
  });

  it('now and then is loaded again every time', () => {
    const crashes = new CrashCounter();
    expect(Array.from({ length: 10 }, (_, index) => crashes.add(index * 30_000))).not.toContain('ask');
  });
});
