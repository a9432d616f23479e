/** A person's way from a dropped document to its pages and words in the window. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makePdf } from '../../src/main/engine/handlers/document-preview/test-pdfs.ts';
import { expect, test } from './serve-test.ts';

test('documents are known, previewed and looked at; a locked one says what to do', async ({ served }) => {
  const { page, user } = served;
  const report = makePdf(join(user.dir, 'report.pdf'), [{ lines: ['Words of the report'], colour: [200, 220, 250] }, { lines: ['The second page'] }]);
  const locked = makePdf(join(user.dir, 'locked.pdf'), [{ lines: ['Secret'] }], 'password');
  const notes = join(user.dir, 'notes.md');
  writeFileSync(notes, '# Notes\n\nSome words.\n');
  await served.paste([report, locked, notes].join('\n'));
  await expect(served.intake.getByText('3 documents')).toBeVisible();
  await expect(served.intake.getByRole('button', { name: /^Recipe for all documents/ })).toContainText('Document preview');
  await served.intake.getByRole('button', { name: 'Start 3 tasks' }).click();
  for (const name of ['report.pdf', 'notes.md']) await expect(served.row(name)).toHaveAttribute('data-status', 'completed', { timeout: 60_000 });
  await expect(served.row('locked.pdf')).toHaveAttribute('data-status', 'failed', { timeout: 60_000 });

  await served.row('report.pdf').click();
  const panel = page.getByRole('complementary');
  const picture = panel.getByRole('img', { name: /^report\.preview.*\.jpg$/ });
  await expect(picture).toBeVisible();
  expect(await picture.evaluate((image) => (image instanceof HTMLImageElement ? image.naturalWidth : 0))).toBe(512);
  await panel.getByRole('combobox').selectOption({ index: 1 });
  await expect(panel.getByRole('region', { name: /report\.preview\.txt/ })).toContainText('Words of the report');

  await served.row('locked.pdf').click();
  await expect(panel.getByText(/unprotected copy/).first()).toBeVisible();
  expect(served.strangers).toEqual([]);
});
