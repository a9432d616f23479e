/** A second start (a file opened with Longhaul, a second click on its icon) is the first one's affair. */
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, SAMPLE, test } from './desktop-test.ts';

test('a second start ends at once with 0 and brings the first window up', async ({ user }) => {
  const app = await user.start();
  await app.hideWindow();
  expect(await user.startAgain()).toEqual({ code: 0, signal: null });
  await expect.poll(() => app.isWindowVisible()).toBe(true);
});

test('files of a second start are shown by the first, also those with a relative path, and 400 of them', async ({ user }) => {
  const app = await user.start();
  const name = 'an interview, März 2026.mp4';
  copyFileSync(SAMPLE, join(user.dir, name));
  const folder = join(user.dir, 'many');
  mkdirSync(folder);
  const many = Array.from({ length: 400 }, (_, index) => join(folder, `clip-${String(index).padStart(3, '0')}.mp4`));
  for (const path of many) copyFileSync(SAMPLE, path);
  expect(await user.startAgain(name)).toEqual({ code: 0, signal: null });
  await expect(app.page.getByText(name).first()).toBeVisible();
  expect(await user.startAgain(...many)).toEqual({ code: 0, signal: null });
  await expect(app.page.getByText('clip-000.mp4').first()).toBeVisible();
  // Shown is not started: nothing runs before its user says so.
  expect(await app.tasks()).toEqual([]);
});
