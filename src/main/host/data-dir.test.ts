import { describe, expect, it } from 'vitest';
import { chosenDataDir, defaultDataDir } from './data-dir.ts';

const homeDir = '/home/somebody';

describe('the data folder', () => {
  it.each([
    ['linux', {}, '/home/somebody/.local/share/longhaul'],
    ['linux', { XDG_DATA_HOME: '/data' }, '/data/longhaul'],
    ['linux', { XDG_DATA_HOME: 'relative' }, '/home/somebody/.local/share/longhaul'],
    ['darwin', {}, '/home/somebody/Library/Application Support/Longhaul'],
    ['win32', { APPDATA: '/roaming' }, '/roaming/Longhaul'],
    ['win32', {}, '/home/somebody/AppData/Roaming/Longhaul'],
  ] as const)('is on %s with %j at %s', (platform, env, dir) => {
    expect(defaultDataDir({ env, platform, homeDir })).toBe(dir);
  });

  it('is what LONGHAUL_DATA names, from the working folder', () => {
    const surroundings = { env: { LONGHAUL_DATA: 'queue' }, platform: 'linux', homeDir } as const;
    expect(chosenDataDir(surroundings, '/somewhere')).toBe('/somewhere/queue');
    expect(chosenDataDir({ ...surroundings, env: { LONGHAUL_DATA: '' } }, '/somewhere')).toBe('/home/somebody/.local/share/longhaul');
  });
});
