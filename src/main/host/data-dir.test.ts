import { describe, expect, it } from 'vitest';
import { defaultDataDir as ofTheCommandLine } from '../cli/host.ts';
import { chosenDataDir, defaultDataDir } from './data-dir.ts';

const homeDir = '/home/ann';

describe('the data folder', () => {
  it.each([
    { platform: 'linux', env: {} },
    { platform: 'linux', env: { XDG_DATA_HOME: '/data' } },
    { platform: 'linux', env: { XDG_DATA_HOME: 'relative' } },
    { platform: 'darwin', env: {} },
    { platform: 'win32', env: { APPDATA: '/users/ann/roaming' } },
    { platform: 'win32', env: {} },
  ] as const)('is the one the command line uses: %j', ({ platform, env }) => {
    expect(defaultDataDir({ env, platform, homeDir })).toBe(ofTheCommandLine({ env, platform, homeDir }));
  });

  it('is what LONGHAUL_DATA names, from the working folder', () => {
    const surroundings = { env: { LONGHAUL_DATA: 'queue' }, platform: 'linux', homeDir } as const;
    expect(chosenDataDir(surroundings, '/work')).toBe('/work/queue');
    expect(chosenDataDir({ ...surroundings, env: { LONGHAUL_DATA: '' } }, '/work')).toBe('/home/ann/.local/share/longhaul');
  });
});
