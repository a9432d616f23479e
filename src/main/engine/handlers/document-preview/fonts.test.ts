import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';

const dir = mkdtempSync(join(tmpdir(), 'longhaul-no-fonts-'));
// Read by fontconfig when the first letter is drawn: before the library is loaded, in this file's own process.
writeFileSync(join(dir, 'fonts.conf'), `<?xml version="1.0"?><fontconfig><dir>${join(dir, 'none')}</dir><cachedir>${join(dir, 'cache')}</cachedir></fontconfig>`);
process.env['FONTCONFIG_FILE'] = join(dir, 'fonts.conf');
const { preview } = await import('./test-preview.ts');
afterAll(() => rmSync(dir, { recursive: true, force: true }));

it.skipIf(process.platform !== 'linux')('where no font is installed, pictures of text are made and the task says why they can\'t be read', async () => {
  const path = join(dir, 'notes.txt');
  writeFileSync(path, 'Some words');
  expect((await preview({ path, options: { what: ['thumbnail', 'text'] }, keepIn: join(dir, 'made') })).warnings.join()).toMatch(/no fonts.*Install a font/);
  expect((await preview({ path, options: { what: ['text'] }, keepIn: join(dir, 'made') })).warnings).toEqual([]);
});
