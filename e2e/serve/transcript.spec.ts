/** From speech to a corrected transcript in every format. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import * as z from 'zod';
import { expect, SAMPLE, test, type Served } from './serve-test.ts';

async function openTranscript(served: Served): Promise<Page> {
  const { page } = served;
  await served.addByCommand(SAMPLE, 'transcript');
  await expect(served.row('longhaul-sample')).toHaveAttribute('data-status', 'completed', { timeout: 90_000 });
  await served.row('longhaul-sample').click();
  await page.getByRole('complementary').getByRole('button', { name: 'Open transcript' }).click();
  await expect(page.locator('[data-row-focus="0"]')).toBeVisible();
  return page;
}

async function exported(page: Page, served: Served, format: string): Promise<Buffer> {
  await page.getByRole('button', { name: 'Export' }).click();
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem').filter({ hasText: format }).click()]);
  const path = join(served.user.dir, `exported.${format.toLowerCase()}`);
  await download.saveAs(path);
  return readFileSync(path);
}

test('a transcript is corrected, split, merged, undone, searched, kept over a reload and exported', async ({ served }) => {
  test.setTimeout(180_000);
  const page = await openTranscript(served);
  const rows = page.locator('[data-row-focus]');
  const before = await rows.count();
  const first = rows.first();
  const original = (await first.textContent()) ?? '';

  await first.focus();
  await page.keyboard.press('Enter');
  const field = page.getByRole('textbox', { name: /^Text at/ });
  await expect(field).toBeFocused();
  await page.keyboard.type('Corrected: ');
  await page.keyboard.press('Escape');
  await expect(first).toHaveText(`Corrected: ${original}`);
  await expect(page.getByRole('status').filter({ hasText: 'Saved' })).toBeVisible();

  await first.focus();
  await page.keyboard.press('Enter');
  for (let step = 0; step < 'Corrected:'.length; step += 1) await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ControlOrMeta+Enter');
  await page.keyboard.press('Escape');
  await expect(rows).toHaveCount(before + 1);
  await page.getByRole('button', { name: 'Undo (Ctrl+Z)' }).click();
  await expect(rows).toHaveCount(before);
  await page.getByRole('button', { name: 'Redo (Ctrl+Y)' }).click();
  await expect(rows).toHaveCount(before + 1);
  await expect(first).toHaveText('Corrected:');
  await first.focus();
  await page.keyboard.press('ControlOrMeta+Backspace');
  await expect(rows).toHaveCount(before);
  await expect(first).toHaveText(`Corrected: ${original}`);

  await page.keyboard.press('ControlOrMeta+f');
  await page.getByRole('textbox', { name: 'Find', exact: true }).fill('Corrected');
  await page.getByRole('textbox', { name: 'Replace with' }).fill('Checked');
  await page.getByRole('button', { name: 'Replace all' }).click();
  await expect(first).toHaveText(`Checked: ${original}`);
  await page.getByRole('button', { name: 'Close find' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Saved' })).toBeVisible();

  await page.reload();
  await served.row('longhaul-sample').click();
  await page.getByRole('complementary').getByRole('button', { name: 'Open transcript' }).click();
  await expect(first).toHaveText(`Checked: ${original}`);

  expect((await exported(page, served, 'SRT')).toString()).toMatch(/^\uFEFF?1\r?\n\d\d:\d\d:\d\d,\d{3} --> [^\n]+\nChecked: /);
  expect((await exported(page, served, 'VTT')).toString()).toMatch(/^WEBVTT[^]*Checked: /);
  expect((await exported(page, served, 'ASS')).toString()).toMatch(/^\uFEFF?\[Script Info\][^]*Dialogue: [^\n]*Checked: /);
  expect((await exported(page, served, 'TXT')).toString()).toContain('Checked: ');
  expect((await exported(page, served, 'CSV')).toString()).toContain('Checked: ');
  const { segments } = z.object({ segments: z.array(z.object({ text: z.string() })) }).parse(JSON.parse((await exported(page, served, 'JSON')).toString()));
  expect(segments[0]?.text).toContain('Checked: ');
  // A ZIP, which Word's format is.
  expect((await exported(page, served, 'DOCX')).subarray(0, 2).toString()).toBe('PK');
});

test('a click on a word plays from there, and the spoken word is shown', async ({ served }) => {
  const page = await openTranscript(served);
  const video = page.locator('video, audio').first();
  await expect.poll(() => video.evaluate((element) => (element instanceof HTMLMediaElement ? element.readyState : 0))).toBeGreaterThan(0);
  const word = page.locator('[data-row-focus="1"] [data-word]').first();
  await word.click();
  await expect.poll(() => video.evaluate((element) => (element instanceof HTMLMediaElement ? element.currentTime : 0))).toBeGreaterThan(0.5);
});

test('an edit in another window is not overwritten without a word', async ({ served, context }) => {
  const page = await openTranscript(served);
  const other = await context.newPage();
  await other.goto(`http://127.0.0.1:${String(served.port)}/`);
  await other.getByRole('grid', { name: 'Queue' }).getByRole('row').filter({ hasText: 'longhaul-sample' }).click();
  await other.getByRole('complementary').getByRole('button', { name: 'Open transcript' }).click();
  for (const [window, text] of [[other, 'Theirs. '], [page, 'Mine. ']] as const) {
    await window.locator('[data-row-focus="0"]').focus();
    await window.keyboard.press('Enter');
    await window.keyboard.type(text);
    await window.keyboard.press('Escape');
    if (window === other) await expect(other.getByRole('status').filter({ hasText: 'Saved' })).toBeVisible();
  }
  await expect(page.getByText('This transcript was saved in another window meanwhile.', { exact: false })).toBeVisible();
  await page.getByRole('button', { name: 'Take the other one' }).click();
  await expect(page.locator('[data-row-focus="0"]')).toHaveText(/^Theirs\./);
});
