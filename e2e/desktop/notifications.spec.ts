/** Told once a batch, to somebody who looks elsewhere. Taken on a bus as GNOME or KDE takes them. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeNumberedVideo } from '../faults/sources.ts';
import { expect, test } from './desktop-test.ts';

test.beforeEach(({ machine }) => {
  test.skip(machine.desktop === null, 'only on Linux can a test take notifications');
});

test('a finished batch is told once, and a click on it brings the window up', async ({ user, machine }) => {
  const app = await user.start();
  await app.hideWindow();
  const clip = await makeNumberedVideo(user.dir, 2);
  for (const recipe of ['thumbnail', 'mp3']) await app.add(clip, recipe, user.outDir);
  await expect.poll(() => machine.desktop?.notifications, { timeout: 60_000 }).toEqual([expect.objectContaining({ title: 'The queue is done', body: '2 tasks are finished.' })]);
  expect((await app.tasks()).flatMap(({ outputs }) => outputs).every(({ path }) => existsSync(path))).toBe(true);

  const [notification] = machine.desktop?.notifications ?? [];
  if (notification !== undefined) machine.desktop?.click(notification);
  await expect.poll(() => app.isWindowVisible()).toBe(true);
});

test('a task that needs its user is told by name', async ({ user, machine }) => {
  const app = await user.start();
  await app.hideWindow();
  const broken = join(user.dir, 'broken.mp4');
  writeFileSync(broken, 'this is no video');
  await app.add(broken, 'mp4-h264', user.outDir);
  await expect.poll(() => machine.desktop?.notifications.map(({ title, body }) => `${title} ${body}`).join('\n'), { timeout: 60_000 }).toMatch(/attention/);
});

test('nothing is told where notifications are off', async ({ user, machine }) => {
  const app = await user.start();
  await app.set('notifications', 'off');
  await app.hideWindow();
  const id = await app.add(await makeNumberedVideo(user.dir, 2), 'mp3', user.outDir);
  await expect.poll(async () => (await app.task(id)).status, { timeout: 60_000 }).toBe('completed');
  // The next batch is told: had the first been told too, it would be there before it.
  await app.set('notifications', 'on');
  await app.add(await makeNumberedVideo(user.dir, 2), 'thumbnail', user.outDir);
  await expect.poll(() => machine.desktop?.notifications.length, { timeout: 60_000 }).toBe(1);
});
