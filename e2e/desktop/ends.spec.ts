/** However the app ends in the middle of work, the next start goes on where it was, and asks nobody. */
import { readdirSync } from 'node:fs';
import { makeLongSpeech, makeNumberedVideo } from '../faults/sources.ts';
import type { DesktopApp } from './desktop-app.ts';
import { expect, test } from './desktop-test.ts';

const DONE_LIMIT_MS = 90_000;

async function untilPartsDone(app: DesktopApp, id: number): Promise<number> {
  await expect.poll(async () => (await app.task(id)).checkpoint?.partsDone ?? 0, { timeout: 60_000 }).toBeGreaterThan(0);
  return (await app.task(id)).checkpoint?.partsDone ?? 0;
}

async function expectResumed(app: DesktopApp, id: number, outDir: string): Promise<void> {
  await expect.poll(async () => (await app.task(id)).status, { timeout: DONE_LIMIT_MS }).toBe('completed');
  const { attempt, failures, error, outputs } = await app.task(id);
  expect({ failures, error }).toEqual({ failures: 0, error: null });
  expect(attempt).toBeGreaterThanOrEqual(2);
  expect(attempt).toBeLessThanOrEqual(2 + app.lostStarts);
  // Nothing half-written lies under any name.
  expect(readdirSync(outDir)).toHaveLength(outputs.length);
}

async function partsKept(app: DesktopApp, id: number): Promise<number> {
  const { lines } = await app.log(id);
  return Number(/(\d+) parts are done already/.exec(lines.filter((line) => line.includes('parts are done already')).at(-1) ?? '')?.[1] ?? 0);
}

test('quitting in the middle of work waits for nobody, keeps what is done, and the next start goes on', async ({ user }) => {
  const first = await user.start();
  const id = await first.add(await makeLongSpeech(user.dir, 90), 'transcript', user.outDir);
  const partsDone = await untilPartsDone(first, id);
  expect(await first.quit()).toBe(0);
  expect(await user.toolsLeft()).toEqual([]);

  const second = await user.start();
  await expectResumed(second, id, user.outDir);
  expect(await partsKept(second, id)).toBeGreaterThanOrEqual(partsDone);
});

test('kill -9 in the middle of a conversion leaves no FFmpeg, and the next start goes on from its segments', async ({ user }) => {
  const first = await user.start();
  const id = await first.add(await makeNumberedVideo(user.dir, 180), 'mp4-h264', user.outDir);
  const partsDone = await untilPartsDone(first, id);
  await expect.poll(() => user.toolsLeft()).not.toEqual([]);
  await first.kill();
  await expect.poll(() => user.toolsLeft(), { timeout: 5_000 }).toEqual([]);

  const second = await user.start();
  await expectResumed(second, id, user.outDir);
  expect(await partsKept(second, id)).toBeGreaterThanOrEqual(partsDone);
});

test('kill -9 of a worker costs its attempt and nothing else', async ({ user }) => {
  const app = await user.start();
  // Long enough that a fast machine is still at it when it is looked at.
  const id = await app.add(await makeLongSpeech(user.dir, 600), 'transcript', user.outDir);
  const partsDone = await untilPartsDone(app, id);
  const pids = await app.electron.evaluate(({ app: electronApp }) => electronApp.getAppMetrics().filter(({ type }) => type === 'Utility').map(({ pid, name, serviceName }) => ({ pid, name, serviceName })));
  const workers = pids.filter(({ name, serviceName }) => /worker|node/i.test(`${name ?? ''} ${serviceName ?? ''}`));
  expect(workers).toHaveLength(1);
  for (const { pid } of workers) process.kill(pid, 'SIGKILL');
  await expectResumed(app, id, user.outDir);
  expect(await partsKept(app, id)).toBeGreaterThanOrEqual(partsDone);
});

test('a page that crashes comes back with the queue, and the work does not notice', async ({ user }) => {
  const app = await user.start();
  const id = await app.add(await makeNumberedVideo(user.dir, 60), 'mp4-h264', user.outDir);
  await expect.poll(async () => (await app.task(id)).status).toBe('running');
  const gone = app.electron.evaluate(({ BrowserWindow }) => new Promise<string>((resolve) => {
    const [window] = BrowserWindow.getAllWindows();
    window?.webContents.once('render-process-gone', (_, { reason }) => resolve(reason));
    window?.webContents.forcefullyCrashRenderer();
  }));
  expect(['crashed', 'killed']).toContain(await gone);
  // Playwright's own page stays crashed; the app's window is asked.
  await expect.poll(() => app.pageText(), { timeout: 30_000 }).toContain('numbered.mp4');
  await expect.poll(async () => (await app.task(id)).status, { timeout: DONE_LIMIT_MS }).toBe('completed');
  expect((await app.task(id)).attempt).toBe(1);
});
