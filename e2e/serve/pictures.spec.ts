/** A person's way from dropped pictures to smaller ones in the window. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { phonePhoto } from '../../src/main/engine/handlers/test-images.ts';
import { expect, test } from './serve-test.ts';

test('pictures are known, made ready for the web and looked at; a damaged one says what to do', async ({ served }) => {
  const { page, user } = served;
  const photo = join(user.dir, 'photo.jpg');
  await phonePhoto(3000, 2000, 6).toFile(photo);
  const drawing = join(user.dir, 'drawing.svg');
  writeFileSync(drawing, '<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20"><rect width="30" height="20" fill="#406080"/></svg>');
  const broken = join(user.dir, 'broken.png');
  writeFileSync(broken, Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'));
  await served.paste([photo, drawing, broken].join('\n'));
  await expect(served.intake.getByText('3 pictures')).toBeVisible();
  await expect(served.intake.getByRole('button', { name: /^Recipe for all pictures/ })).toContainText('Picture for the web');
  await served.intake.getByRole('button', { name: 'Start 3 tasks' }).click();
  for (const name of ['photo.jpg', 'drawing.svg']) await expect(served.row(name)).toHaveAttribute('data-status', 'completed', { timeout: 60_000 });
  await expect(served.row('broken.png')).toHaveAttribute('data-status', 'failed', { timeout: 60_000 });

  await served.row('photo.jpg').click();
  const panel = page.getByRole('complementary');
  const picture = panel.getByRole('img', { name: /^photo\.web.*\.jpg$/ });
  await expect(picture).toBeVisible();
  // Turned upright, its longest side 2048.
  expect(await picture.evaluate((image) => (image instanceof HTMLImageElement ? [image.naturalWidth, image.naturalHeight] : []))).toEqual([1365, 2048]);
  expect(served.strangers).toEqual([]);
});
