/** The lock that keeps two set-ups apart, with real processes. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withLock } from './lock.mjs';

const lockModule = fileURLToPath(new URL('./lock.mjs', import.meta.url));
const start = promisify(execFile);

let folder: string;
let lockPath: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'longhaul-lock-'));
  lockPath = join(folder, 'test.lock');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Adds 1 to a number in a file, with a pause between reading and writing in which others would get in. */
const ADD_ONE = `
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
const { withLock } = await import(process.argv[1]);
await withLock(process.argv[2], async () => {
  const before = Number(readFileSync(process.argv[3], 'utf8'));
  await delay(20);
  writeFileSync(process.argv[3], String(before + 1));
});
`;

it('processes that want it at once get it one after another', async () => {
  const file = join(folder, 'number');
  await writeFile(file, '0');
  await Promise.all(Array.from({ length: 6 }, () => start(process.execPath, ['--input-type=module', '-e', ADD_ONE, lockModule, lockPath, file])));
  expect(await readFile(file, 'utf8')).toBe('6');
});

it('a holder that was killed gives way to the next', async () => {
  const hold = `const { withLock } = await import(process.argv[1]); await withLock(process.argv[2], () => { console.log('held'); setInterval(() => {}, 1000); return new Promise(() => {}); });`;
  const holder = spawn(process.execPath, ['--input-type=module', '-e', hold, lockModule, lockPath], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(holder.stdout, 'data');
  const gone = once(holder, 'exit');
  holder.kill('SIGKILL');
  await gone;
  expect(await readFile(lockPath, 'utf8')).toBe(String(holder.pid));
  expect(await withLock(lockPath, () => 'mine')).toBe('mine');
});

it('it is given back when the work fails, and nothing is left behind', async () => {
  await expect(withLock(lockPath, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await readdir(folder)).toEqual([]);
});
