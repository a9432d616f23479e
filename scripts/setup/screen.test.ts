import { describe, expect, it } from 'vitest';
import { obstacleHere } from './screen.mjs';

describe('a window', () => {
  it('can be opened on a Linux with a screen, of either kind, and on any other system', () => {
    expect(obstacleHere({ platform: 'linux', env: { DISPLAY: ':0' }, userId: 1000 })).toBeUndefined();
    expect(obstacleHere({ platform: 'linux', env: { WAYLAND_DISPLAY: 'wayland-0' }, userId: 1000 })).toBeUndefined();
    expect(obstacleHere({ platform: 'darwin', env: {}, userId: 501 })).toBeUndefined();
    expect(obstacleHere({ platform: 'win32', env: {} })).toBeUndefined();
  });

  it('can not be opened without a screen, nor by root, and each is one sentence', () => {
    expect(obstacleHere({ platform: 'linux', env: { DISPLAY: '' }, userId: 1000 })).toMatch(/^There is no screen here .*\.$/);
    expect(obstacleHere({ platform: 'linux', env: { DISPLAY: ':0' }, userId: 0 })).toMatch(/^The app does not run as root.*\.$/);
  });
});
