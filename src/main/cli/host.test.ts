import { expect, it } from 'vitest';
import { dataDirOf } from './host.ts';
import { testHost } from './test-host.ts';

it('the data folder is the one that is named, on the command line before the environment', () => {
  const host = testHost({ env: { LONGHAUL_DATA: 'from-env' } });
  expect(dataDirOf(host, 'given')).toBe('/somewhere/given');
  expect(dataDirOf(host, undefined)).toBe('/somewhere/from-env');
  expect(dataDirOf(testHost({ env: { LONGHAUL_DATA: '' } }), undefined)).toBe('/home/somebody/.local/share/longhaul');
});
