/** Groups, reports and unique tasks as they are used on the command line. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import * as z from 'zod';
import { taskGroup } from '../../src/shared/group-contract.ts';
import { taskBriefs } from '../../src/shared/new-task.ts';
import { SAMPLE, User } from './harness.ts';

let user: User;

beforeEach(() => {
  user = new User();
});
afterEach(() => user.leave());

it('a group is added, looked at, done, and reported on with sizes and hashes', async () => {
  const { tasks } = await user.json(taskBriefs, 'add', '--recipe', 'mp3', '--recipe', 'thumbnail', '--out', user.outDir, '--group', 'Trip', '--on-failure', 'stop', SAMPLE);
  expect(tasks.map(({ groupId }) => groupId)).toEqual([1, 1]);
  const ids = tasks.map(({ id }) => id).join(',');
  const { tasks: [report] } = await user.json(taskBriefs, 'add', '--recipe', 'report', '--after', ids, '--after-settled', '--out', user.outDir);
  expect((await user.run('groups')).stdout).toMatch(/1 +Trip +0 +2 +stop +2 pending/);
  await user.json(z.unknown(), 'groups', 'priority', '1', 'high');
  expect(await user.run('run', '--until-idle')).toMatchObject({ code: 0 });
  expect(await user.json(taskGroup, 'groups', 'show', '1')).toMatchObject({ progress: 100, counts: { completed: 2 }, total: 2 });
  const [mp3, picture] = await Promise.all(tasks.map(({ id }) => user.show(id)));
  expect(mp3?.priority).toBe(7);
  const made = await user.show(report?.id ?? 0);
  expect(made.outputs.map(({ path }) => path)).toEqual([join(user.outDir, 'Trip.csv')]);
  const table = await readFile(join(user.outDir, 'Trip.csv'), 'utf8');
  for (const output of [...(mp3?.outputs ?? []), ...(picture?.outputs ?? [])]) expect(table).toContain(`${output.path},${String(output.sizeBytes)},${output.sha256},`);
});

it('commands on a group reach all of it, and one that is not there is said', async () => {
  const { tasks } = await user.json(taskBriefs, 'add', '--recipe', 'mp3', '--recipe', 'wav', '--out', user.outDir, '--group', 'g', SAMPLE);
  for (const [action, status] of [['pause', 'paused'], ['resume', 'pending'], ['cancel', 'cancelled'], ['retry', 'pending']] as const) {
    expect((await user.json(taskBriefs, 'groups', action, '1')).tasks).toMatchObject(tasks.map(({ id }) => ({ id, status })));
  }
  expect(await user.json(taskBriefs, 'add', '--recipe', 'wav', '--group', '1', SAMPLE)).toMatchObject({ tasks: [{ id: 3, groupId: 1 }] });
  expect(await user.run('groups', 'show', '9')).toMatchObject({ code: 2, stderr: expect.stringContaining('There is no group 9') });
  expect(await user.run('groups', 'stop', '1')).toMatchObject({ code: 2, stderr: expect.stringContaining("groups can't stop") });
});

it('a unique task is added once, and a report needs tasks and a folder', async () => {
  const twice = [await user.run('add', '--recipe', 'mp3', '--unique', '600', SAMPLE), await user.run('add', '--recipe', 'mp3', '--unique', '600', SAMPLE)];
  expect(twice[1]?.stdout).toContain('#1  mp3  longhaul-sample.mp4  pending (was there already)\n0 tasks added.');
  expect(await user.run('add', '--recipe', 'report', '--after', '1')).toMatchObject({ code: 2, stderr: expect.stringContaining('Say where the report goes') });
  expect(await user.run('add', '--recipe', 'mp3', '--after', '1')).toMatchObject({ code: 2, stderr: expect.stringContaining('needs a file') });
});
