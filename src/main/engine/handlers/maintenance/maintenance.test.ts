import { mkdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Schedule } from '../../../../shared/schedule-contract.ts';
import type { Task } from '../../../../shared/task.ts';
import { is, openTestEngine, type TestEngine } from '../../test-engine.ts';

const HOUR_MS = 3_600_000;
/** The first frames of a real MP4, as far as intake looks: a size and `ftypisom`. */
const MP4_HEAD = Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypisom'), Buffer.alloc(2000, 1)]);

async function openScheduled(): Promise<TestEngine> {
  const test = await openTestEngine();
  await test.restart({ isScheduling: true });
  return test;
}

async function scheduleOf({ engine }: TestEngine, name: string): Promise<Schedule> {
  // The built-in ones are stored right after the start.
  for (;;) {
    const found = (await engine.api.listSchedules({})).schedules.find((one) => one.name === name);
    if (found !== undefined) return found;
  }
}

/** Runs a schedule now, to the end of its task. */
async function run(test: TestEngine, name: string): Promise<Task> {
  const { id } = await scheduleOf(test, name);
  const { taskId } = await test.engine.api.runScheduleNow({ id });
  const task = await test.until(taskId, is('completed', 'failed'));
  test.clock.advance(1000);
  return task;
}

/** A folder with files that look like films, changed long ago. */
async function folderOf(test: TestEngine, names: readonly string[]): Promise<string> {
  const folder = join(test.dir, 'watched');
  await mkdir(folder, { recursive: true });
  for (const name of names) await putFile(folder, name);
  return folder;
}

async function putFile(folder: string, name: string, bytes = MP4_HEAD): Promise<void> {
  await writeFile(join(folder, name), bytes);
  await utimes(join(folder, name), 1_000_000, 1_000_000);
}

async function listed({ engine }: TestEngine, type?: Task['type']): Promise<Task[]> {
  return (await engine.api.listTasks({ ...(type === undefined ? {} : { type: [type] }), limit: 1000 })).tasks;
}

it('a task of upkeep runs inside the engine, as one that its user does not wait for', async () => {
  const test = await openScheduled();
  const task = await run(test, 'clean-up');
  expect(task).toMatchObject({ status: 'completed', type: 'maintenance', queue: 'maintenance', recipe: 'clean-up', message: 'nothing to remove', progress: 100 });
  expect((await test.engine.api.getAttempts({ id: task.id })).attempts).toMatchObject([{ outcome: 'completed', worker: null }]);
  const status = await test.engine.api.getStatus({});
  expect(status).toMatchObject({ isIdle: true, counts: { pending: 0, running: 0 } });
});

it('while upkeep waits the engine is idle all the same, and its list says so', async () => {
  const test = await openScheduled();
  await test.engine.api.setSetting({ name: 'hold', value: 'afterCurrent' });
  const { id } = await scheduleOf(test, 'clean-up');
  const { taskId } = await test.engine.api.runScheduleNow({ id });
  expect(await test.engine.api.getTask({ id: taskId })).toMatchObject({ status: 'pending' });
  expect(await test.engine.api.getStatus({})).toMatchObject({ isIdle: true, counts: { pending: 0 } });
});

it('the clean-up says what it removed, tells the windows, and leaves the history', async () => {
  const test = await openScheduled();
  const ids = [await test.add('a', {}), await test.add('b', {})];
  for (const id of ids) await test.until(id, is('completed'));
  test.clock.advance(25 * HOUR_MS);
  const [task] = [await run(test, 'clean-up')];
  expect(task.message).toMatch(/^removed \d+ tasks, \d+ kB$/);
  expect(await listed(test, 'video_thumbnail')).toEqual([]);
  await expect.poll(() => test.events.flatMap((event) => (event.kind === 'delta' ? event.removed : []))).toEqual(expect.arrayContaining(ids));
  expect((await test.engine.api.listHistory({})).tasks.map(({ id, status }) => ({ id, status }))).toEqual(ids.toReversed().map((id) => ({ id, status: 'completed' })));
  // The results are their user's.
  expect((await stat(join(test.dir, 'out', 'made.txt'))).isFile()).toBe(true);
});

it('the history keeps as many as the settings say', async () => {
  const test = await openScheduled();
  for (const name of ['a', 'b', 'c']) await test.until(await test.add(name, {}), is('completed'));
  test.clock.advance(25 * HOUR_MS);
  await test.engine.api.setSetting({ name: 'history.maxTasks', value: '2' });
  await run(test, 'clean-up');
  expect((await test.engine.api.listHistory({})).tasks.map(({ id }) => id)).toEqual([3, 2]);
});

it('runs that found nothing are replaced by the next, so that they do not fill the list', async () => {
  const test = await openScheduled();
  const first = await run(test, 'clean-up');
  const second = await run(test, 'clean-up');
  expect((await listed(test)).map(({ id }) => id)).toContain(second.id);
  expect((await listed(test)).map(({ id }) => id)).not.toContain(first.id);
});

it('a health check that finds something says so and stays', async () => {
  const test = await openScheduled();
  const first = await run(test, 'health-check');
  // The tools of this engine are nowhere.
  expect(first).toMatchObject({ status: 'completed', message: expect.stringContaining('FFmpeg is not at /none'), warnings: expect.arrayContaining([expect.stringContaining('ffprobe is not at /none')]) });
  const second = await run(test, 'health-check');
  expect((await listed(test)).map(({ id }) => id)).toEqual(expect.arrayContaining([first.id, second.id]));
});

it('the backup is a task like any other', async () => {
  const test = await openScheduled();
  expect(await run(test, 'backup')).toMatchObject({ status: 'completed', message: expect.stringMatching(/^backed up, \d+ MB$/) });
});

it('a folder\'s new files are taken once, as they are, into a group of the schedule\'s name', async () => {
  const test = await openScheduled();
  const folder = await folderOf(test, ['one.mp4', 'two.mp4']);
  await writeFile(join(folder, 'notes.txt'), 'no film');
  await test.engine.api.addSchedule({ name: 'Every night', timing: { kind: 'cron', cron: '0 3 * * *' }, folder, recipe: 'picture', outputDir: join(test.dir, 'out') });
  expect((await run(test, 'Every night')).message).toBe('added 2 new files');
  const added = await listed(test, 'video_thumbnail');
  expect(added.map(({ inputs }) => inputs[0]).sort()).toEqual([join(folder, 'one.mp4'), join(folder, 'two.mp4')]);
  expect(new Set(added.map(({ groupId }) => groupId)).size).toBe(1);
  expect(await readFile(join(folder, 'one.mp4'))).toEqual(MP4_HEAD);

  await test.restart({ isScheduling: true });
  expect((await run(test, 'Every night')).message).toBe('no new files');
  await putFile(folder, 'three.mp4');
  await putFile(folder, 'one.mp4', Buffer.concat([MP4_HEAD, Buffer.from('more')]));
  expect((await run(test, 'Every night')).message).toBe('added 2 new files');
  expect(await listed(test, 'video_thumbnail')).toHaveLength(4);
});

it('a schedule whose folder is not there fails and says what to do', async () => {
  const test = await openScheduled();
  await test.engine.api.addSchedule({ name: 'gone', timing: { kind: 'interval', seconds: 3600 }, folder: join(test.dir, 'nowhere'), recipe: 'picture', outputDir: join(test.dir, 'out') });
  expect(await run(test, 'gone')).toMatchObject({ status: 'failed', error: { code: 'INPUT_MISSING' } });
});

it('refuses results inside the folder, unknown zones and names that are taken; built-in ones stay', async () => {
  const test = await openScheduled();
  const folder = await folderOf(test, []);
  const wanted = { name: 'mine', timing: { kind: 'cron', cron: '0 3 * * *' }, folder, recipe: 'picture', outputDir: join(test.dir, 'out') } as const;
  await expect(test.engine.api.addSchedule({ ...wanted, outputDir: join(folder, 'out') })).rejects.toThrow('outside');
  await expect(test.engine.api.addSchedule({ ...wanted, outputDir: null })).rejects.toThrow('Say where the results go');
  await expect(test.engine.api.addSchedule({ ...wanted, timing: { kind: 'cron', cron: '0 3 * * *', timeZone: 'Mars/Base' } })).rejects.toThrow('no time zone');
  const { schedule } = await test.engine.api.addSchedule(wanted);
  await expect(test.engine.api.addSchedule(wanted)).rejects.toThrow('already');
  const cleanUp = await scheduleOf(test, 'clean-up');
  await expect(test.engine.api.removeSchedule({ id: cleanUp.id })).rejects.toThrow('can\'t be removed');
  await expect(test.engine.api.changeSchedule({ id: cleanUp.id, folder })).rejects.toThrow('only its times');
  expect((await test.engine.api.changeSchedule({ id: cleanUp.id, isEnabled: false })).schedule).toMatchObject({ isEnabled: false, nextFor: null });
  await test.engine.api.removeSchedule({ id: schedule.id });
  await expect(test.engine.api.runScheduleNow({ id: schedule.id })).rejects.toMatchObject({ code: 'SCHEDULE_UNKNOWN' });
});

it('changed times count from now on, in the zone that is named', async () => {
  const test = await openScheduled();
  const cleanUp = await scheduleOf(test, 'clean-up');
  const { schedule } = await test.engine.api.changeSchedule({ id: cleanUp.id, timing: { kind: 'cron', cron: '15 4 * * *', timeZone: 'America/New_York' } });
  expect(schedule.nextFor).toBe(Date.UTC(2026, 0, 1, 9, 15));
  await test.restart({ isScheduling: true });
  expect((await scheduleOf(test, 'clean-up')).timing).toEqual({ kind: 'cron', cron: '15 4 * * *', timeZone: 'America/New_York' });
});
