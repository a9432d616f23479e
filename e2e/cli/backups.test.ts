import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import * as z from 'zod';
import { User } from './harness.ts';

const listed = z.object({ backups: z.array(z.object({ name: z.string(), kind: z.string(), tasks: z.number() })) });

/** A user with a file to work on. */
async function newUser(): Promise<{ user: User; input: string }> {
  const user = new User();
  onTestFinished(() => user.leave());
  const input = join(user.dir, 'clip.mov');
  await writeFile(input, 'not looked at: nothing is worked on here');
  return { user, input };
}

it('a damaged queue is restored at the next command, which says what happened and what is missing', async () => {
  const { user, input } = await newUser();
  await user.run('add', input, '--recipe', 'mp4-h264');
  expect((await user.run('backups', 'make')).code).toBe(0);
  await user.run('add', input, '--recipe', 'mp3');
  await writeFile(join(user.dataDir, 'longhaul.db'), '');
  const { stdout, stderr, code } = await user.run('list', '--json');
  expect(code).toBe(0);
  expect(stderr).toMatch(/restored from the backup longhaul-manual-.*is empty \(0 bytes\)/);
  expect(stderr).toMatch(/1 accepted task is missing[^]*#2 .*clip\.mov/);
  expect(JSON.parse(stdout)).toMatchObject({ total: 1, tasks: [{ id: 1, recipe: 'mp4-h264' }] });
  // Told once there; `backups` goes on telling.
  expect((await user.run('list')).stderr).toBe('');
  expect((await user.run('backups')).stdout).toMatch(/manual[^]*restored from the backup/);
});

it('a backup is restored by its name, and the queue that was there is kept', async () => {
  const { user, input } = await newUser();
  await user.run('add', input, '--recipe', 'mp4-h264');
  await user.run('backups', 'make');
  await user.run('add', input, '--recipe', 'mp3');
  const [made] = listed.parse(JSON.parse((await user.run('backups', '--json')).stdout)).backups;
  expect(made).toMatchObject({ kind: 'manual', tasks: 1 });
  const restored = await user.run('backups', 'restore', made?.name ?? '', '--json');
  const { setAside } = z.object({ setAside: z.array(z.string()) }).parse(JSON.parse(restored.stdout));
  expect(setAside.every((file) => existsSync(file))).toBe(true);
  expect(JSON.parse((await user.run('list', '--json')).stdout)).toMatchObject({ total: 1 });
  expect((await user.run('backups', 'restore', 'nonsense')).code).toBe(2);
  expect((await user.run('backups', 'restore')).code).toBe(2);
});

it('a queue goes to another machine as a file, once', async () => {
  const [{ user, input }, { user: other }] = [await newUser(), await newUser()];
  await user.run('add', input, '--recipe', 'mp4-h264');
  const file = join(user.dir, 'queue.jsonl');
  expect((await user.run('export', file)).stdout).toContain('1 task in ');
  expect((await user.run('export', file)).code).toBe(2);
  expect((await readFile(file, 'utf8')).split('\n').length).toBeGreaterThan(3);
  expect((await other.run('import', file)).stdout).toBe('1 task taken in.\n');
  expect((await other.run('import', file)).stdout).toBe('0 tasks taken in; 1 were here already.\n');
  expect(JSON.parse((await other.run('list', '--json')).stdout)).toMatchObject({ total: 1, tasks: [{ status: 'pending', inputs: [input] }] });
});
