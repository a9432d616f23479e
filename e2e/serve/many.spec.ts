/** Ten thousand tasks, and ten thousand files at once. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connectLocal } from '../../src/main/local/client.ts';
import type { User } from '../cli/harness.ts';
import { expect, makeTone, test } from './serve-test.ts';

const MANY = 10_000;

test('ten thousand tasks are listed, scrolled, searched and selected', async ({ served }) => {
  const { page, user } = served;
  const tone = await makeTone(join(user.dir, 'tone.wav'), 1);
  const client = await connectLocal({ dataDir: user.dataDir });
  if (client === null) throw new Error('The server does not answer on its local socket.');
  await client.api.setSetting({ name: 'hold', value: 'now' });
  await client.api.addTasks({ tasks: Array.from({ length: MANY }, (_, index) => ({ input: index === 7 ? join(user.dir, 'needle.wav') : tone, recipe: 'mp3' })) });
  client.close();
  await page.reload();
  const grid = page.getByRole('grid', { name: 'Queue' });
  await expect(grid).toHaveAttribute('aria-rowcount', String(MANY + 1));
  await grid.focus();
  await page.keyboard.press('End');
  await expect(grid.getByRole('row').last()).toBeVisible();
  // Only what is on the screen exists.
  expect(await grid.getByRole('row').count()).toBeLessThan(80);
  await page.keyboard.press('ControlOrMeta+f');
  await page.keyboard.type('needle');
  await expect(grid).toHaveAttribute('aria-rowcount', '2');
  await page.keyboard.press('Escape');
  await expect(grid).toHaveAttribute('aria-rowcount', String(MANY + 1));
  await grid.focus();
  await page.keyboard.press('ControlOrMeta+a');
  await expect(page.getByText(/10,000 selected/)).toBeVisible();
});

test('a folder of ten thousand files is reviewed without a stall, and started with Enter', async ({ served }) => {
  test.setTimeout(180_000);
  const { page, user } = served;
  const folder = join(user.dir, 'lots');
  mkdirSync(folder);
  const tone = await makeTone(join(user.dir, 'tone.wav'), 1);
  const bytes = readFileSync(tone);
  for (let index = 0; index < MANY; index += 1) writeFileSync(join(folder, `take-${String(index).padStart(5, '0')}.wav`), bytes.subarray(0, 2000));
  await holdAll(user);
  await served.paste(folder);
  await expect(served.intake.getByRole('button', { name: /Start 10,000 tasks/ })).toBeVisible({ timeout: 30_000 });
  expect(await served.intake.getByRole('listitem').count()).toBeLessThan(40);
  await page.keyboard.press('Escape');
  await expect(served.intake).toBeHidden();
  // Again, by somebody who waits for nothing but the first files: all are meant.
  await served.paste(folder);
  await expect(served.intake.getByRole('button', { name: /^Start (all|10,000 tasks)$/ })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByText('10,000 tasks added')).toBeVisible({ timeout: 30_000 });
  await expect(served.intake).toBeHidden();
  // One row more for each heading.
  await expect.poll(async () => Number(await page.getByRole('grid', { name: 'Queue' }).getAttribute('aria-rowcount'))).toBeGreaterThan(MANY);
});

/** Nothing is started. */
async function holdAll({ dataDir }: User): Promise<void> {
  const client = await connectLocal({ dataDir });
  if (client === null) throw new Error('The server does not answer on its local socket.');
  await client.api.setSetting({ name: 'hold', value: 'now' });
  client.close();
}
