/** The first minutes: the window opens, files are dropped on it, Enter starts, and finished files lie on the disk. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { makeNumberedVideo } from '../faults/sources.ts';
import { expect, SAMPLE, test } from './desktop-test.ts';

test('the first start opens a window that says what can be dropped, and its page is content', async ({ user }) => {
  const app = await user.start();
  const said: string[] = [];
  app.page.on('console', (message) => { if (message.type() === 'error') said.push(message.text()); });
  app.page.on('pageerror', (error) => { said.push(error.message); });
  await expect(app.page).toHaveTitle(/Longhaul/);
  await expect(app.page.getByRole('heading', { name: 'Drop video, audio, pictures, documents, 3D models or folders here' })).toBeVisible();
  await expect(app.page.getByRole('button', { name: 'Try the sample' })).toBeVisible();
  expect(await app.isWindowVisible()).toBe(true);
  // Everything it loads is its own: nothing is fetched from anywhere.
  const addresses = await app.page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
  expect(addresses.filter((address) => !address.startsWith('app://longhaul/'))).toEqual([]);
  expect(said).toEqual([]);
});

test('a dropped video becomes a converted one: dropped, shown, Enter, done', async ({ user }) => {
  const app = await user.start();
  const source = await makeNumberedVideo(user.dir, 3);
  const before = readFileSync(source);
  await expect(app.page.getByRole('heading', { name: 'Queue' })).toBeVisible();
  await app.drop(source);
  const dialog = app.page.getByRole('dialog', { name: 'What shall be done?' });
  await expect(dialog.getByRole('listitem').getByText('numbered.mp4').first()).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Start 1 task' })).toBeEnabled();
  await app.page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();

  await expect.poll(async () => (await app.tasks()).map(({ status }) => status), { timeout: 60_000 }).toEqual(['completed']);
  const [task] = await app.tasks();
  // The real path came through, and the result lies beside the source, which nobody touched.
  expect(task?.inputs).toEqual([source]);
  const output = task?.outputs[0]?.path ?? '';
  expect(basename(output)).toBe('numbered (2).mp4');
  expect(statSync(output).size).toBe(task?.outputs[0]?.sizeBytes);
  expect(readFileSync(source).equals(before)).toBe(true);
  await expect(app.page.getByText('numbered.mp4').first()).toBeVisible();
});

test('a mix of files and a folder: each is shown with what can be done, and what can\'t be used says why', async ({ user }) => {
  const app = await user.start();
  const folder = join(user.dir, 'a folder');
  mkdirSync(folder);
  for (const name of ['one.mp4', 'zwei äöü.mp4', '三.mp4']) copyFileSync(SAMPLE, join(folder, name));
  const [empty, text] = [join(user.dir, 'empty.mp4'), join(user.dir, 'letter.xyz')];
  writeFileSync(empty, '');
  writeFileSync(text, 'Dear reader');
  await expect(app.page.getByRole('heading', { name: 'Queue' })).toBeVisible();
  await app.drop(folder, empty, text);
  const files = app.page.getByRole('dialog', { name: 'What shall be done?' }).getByRole('list', { name: 'Files' });
  for (const name of ['one.mp4', 'zwei äöü.mp4', '三.mp4', 'empty.mp4', 'letter.xyz']) await expect(files.getByRole('listitem').filter({ hasText: name })).toBeVisible();
  await expect(app.page.getByRole('button', { name: 'Start 3 tasks' })).toBeEnabled();
  await app.page.keyboard.press('Escape');
  // Escape means no: nothing was accepted.
  await expect(files).toBeHidden();
  expect(await app.tasks()).toEqual([]);
});

test('the sample needs nothing set up: one click, Enter, a transcript', async ({ user }) => {
  const app = await user.start();
  // Beside the sample would be inside of the program.
  await app.set('outputDir', user.outDir);
  await app.page.getByRole('button', { name: 'Try the sample' }).click();
  await expect(app.page.getByRole('dialog', { name: 'What shall be done?' }).getByRole('button', { name: /^Start/ })).toBeEnabled();
  await app.page.keyboard.press('Enter');
  await expect.poll(async () => (await app.tasks()).map(({ status }) => status).join(), { timeout: 90_000 }).toMatch(/^completed(,completed)*$/);
  for (const { outputs } of await app.tasks()) for (const { path } of outputs) expect(existsSync(path), path).toBe(true);
  expect(readdirSync(user.outDir).length).toBeGreaterThan(0);
});

test('the work of an earlier start is on the list of the next one', async ({ user }) => {
  const first = await user.start();
  const id = await first.add(await makeNumberedVideo(user.dir, 2), 'thumbnail', user.outDir);
  await expect.poll(async () => (await first.task(id)).status, { timeout: 60_000 }).toBe('completed');
  expect(await first.quit()).toBe(0);
  const second = await user.start();
  await expect(second.page.getByText('numbered.mp4').first()).toBeVisible();
  expect((await second.task(id)).status).toBe('completed');
});
