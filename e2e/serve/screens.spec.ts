/** Every screen, light and dark, English and Chinese: no serious fault of accessibility, and a picture to look at in artifacts/screens. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { makeNumberedVideo } from '../faults/sources.ts';
import { expect, makeClip, SAMPLE, test, type Served } from './serve-test.ts';

const SCREENS_DIR = join(import.meta.dirname, '../../artifacts/screens');

type Theme = 'light' | 'dark';

/** Takes the picture and lets axe look. Animations have ended, so that colours are the final ones. */
async function examine(page: Page, name: string, theme: Theme): Promise<void> {
  await page.waitForFunction(() => document.getAnimations().every((animation) => animation.playState !== 'running' || animation.effect?.getTiming().iterations === Infinity));
  mkdirSync(SCREENS_DIR, { recursive: true });
  await page.screenshot({ path: join(SCREENS_DIR, `${name}-${theme}.png`) });
  const { violations } = await new AxeBuilder({ page }).analyze();
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`), `${name}, ${theme}`).toEqual([]);
}

async function inBothThemes(page: Page, name: string): Promise<void> {
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme });
    await examine(page, name, theme);
  }
}

async function fill(served: Served): Promise<void> {
  const { user } = served;
  await served.addByCommand(SAMPLE, 'transcript');
  await served.addByCommand(await makeClip(join(user.dir, 'beach-at-sunset.mov'), 2), 'thumbnail');
  writeFileSync(join(user.dir, 'notes.mp4'), 'no film at all');
  await served.addByCommand(join(user.dir, 'notes.mp4'), 'mp4-h264');
  await expect(served.row('longhaul-sample')).toHaveAttribute('data-status', 'completed', { timeout: 90_000 });
  await served.addByCommand(await makeNumberedVideo(user.dir, 90), 'webm-vp9');
  await served.addByCommand(await makeClip(join(user.dir, 'interview-with-a-very-long-name-that-has-to-be-cut-somewhere-in-its-middle-part-2.mp4'), 2), 'mp4-h264');
  await expect(served.row('numbered')).toHaveAttribute('data-status', 'running', { timeout: 60_000 });
}

test('the empty window, the intake and the list of keys', async ({ served }) => {
  const { page, user } = served;
  await inBothThemes(page, 'empty');
  writeFileSync(join(user.dir, 'empty.mp4'), '');
  await served.paste([await makeClip(join(user.dir, 'holiday.mov'), 4), SAMPLE, join(user.dir, 'empty.mp4')].join('\n'));
  await expect(served.intake.getByRole('listitem')).toHaveCount(3);
  await expect(served.intake.getByText(/≈/).first()).toBeVisible();
  await inBothThemes(page, 'intake');
  await page.keyboard.press('Escape');
  await expect(served.intake).toBeHidden();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
  await inBothThemes(page, 'keys');
});

test('the queue, a finished, a failed and a running task, the transcript, models and settings', async ({ served }) => {
  test.setTimeout(240_000);
  const { page } = served;
  await fill(served);
  await inBothThemes(page, 'queue');
  await served.row('notes').click();
  await expect(page.getByRole('complementary')).toBeVisible();
  await inBothThemes(page, 'task-failed');
  await served.row('numbered').click();
  await page.getByRole('complementary').getByRole('tab', { name: 'Log' }).click();
  await inBothThemes(page, 'task-log');
  await served.row('beach').click();
  await inBothThemes(page, 'task-done');
  await served.row('longhaul-sample').click();
  await page.getByRole('complementary').getByRole('button', { name: 'Open transcript' }).click();
  await expect(page.locator('[data-row-focus="0"]')).toBeVisible();
  await inBothThemes(page, 'transcript');
  await page.getByRole('button', { name: 'Models', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'On this machine' })).toBeVisible();
  await inBothThemes(page, 'models');
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  await expect(page.getByText('Theme', { exact: true })).toBeVisible();
  await inBothThemes(page, 'settings');
});

test('every kind of file in the intake, the recipes and the watched folders', async ({ served }) => {
  test.setTimeout(240_000);
  const { page, user } = served;
  const files = {
    'holiday.svg': '<svg xmlns="http://www.w3.org/2000/svg" width="640" height="480"><rect width="640" height="480" fill="teal"/></svg>',
    'minutes.md': '# Minutes\n\nWe met at noon.\n',
    'bracket.stl': 'solid b\nfacet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 9 0 0\nvertex 0 9 4\nendloop\nendfacet\nendsolid b\n',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(user.dir, name), text);
  await served.paste([SAMPLE, ...Object.keys(files).map((name) => join(user.dir, name))].join('\n'));
  await expect(served.intake.getByRole('listitem')).toHaveCount(4);
  await expect(served.intake.getByText(/≈/).first()).toBeVisible();
  await inBothThemes(page, 'intake-kinds');
  await page.keyboard.press('Escape');
  const pages = page.getByRole('navigation', { name: 'Pages' });
  await pages.getByRole('button', { name: 'Recipes' }).click();
  await page.getByRole('searchbox', { name: 'Search recipes' }).fill('web');
  await page.getByRole('navigation', { name: 'Recipes by purpose' }).getByRole('button', { name: /^Web video, 720p/ }).click();
  await expect(page.getByRole('region', { name: 'Web video, 720p' })).toBeVisible();
  await inBothThemes(page, 'recipes');
  await pages.getByRole('button', { name: 'Folders' }).click();
  await page.getByRole('button', { name: 'Watch a folder' }).click();
  await expect(page.getByRole('dialog', { name: 'Watch a folder' })).toBeVisible();
  await inBothThemes(page, 'watch-form');
});

test('everything in Simplified Chinese, chosen in the settings and kept over a reload', async ({ served }) => {
  test.setTimeout(240_000);
  const { page } = served;
  await fill(served);
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  await page.getByRole('combobox', { name: 'Language' }).or(page.getByRole('textbox', { name: 'Language' })).first().click();
  await page.getByRole('option', { name: '简体中文' }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', /zh/);
  await inBothThemes(page, 'settings-zh');
  await page.reload();
  const grid = page.getByRole('grid');
  await expect(grid).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', /zh/);
  await inBothThemes(page, 'queue-zh');
  await grid.getByRole('row').filter({ hasText: 'notes' }).click();
  await inBothThemes(page, 'task-failed-zh');
  // Nothing English but names, recipes' own terms and what tools said.
  await expect(page.getByText(/\b(Queue|Settings|Waiting|Finished|Running|Retry|Cancel)\b/)).toHaveCount(0);
});
