/** The tray works while no window is open, and closing the window leaves the work running. */
import { existsSync } from 'node:fs';
import { makeNumberedVideo } from '../faults/sources.ts';
import type { DesktopApp } from './desktop-app.ts';
import { expect, test } from './desktop-test.ts';
import { clickTray, trayItems, watchTray } from './tray.ts';

async function trayEntry(app: DesktopApp, id: string): Promise<string | undefined> {
  return (await trayItems(app.electron)).find((item) => item.id === id)?.label;
}

test('the tray tells how many tasks run, pauses and resumes them', async ({ user }) => {
  const app = await user.start();
  await watchTray(app.electron);
  const id = await app.add(await makeNumberedVideo(user.dir, 90), 'mp4-h264', user.outDir);
  await expect.poll(() => trayEntry(app, 'status')).toMatch(/^1 task running/);
  expect(await trayEntry(app, 'show')).toBe('Show Longhaul');
  expect(await trayEntry(app, 'quit')).toBe('Quit Longhaul');

  await clickTray(app.electron, 'pause-all');
  await expect.poll(async () => (await app.task(id)).status).not.toBe('running');
  await expect.poll(async () => (await app.status()).holds).toContain('user');
  await expect.poll(() => trayEntry(app, 'resume-all')).toBe('Resume All');
  await expect.poll(() => user.toolsLeft()).toEqual([]);

  await clickTray(app.electron, 'resume-all');
  await expect.poll(async () => (await app.task(id)).status).toBe('running');
  expect((await app.task(id)).failures).toBe(0);
});

test('closing the window hides it and leaves the work running; the tray shows it again', async ({ user, machine }) => {
  const app = await user.start();
  await watchTray(app.electron);
  await expect.poll(() => app.isWindowVisible()).toBe(true);
  const id = await app.add(await makeNumberedVideo(user.dir, 8), 'mp4-h264', user.outDir);
  await expect.poll(() => trayEntry(app, 'show')).toBe('Show Longhaul');

  await app.closeWindow();
  await expect.poll(() => app.isWindowVisible()).toBe(false);
  // Said once, so that nobody wonders why it goes on.
  if (machine.desktop !== null) await expect.poll(() => machine.desktop?.notifications.map(({ title }) => title)).toEqual(['Longhaul goes on']);
  await expect.poll(async () => (await app.task(id)).status, { timeout: 60_000 }).toBe('completed');
  expect(existsSync((await app.task(id)).outputs[0]?.path ?? '')).toBe(true);

  await clickTray(app.electron, 'show');
  await expect.poll(() => app.isWindowVisible()).toBe(true);
});

test('a tray icon is handed to the desktop', async ({ user, machine }) => {
  test.skip(machine.desktop === null, 'only a Linux desktop can be asked which icons it got');
  await user.start();
  await expect.poll(() => machine.desktop?.trayIcons.length).toBeGreaterThan(0);
});

test('Quit in the tray ends the app and leaves nothing running', async ({ user }) => {
  const app = await user.start();
  await watchTray(app.electron);
  await app.add(await makeNumberedVideo(user.dir, 90), 'mp4-h264', user.outDir);
  await expect.poll(() => trayEntry(app, 'status')).toMatch(/^1 task running/);
  await clickTray(app.electron, 'quit');
  expect(await app.ended).toBe(0);
  expect(await user.toolsLeft()).toEqual([]);
});
