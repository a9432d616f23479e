/** The intake while not everything is known yet: what is there can be used, Enter means all, and nothing is lost without a word. */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page, WebSocketRoute } from '@playwright/test';
import { connectLocal } from '../../src/main/local/client.ts';
import { expect, makeTone, test, type Served } from './serve-test.ts';

/** A line between window and server on which answers about files can be held up, as a slow disk does, or that can be cut. */
class Line {
  readonly #page: Page;
  #isHeld = false;
  #held: (() => void)[] = [];
  #socket: WebSocketRoute | undefined;

  constructor(page: Page) {
    this.#page = page;
  }

  /** The page is loaded anew, over this line. */
  async lay(): Promise<void> {
    await this.#page.routeWebSocket(/\/ws$/, (socket) => {
      const server = socket.connectToServer();
      this.#socket = socket;
      server.onMessage((message) => {
        if (this.#isHeld && message.includes('"files":[')) this.#held.push(() => socket.send(message));
        else socket.send(message);
      });
    });
    await this.#page.reload();
    await this.#page.getByRole('contentinfo').waitFor();
  }

  hold(): void {
    this.#isHeld = true;
  }

  release(): void {
    this.#isHeld = false;
    for (const send of this.#held) send();
    this.#held = [];
  }

  async cut(): Promise<void> {
    this.#isHeld = false;
    this.#held = [];
    await this.#socket?.close();
  }
}

/** Two folders: `near` with usable files, `far` with as many and three that are none. Nothing is started, so that the queue stays as it is. */
async function twoFolders({ user }: Served, count: number): Promise<{ near: string; far: string }> {
  const client = await connectLocal({ dataDir: user.dataDir });
  if (client === null) throw new Error('The server does not answer on its local socket.');
  await client.api.setSetting({ name: 'hold', value: 'now' });
  client.close();
  const tone = await makeTone(join(user.dir, 'tone.wav'), 1);
  const [near, far] = [join(user.dir, 'near'), join(user.dir, 'far')];
  for (const folder of [near, far]) {
    mkdirSync(folder);
    for (let index = 0; index < count; index += 1) copyFileSync(tone, join(folder, `take-${String(index).padStart(2, '0')}.wav`));
  }
  writeFileSync(join(far, 'empty.mp4'), '');
  writeFileSync(join(far, 'letter.xyz'), 'Dear reader');
  writeFileSync(join(far, 'text.mp3'), 'la la la');
  return { near, far };
}

/** The folder near is shown, and the answers about the folder far are held up. */
async function heldReading(served: Served, count: number): Promise<{ line: Line; near: string; far: string }> {
  const { near, far } = await twoFolders(served, count);
  const line = new Line(served.page);
  await line.lay();
  await served.paste(near);
  await expect(served.intake.getByRole('button', { name: `Start ${count} tasks` })).toBeFocused();
  line.hold();
  await served.paste(far);
  return { line, near, far };
}

test('Enter while files are still being read starts all of them, and shows what turned out to be none', async ({ served }) => {
  const { page, intake } = served;
  const { line } = await heldReading(served, 3);
  await expect(intake.getByText('More files are being looked at…')).toBeVisible();
  await expect(intake.getByRole('listitem')).toHaveCount(3);
  await expect(intake.getByRole('button', { name: 'Start all' })).toBeFocused();

  await page.keyboard.press('Enter');
  await expect(intake.getByText('All of them start as soon as the last one has been looked at.')).toBeVisible();
  // It can be taken back, and pressed once too often.
  await intake.getByRole('button', { name: 'Not yet' }).click();
  await expect(intake.getByText('More files are being looked at…')).toBeVisible();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await intake.getByRole('button', { name: 'Leave out take-02.wav' }).click();
  line.release();

  await expect(page.getByText('5 tasks added')).toBeVisible();
  await expect(intake.getByText('5 tasks were added. What stands here was not.')).toBeVisible();
  await expect(intake.getByText('3 files can\'t be used')).toBeVisible();
  for (const name of ['empty.mp4', 'letter.xyz', 'text.mp3']) await expect(intake.getByRole('listitem').filter({ hasText: name })).toBeVisible();
  await expect(intake.getByRole('listitem')).toHaveCount(3);
  await intake.getByRole('button', { name: 'Close' }).click();
  await expect(intake).toBeHidden();
  await expect(served.row('take-')).toHaveCount(5);
});

test('Enter after everything is known closes, and Escape while it is read adds nothing', async ({ served }) => {
  const { page, intake } = served;
  const { line, near, far } = await heldReading(served, 3);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await expect(intake).toBeHidden();
  // What comes too late is not put into the next intake.
  await served.paste(join(near, 'take-00.wav'));
  line.release();
  await expect(intake.getByRole('button', { name: 'Start 1 task' })).toBeFocused();
  await served.paste(join(far, 'empty.mp4'));
  await expect(intake.getByText('1 file can\'t be used')).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(intake).toBeHidden();
  await expect(served.row('take-')).toHaveCount(1);
});

test('a row that somebody points at stays there while files that can\'t be used come in above it', async ({ served }) => {
  const { page, intake } = served;
  const { line } = await heldReading(served, 20);
  const button = intake.getByRole('button', { name: 'Leave out take-02.wav' });
  // As a hand does it, which never comes to a place in one move.
  await button.hover({ position: { x: 4, y: 4 } });
  await button.hover();
  const before = await button.boundingBox();
  line.release();
  await expect(intake.getByText('3 files can\'t be used')).toBeVisible();
  await expect.poll(async () => (await button.boundingBox())?.y).toBe(before?.y);
  // They are where problems are: above all others.
  await page.mouse.wheel(0, -10_000);
  await expect(intake.getByRole('listitem').filter({ hasText: 'empty.mp4' })).toHaveAttribute('aria-posinset', '1');
});

test('a reading that breaks off says so, starts nothing by itself, and can be done again', async ({ served }) => {
  const { page, intake } = served;
  const { line } = await heldReading(served, 3);
  await page.keyboard.press('Enter');
  await expect(intake.getByText('All of them start as soon')).toBeVisible();
  await line.cut();
  await expect(intake.getByText('The reading broke off: some files are missing here.')).toBeVisible();
  await expect(intake.getByRole('button', { name: 'Start 3 tasks' })).toBeEnabled();
  await intake.getByRole('button', { name: 'Read again' }).click();
  await expect(intake.getByRole('button', { name: 'Start 6 tasks' })).toBeEnabled();
  await expect(intake.getByText('The reading broke off')).toBeHidden();
  await expect(intake.getByText('3 files can\'t be used')).toBeVisible();
});
