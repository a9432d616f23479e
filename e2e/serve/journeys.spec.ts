/** A person's way from a dropped file to a finished one, through reloads, kills and what is no media. */
import { execFile } from 'node:child_process';
import { copyFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeNumberedVideo } from '../faults/sources.ts';
import { ffprobePath } from '../support/tools.ts';
import { expect, makeClip, SAMPLE, test } from './serve-test.ts';

const execute = promisify(execFile);

test('the first window says what can be dropped, asks nothing of the network, and a sample is a click away', async ({ served }) => {
  const { page } = served;
  await expect(page.getByRole('heading', { name: 'Drop video, audio, pictures, documents, 3D models or folders here' })).toBeVisible();
  await page.getByRole('button', { name: 'Try the sample' }).click();
  await expect(served.intake.getByText('longhaul-sample.mp4')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(served.intake).toBeHidden();
  await expect(page.getByRole('heading', { name: 'Drop video, audio, pictures, documents, 3D models or folders here' })).toBeVisible();
  expect(served.strangers).toEqual([]);
});

test('a dropped file is reviewed, started with Enter, done, looked at and downloaded', async ({ served }) => {
  const { page } = served;
  await served.drop(await makeClip(join(served.user.dir, 'holiday.mov'), 4));
  await expect(served.intake.getByText('holiday.mov')).toBeVisible();
  await expect(served.intake.getByRole('button', { name: 'Start 1 task' })).toBeFocused();
  await page.keyboard.press('Enter');
  const row = served.row('holiday');
  await expect(row).toHaveAttribute('data-status', 'completed', { timeout: 60_000 });

  await row.click();
  const panel = page.getByRole('complementary');
  await expect(panel.getByText(/^Done/).first()).toBeVisible();
  const [download] = await Promise.all([page.waitForEvent('download'), panel.getByRole('link', { name: /^Download holiday/ }).first().click()]);
  const path = join(served.user.dir, 'downloaded.mp4');
  await download.saveAs(path);
  const { stdout } = await execute(ffprobePath, ['-v', 'error', '-select_streams', 'v:0', '-count_packets', '-show_entries', 'stream=codec_name,nb_read_packets', '-of', 'csv=p=0', path]);
  expect(stdout.trim()).toBe('h264,40');
  await panel.getByRole('tab', { name: 'Log' }).click();
  await expect(panel.getByText(/^ffmpeg |ffmpeg -/).first()).toBeVisible();
  expect(served.strangers).toEqual([]);
});

test('pasted paths come into the intake too, and the recipe that was used last is suggested next time', async ({ served }) => {
  const { page } = served;
  const path = await makeClip(join(served.user.dir, 'one.mp4'), 2);
  await served.paste(path);
  const picker = served.intake.getByRole('button', { name: /^Recipe for all videos/ });
  await expect(picker).toContainText('MP4 (H.264)');
  await picker.click();
  await page.getByRole('menuitem', { name: /^Thumbnail One telling/ }).click();
  await expect(picker).toContainText('Thumbnail');
  await served.intake.getByRole('button', { name: 'Start 1 task' }).click();
  await expect(served.row('one.mp4')).toHaveAttribute('data-status', 'completed', { timeout: 60_000 });
  await served.paste(path);
  await expect(picker).toContainText('Thumbnail');
});

test('what is no media, empty, gone or disguised is told apart, in a sentence each, and the rest goes on', async ({ served }) => {
  const { page } = served;
  const { dir } = served.user;
  writeFileSync(join(dir, 'empty.mp4'), '');
  writeFileSync(join(dir, 'notes.mp4'), 'These are my notes, and no film.\n'.repeat(50));
  const good = await makeClip(join(dir, 'good.mp4'), 2);
  await served.paste([join(dir, 'empty.mp4'), join(dir, 'notes.mp4'), join(dir, 'gone.mp4'), good].join('\n'));
  const files = served.intake.getByRole('listitem');
  await expect(files).toHaveCount(4);
  await expect(files.filter({ hasText: 'empty.mp4' })).toContainText(/empty/i);
  await expect(files.filter({ hasText: 'gone.mp4' })).toContainText(/not there|gone|missing/i);
  await expect(files.filter({ hasText: 'notes.mp4' })).toContainText("isn't a file that Longhaul can work with");
  await served.intake.getByRole('button', { name: 'Start 1 task' }).click();
  await expect(served.row('good')).toHaveAttribute('data-status', 'completed', { timeout: 60_000 });
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('a reload in the middle shows the task where it is, and a kill of the program costs a checkpoint at most', async ({ served }) => {
  const { page, user } = served;
  const film = await makeNumberedVideo(user.dir, 120);
  const id = await served.addByCommand(film, 'mp4-h264');
  const row = served.row('numbered');
  await expect(row).toHaveAttribute('data-status', 'running');
  await page.reload();
  await expect(row).toHaveAttribute('data-status', 'running');
  await expect.poll(async () => (await user.show(id)).checkpoint?.partsDone ?? 0, { timeout: 90_000 }).toBeGreaterThan(0);
  const kept = (await user.show(id)).checkpoint?.partsDone ?? 0;

  await served.kill();
  await expect(page.getByText(/connection|not answer|lost/i).first()).toBeVisible();
  await served.startProgram();
  await expect(row).toHaveAttribute('data-status', /running|completed/, { timeout: 60_000 });
  await expect(row).toHaveAttribute('data-status', 'completed', { timeout: 110_000 });
  const task = await user.show(id);
  expect(task).toMatchObject({ failures: 0, error: null });
  expect(task.attempt).toBeGreaterThan(1);
  expect(kept).toBeGreaterThan(0);
  const { stdout } = await execute(ffprobePath, ['-v', 'error', '-select_streams', 'v:0', '-count_packets', '-show_entries', 'stream=nb_read_packets', '-of', 'csv=p=0', String(task.outputs[0]?.path)]);
  expect(Number.parseInt(stdout, 10)).toBe(3600);
  expect(readdirSync(user.outDir).filter((name) => name.startsWith('.'))).toEqual([]);
});

test('a failed task says what to do, and is retried when the cause is gone', async ({ served }) => {
  const { page, user } = served;
  const path = join(user.dir, 'late.mp4');
  writeFileSync(path, 'not yet');
  await served.addByCommand(path, 'mp4-h264');
  const row = served.row('late');
  await expect(row).toHaveAttribute('data-status', 'failed', { timeout: 60_000 });
  await makeClip(path, 2);
  await row.hover();
  await row.getByRole('button', { name: /^Retry/ }).click();
  await expect(row).toHaveAttribute('data-status', 'completed', { timeout: 60_000 });
  await expect(page.getByRole('row', { name: /Needs attention/ })).toHaveCount(0);
});

test('cancel can be undone, pause all holds everything, and the keyboard does it all', async ({ served }) => {
  const { page, user } = served;
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
  await page.keyboard.press('Escape');
  const film = await makeNumberedVideo(user.dir, 60);
  copyFileSync(film, join(user.dir, 'second.mp4'));
  await served.addByCommand(film, 'webm-vp9');
  await served.addByCommand(join(user.dir, 'second.mp4'), 'mp4-h264');
  await expect(served.row('numbered')).toHaveAttribute('data-status', 'running');
  await page.getByRole('contentinfo').getByRole('button', { name: 'Pause all' }).click();
  await expect(served.row('numbered')).toHaveAttribute('data-status', 'pending', { timeout: 30_000 });

  await served.row('second').click();
  await page.keyboard.press('Delete');
  await expect(served.row('second')).toHaveAttribute('data-status', 'cancelled');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(served.row('second')).toHaveAttribute('data-status', 'pending');
  await page.getByRole('contentinfo').getByRole('button', { name: /Resume/ }).click();
  await expect(served.row('numbered')).toHaveAttribute('data-status', 'running');
});

test('waiting tasks are put in another order by drag and by key', async ({ served }) => {
  const { page, user } = served;
  const names = ['a.mp4', 'b.mp4', 'c.mp4'];
  for (const name of names) await makeClip(join(user.dir, name), 1);
  const film = await makeNumberedVideo(user.dir, 60);
  await served.addByCommand(film, 'webm-vp9');
  for (const name of names) await served.addByCommand(join(user.dir, name), 'mp4-h264');
  const waiting = page.locator('[data-waiting="true"]');
  await expect(waiting).toHaveCount(3);
  const order = async (): Promise<string> => (await waiting.evaluateAll((rows) => rows.map((row) => ({ top: row.getBoundingClientRect().top, text: row.textContent ?? '' })).sort((a, b) => a.top - b.top).map(({ text }) => text.slice(0, 1)))).join('');
  await expect.poll(order).toBe('abc');
  await served.row('c.mp4').click();
  await page.keyboard.press('Alt+ArrowUp');
  await expect.poll(order).toBe('acb');
  await served.row('b.mp4').dragTo(served.row('a.mp4'), { targetPosition: { x: 200, y: 4 } });
  await expect.poll(order).toBe('bac');
});

test('Ctrl-C drains: the running task is kept and goes on with the next start', async ({ served }) => {
  const { user } = served;
  const id = await served.addByCommand(await makeNumberedVideo(user.dir, 40), 'mp4-h264');
  await expect(served.row('numbered')).toHaveAttribute('data-status', 'running');
  expect(await served.stop()).toBe(0);
  expect((await user.show(id)).status).toBe('pending');
  await served.startProgram();
  await expect.poll(async () => (await user.show(id)).status, { timeout: 90_000 }).toBe('completed');
});

test('a stale link says what happened and what to do, in both languages', async ({ served, browser }) => {
  const { port } = served;
  for (const [locale, words] of [['en-US', /link/i], ['zh-CN', /链接/]] as const) {
    const context = await browser.newContext({ locale });
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${String(port)}/?token=stale`);
    await expect(page.locator('body')).toContainText(words);
    await context.close();
  }
});

test('the sample becomes a transcript that can be opened', async ({ served }) => {
  const { page } = served;
  await served.addByCommand(SAMPLE, 'transcript');
  const row = served.row('longhaul-sample');
  await expect(row).toHaveAttribute('data-status', 'completed', { timeout: 90_000 });
  await row.click();
  await page.getByRole('complementary').getByRole('button', { name: 'Open transcript' }).click();
  await expect(page.getByRole('main')).toContainText(/\w{3,}/);
});
