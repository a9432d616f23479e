/** A person's way with recipes: found, looked at, changed, handed on, used; and a chain whose plan is changed before it starts. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { expect, makeClip, test } from './serve-test.ts';

test('a recipe is found, its commands are shown for a file, and a copy of it is made, used, exported, imported and removed', async ({ served }) => {
  const { page } = served;
  const clip = await makeClip(join(served.user.dir, 'holiday.mp4'), 2);
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name: 'Recipes' }).click();
  await page.getByRole('searchbox', { name: 'Search recipes' }).fill('web video 720');
  const list = page.getByRole('navigation', { name: 'Recipes by purpose' });
  await list.getByRole('button', { name: /^Web video, 720p/ }).click();
  const detail = page.getByRole('region', { name: 'Web video, 720p' });
  await expect(detail.getByRole('row', { name: /^Greatest height 720p/ })).toBeVisible();
  await expect(detail.getByRole('row', { name: 'Audio tracks to keep all all, none, or track numbers such as 0,2 Counted from 0.' })).toBeVisible();
  await detail.getByRole('textbox', { name: /For this file/ }).fill(clip);
  await detail.getByRole('button', { name: 'Show', exact: true }).click();
  await expect(detail.locator('pre').first()).toContainText(/^ffmpeg .*holiday\.mp4/m, { timeout: 60_000 });
  await expect(detail.locator('pre').first()).toContainText('libx264');

  await detail.getByRole('button', { name: 'Copy and change…' }).click();
  const editor = page.getByRole('dialog', { name: 'A recipe of your own' });
  await editor.getByRole('textbox', { name: 'Name' }).fill('Not A Name');
  await editor.getByRole('textbox', { name: 'Audio bitrate (kbit/s)' }).fill('9000');
  await editor.getByRole('button', { name: 'Save' }).click();
  await expect(editor.getByRole('alert')).toContainText('name');
  await editor.getByRole('textbox', { name: 'Name' }).fill('tiny-web');
  await editor.getByRole('button', { name: 'Save' }).click();
  await expect(editor.getByRole('alert')).toContainText('“Audio bitrate (kbit/s)” can\'t be');
  await editor.getByRole('textbox', { name: 'Audio bitrate (kbit/s)' }).fill('48');
  await editor.getByRole('textbox', { name: 'Title', exact: true }).fill('Tiny web video');
  await editor.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('searchbox').fill('tiny');
  await expect(list.getByRole('button', { name: /^Tiny web video\s*yours/ })).toBeVisible();

  const own = page.getByRole('region', { name: 'Tiny web video' });
  const [download] = await Promise.all([page.waitForEvent('download'), own.getByRole('button', { name: 'Export' }).click()]);
  const file = join(served.user.dir, 'tiny-web.json');
  await download.saveAs(file);
  expect(z.looseObject({ options: z.looseObject({ audioBitrateKbps: z.literal(48), resolution: z.literal('720p') }) }).safeParse(JSON.parse(readFileSync(file, 'utf8'))).success).toBe(true);

  await served.paste(clip);
  await served.intake.getByRole('button', { name: /^Recipe for all videos/ }).click();
  await page.getByRole('textbox', { name: 'Search recipes' }).fill('tiny');
  await page.getByRole('menuitem', { name: /^Tiny web video/ }).click();
  await served.intake.getByRole('button', { name: 'Start 1 task' }).click();
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name: 'Queue' }).click();
  await expect(served.row('holiday.mp4')).toHaveAttribute('data-status', 'completed', { timeout: 60_000 });
  await expect(served.row('holiday.mp4')).toContainText('Tiny web video');

  await page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name: 'Recipes' }).click();
  await page.getByRole('searchbox').fill('tiny');
  await own.getByRole('button', { name: 'Remove' }).click();
  await own.getByRole('button', { name: 'Really remove' }).click();
  await expect(list.getByText('No recipe has these words.')).toBeVisible();

  const takeIn = async (path: string): Promise<void> => {
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('button', { name: 'Import…' }).click()]);
    await chooser.setFiles(path);
  };
  const wrong = join(served.user.dir, 'wrong.json');
  writeFileSync(wrong, readFileSync(file, 'utf8').replace('"720p"', '"721p"'));
  await takeIn(wrong);
  await expect(page.getByText(/options\.resolution/)).toBeVisible();
  await takeIn(file);
  await expect(list.getByRole('button', { name: /^Tiny web video/ })).toBeVisible();
});

test('a chain is a plan whose steps can be changed and left out before it starts, and its later step works on what the first one made', async ({ served }) => {
  const { page } = served;
  const clip = await makeClip(join(served.user.dir, 'film.mp4'), 2);
  await served.paste(clip);
  await served.intake.getByRole('button', { name: /^Recipe for all videos/ }).click();
  await page.getByRole('textbox', { name: 'Search recipes' }).fill('everything for a page');
  await page.getByRole('menuitem', { name: /^Everything for a page/ }).click();
  const plan = served.intake.getByRole('region', { name: 'Plan: Everything for a page' });
  await expect(plan.getByRole('listitem')).toHaveCount(3);
  await expect(plan.getByRole('listitem').nth(1)).toContainText('of the .mp4 of “Web video, 1080p”');
  await expect(served.intake.getByRole('button', { name: 'Start 3 tasks' })).toBeVisible();
  await plan.getByRole('button', { name: 'Leave out the step Silent preview' }).click();
  await plan.getByRole('combobox', { name: 'Recipe of the step Thumbnail (WebP)' }).or(plan.getByRole('textbox', { name: 'Recipe of the step Thumbnail (WebP)' })).first().click();
  await page.getByRole('option', { name: 'Small thumbnail' }).click();
  await served.intake.getByRole('button', { name: 'Start 2 tasks' }).click();
  await expect(served.row('Web video, 1080p')).toHaveAttribute('data-status', 'completed', { timeout: 60_000 });
  const second = served.row('film.web-1080p.mp4');
  await expect(second).toContainText('Small thumbnail');
  await expect(second).toHaveAttribute('data-status', 'completed', { timeout: 60_000 });
  await second.click();
  await expect(page.getByRole('complementary').getByRole('link', { name: /film\.web-1080p\.small\.jpg/ }).first()).toBeVisible();
});

test('recipes speak Chinese', async ({ served }) => {
  const { page } = served;
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name: 'Settings' }).click();
  await page.getByRole('combobox', { name: 'Language' }).or(page.getByRole('textbox', { name: 'Language' })).first().click();
  await page.getByRole('option', { name: '简体中文' }).click();
  await page.getByRole('button', { name: '配方' }).click();
  await page.getByRole('searchbox').fill('网页视频 720');
  await expect(page.getByRole('heading', { name: '网页视频 720p' })).toBeVisible();
  await expect(page.getByRole('row', { name: /^最大高度 720p/ })).toBeVisible();
  await expect(page.getByRole('row', { name: /^编码器 软件 软件、硬件/ })).toBeVisible();
  await expect(page.getByText('最高 720 行的 H.264 MP4：加载快，在网页中依然清晰。').first()).toBeVisible();
});
