/** A person's way with a watched folder: made in the window, alive on its page, changed, gone and back, and removed. */
import { copyFileSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, makeClip, test } from './serve-test.ts';

const card = (page: Page, name: string) => page.getByRole('list', { name: 'Watched folders' }).getByRole('listitem').filter({ hasText: name });

test('a folder is watched from the window on: what comes is done once, and the page tells how it stands', async ({ served }) => {
  test.setTimeout(240_000);
  const { page, user } = served;
  const [folder, out, away] = [join(user.dir, 'camera'), join(user.dir, 'small'), join(user.dir, 'camera away')];
  mkdirSync(folder);
  const clip = await makeClip(join(user.dir, 'clip.mp4'), 2);
  copyFileSync(clip, join(folder, 'first.mp4'));

  await page.getByRole('button', { name: 'Folders', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'No folder is watched yet' })).toBeVisible();
  await page.getByRole('button', { name: 'Watch a folder' }).click();
  const form = page.getByRole('dialog', { name: 'Watch a folder' });
  await expect(form.getByRole('button', { name: 'Watch', exact: true })).toBeDisabled();
  await expect(form.getByText('Still missing: the name, the folder')).toBeVisible();
  await form.getByRole('textbox', { name: 'Name' }).fill('Camera');
  await form.getByRole('textbox', { name: 'Folder', exact: true }).fill(folder);
  await form.getByRole('textbox', { name: 'Only files like' }).fill('*.mp4');
  await form.getByRole('combobox', { name: 'Recipe' }).or(form.getByRole('textbox', { name: 'Recipe' })).first().click();
  await page.getByRole('option', { name: 'Thumbnail', exact: true }).click();
  await form.getByText('In one folder', { exact: true }).click();
  await form.getByRole('textbox', { name: 'Folder for results' }).fill(out);
  expect((await new AxeBuilder({ page }).include('[role="dialog"]').analyze()).violations).toEqual([]);
  await form.getByRole('button', { name: 'Watch', exact: true }).click();
  await expect(form).toBeHidden();

  const camera = card(page, 'Camera');
  await expect(camera).toHaveAttribute('data-status', 'watching', { timeout: 30_000 });
  await expect(camera).toContainText('1 taken · 1 done', { timeout: 60_000 });
  // Without a reload: events tell the page.
  copyFileSync(clip, join(folder, 'second.mp4'));
  await expect(camera).toContainText('2 taken · 2 done', { timeout: 60_000 });
  expect(existsSync(out)).toBe(true);
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);

  renameSync(folder, away);
  await expect(camera).toHaveAttribute('data-status', 'missing', { timeout: 30_000 });
  await expect(camera.getByRole('alert')).toContainText(/not there|gone|missing/i);
  renameSync(away, folder);
  await expect(camera).toHaveAttribute('data-status', 'watching', { timeout: 30_000 });

  // A kill and a start take nothing again.
  await served.kill();
  await served.startProgram();
  await page.reload();
  await page.getByRole('button', { name: 'Folders', exact: true }).click();
  await expect(camera).toHaveAttribute('data-status', 'watching', { timeout: 30_000 });
  await expect(camera).toContainText('2 taken · 2 done');

  await camera.getByRole('button', { name: 'Change Camera' }).click();
  const change = page.getByRole('dialog', { name: 'Change Camera' });
  await expect(change.getByRole('textbox', { name: 'Only files like' })).toHaveValue('*.mp4');
  await change.getByRole('textbox', { name: 'Name' }).fill('Studio');
  await change.getByRole('button', { name: 'Save' }).click();
  const studio = card(page, 'Studio');
  await expect(studio).toContainText('2 taken');
  await studio.getByText('Studio').waitFor();
  await studio.getByRole('switch', { name: 'Watch Studio' }).click({ force: true });
  await expect(studio).toHaveAttribute('data-status', 'off');
  await studio.getByRole('button', { name: 'Stop watching Studio' }).click();
  await page.getByRole('dialog', { name: 'Stop watching Studio?' }).getByRole('button', { name: 'Stop watching' }).click();
  await expect(page.getByRole('heading', { name: 'No folder is watched yet' })).toBeVisible();
  await page.getByRole('button', { name: 'Queue', exact: true }).click();
  await expect(served.row('first')).toHaveAttribute('data-status', 'completed');
  expect(served.strangers).toEqual([]);
});

test('the command line makes, shows and removes the same', async ({ served }) => {
  const { page, user } = served;
  mkdirSync(join(user.dir, 'in'));
  const added = await user.start('watch', 'add', 'talks', '--folder', 'in', '--recipe', 'mp3', '--include', '*.wav', '--after', 'move', '--to', 'done').ended;
  expect(added.stderr).toBe('');
  expect(added.code).toBe(0);
  await page.getByRole('button', { name: 'Folders', exact: true }).click();
  await expect(card(page, 'talks')).toHaveAttribute('data-status', 'watching', { timeout: 30_000 });
  const { stdout } = await user.start('watch', 'show', 'talks').ended;
  expect(stdout).toContain('only *.wav');
  expect(stdout).toContain(`move to ${join(user.dir, 'done')}`);
  expect((await user.start('watch', 'remove', 'talk').ended).stderr).toContain('talks');
  expect((await user.start('watch', 'remove', 'talks').ended).code).toBe(0);
  await expect(page.getByRole('heading', { name: 'No folder is watched yet' })).toBeVisible();
});
