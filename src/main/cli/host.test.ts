import { describe, expect, it } from 'vitest';
import { dataDirOf, defaultDataDir } from './host.ts';
import { testHost } from './test-host.ts';

describe('the data folder', () => {
  it.each([
    ['linux', {}, '/home/somebody/.local/share/longhaul'],
    ['linux', { XDG_DATA_HOME: '/data' }, '/data/longhaul'],
    ['linux', { XDG_DATA_HOME: 'relative' }, '/home/somebody/.local/share/longhaul'],
    ['darwin', {}, '/home/somebody/Library/Application Support/Longhaul'],
  ] as const)('is on %s with %j at %s', (platform, env, dir) => {
    expect(defaultDataDir(testHost({ platform, env }))).toBe(dir);
  });

  it('is on Windows below the roaming folder', () => {
    expect(defaultDataDir(testHost({ platform: 'win32', env: { APPDATA: '/roaming' } }))).toBe('/roaming/Longhaul');
  });

  it('is the one that is named, on the command line before the environment', () => {
    const host = testHost({ env: { LONGHAUL_DATA: 'from-env' } });
    expect(dataDirOf(host, 'given')).toBe('/somewhere/given');
    expect(dataDirOf(host, undefined)).toBe('/somewhere/from-env');
    expect(dataDirOf(testHost({ env: { LONGHAUL_DATA: '' } }), undefined)).toBe('/home/somebody/.local/share/longhaul');
  });
});
