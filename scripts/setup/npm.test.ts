/** Whether the set-up sees that packages are missing, without starting npm. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { missingPackages } from './npm.mjs';

const LOCKED = {
  '': { name: 'x' },
  'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
  'node_modules/b': { version: '2.0.0', integrity: 'sha512-b', optional: true },
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'longhaul-npm-'));
  await writeFile(join(folder, 'package-lock.json'), JSON.stringify({ packages: LOCKED }));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function install(packages: Readonly<Record<string, object>>): Promise<void> {
  for (const name of Object.keys(packages)) await mkdir(join(folder, name), { recursive: true });
  await mkdir(join(folder, 'node_modules'), { recursive: true });
  await writeFile(join(folder, 'node_modules', '.package-lock.json'), JSON.stringify({ packages }));
}

it('a clone without node_modules lacks every package that is not optional', () => {
  expect(missingPackages(folder)).toEqual({ missing: ['node_modules/a'], total: 0 });
});

it('packages as pinned lack nothing', async () => {
  await install({ 'node_modules/a': LOCKED['node_modules/a'], 'node_modules/b': LOCKED['node_modules/b'] });
  expect(missingPackages(folder)).toEqual({ missing: [], total: 2 });
});

it('an optional package that this system can not have is not missing', async () => {
  await install({ 'node_modules/a': LOCKED['node_modules/a'] });
  expect(missingPackages(folder)).toEqual({ missing: [], total: 1 });
});

it('another version, other contents or a removed folder is missing', async () => {
  await install({ 'node_modules/a': { version: '1.0.1', integrity: 'sha512-a' } });
  expect(missingPackages(folder).missing).toEqual(['node_modules/a']);
  await install({ 'node_modules/a': { version: '1.0.0', integrity: 'sha512-other' } });
  expect(missingPackages(folder).missing).toEqual(['node_modules/a']);
  await install({ 'node_modules/a': LOCKED['node_modules/a'] });
  await rm(join(folder, 'node_modules', 'a'), { recursive: true });
  expect(missingPackages(folder).missing).toEqual(['node_modules/a']);
});

it('an installation that was killed midway is missing', async () => {
  await install({ 'node_modules/a': LOCKED['node_modules/a'] });
  await rm(join(folder, 'node_modules', '.package-lock.json'));
  expect(missingPackages(folder).missing).toEqual(['node_modules/a']);
});
