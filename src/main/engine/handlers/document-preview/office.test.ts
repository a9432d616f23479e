/** LibreOffice by a stand-in that does what it is told: what it is started with, and what becomes of its ends. */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestTask } from '../test-context.ts';
import { convertToPdf } from '../../media/office.ts';
import { locateOffice } from '../../media/locate-office.ts';
import { handler } from './index.ts';
import { makeDocx, makeXlsx } from './test-packed.ts';
import { makePdf } from './test-pdfs.ts';
import { preview } from './test-preview.ts';

let dir: string;
let docx: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'longhaul-office-'));
  docx = makeDocx(join(dir, "o'dd $(name).docx"), ['Words of the document']);
  makePdf(join(dir, 'made.pdf'), [{ lines: ['Drawn by the office'] }, { lines: ['Second page'] }]);
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** A program that writes down its arguments, one a line, and the settings of its profile, and then does this. */
function standIn(then: string, name = 'soffice'): string {
  const path = join(dir, name);
  writeFileSync(path, `#!/bin/sh
printf '%s\\n' "$@" > '${join(dir, 'arguments')}'
echo started >> '${join(dir, 'starts')}'
profile=$(printf '%s\\n' "$@" | sed -n 's,^-env:UserInstallation=file://,,p')
cp "$profile/user/registrymodifications.xcu" '${join(dir, 'registry')}'
while [ "$1" != --outdir ]; do shift; done
${then}
`);
  chmodSync(path, 0o755);
  return path;
}

const CONVERT = (): string => `cp '${join(dir, 'made.pdf')}' "$2/source.pdf"`;
const starts = (): number => readFileSync(join(dir, 'starts'), 'utf8').trim().split('\n').length;
const wish = (officePath: string): Parameters<typeof convertToPdf>[0] => ({ officePath, inputPath: docx, kind: 'docx', folder: join(dir, 'work'), signal: new AbortController().signal });

describe.skipIf(process.platform === 'win32')('with LibreOffice', () => {
  it('an office document is shown as that draws it', async () => {
    const made = await preview({ path: docx, options: { what: ['pages', 'text'], dpi: 36 }, tools: { libreOfficePath: standIn(CONVERT()) }, keepIn: join(dir, 'made') });
    expect(made.text).toBe('Drawn by the office\n\nSecond page\n');
    expect(made.files.size).toBe(3);
    expect(made.warnings).toEqual([]);
  });

  it('it is started headless, with a profile of its own in the work folder, on a copy, and may neither ask the network nor run macros', async () => {
    await convertToPdf(wish(standIn(CONVERT())));
    const work = join(dir, 'work');
    expect(readFileSync(join(dir, 'arguments'), 'utf8').trimEnd().split('\n')).toEqual([
      `-env:UserInstallation=file://${join(work, 'profile')}`, '--headless', '--invisible', '--norestore', '--nologo', '--nodefault', '--nofirststartwizard', '--nolockcheck',
      '--convert-to', 'pdf', '--outdir', join(work, 'out'), join(work, 'source.docx'),
    ]);
    const registry = readFileSync(join(dir, 'registry'), 'utf8');
    for (const setting of ['DisableMacrosExecution', 'BlockUntrustedRefererLinks', 'ooInetProxyType']) expect(registry).toContain(setting);
  });

  it('that asks to be started again for its new profile is', async () => {
    const path = standIn(`if [ ! -e '${join(dir, 'set-up')}' ]; then touch '${join(dir, 'set-up')}'; exit 81; fi\n${CONVERT()}`);
    expect(existsSync(await convertToPdf(wish(path)))).toBe(true);
    expect(starts()).toBe(2);
  });

  it('the program beside a launcher is started itself: it would outlive the launcher', async () => {
    const program = standIn(CONVERT(), 'soffice.bin');
    writeFileSync(join(dir, 'soffice'), '#!/bin/sh\nexit 1\n');
    symlinkSync(join(dir, 'soffice'), join(dir, 'libreoffice'));
    await convertToPdf(wish(join(dir, 'libreoffice')));
    expect(existsSync(program)).toBe(true);
    expect(starts()).toBe(1);
  });

  it('that hangs is ended in time, and says what to do', async () => {
    const path = standIn(`echo $$ > '${join(dir, 'pid')}'\nexec sleep 600`);
    await expect(convertToPdf({ ...wish(path), timeoutMs: 1_500 })).rejects.toMatchObject({ code: 'TOOL_STUCK', retryable: true, message: expect.stringMatching(/o'dd \$\(name\)\.docx.*save the document as a PDF/) });
    expect(() => process.kill(Number(readFileSync(join(dir, 'pid'), 'utf8')), 0)).toThrow();
  });

  it('is ended when the task is stopped', async () => {
    const stop = new AbortController();
    const running = convertToPdf({ ...wish(standIn(`echo $$ > '${join(dir, 'pid')}'\nexec sleep 600`)), signal: stop.signal });
    const settled = expect(running).rejects.toThrow('enough');
    await expect.poll(() => existsSync(join(dir, 'pid')) && readFileSync(join(dir, 'pid'), 'utf8').endsWith('\n')).toBe(true);
    stop.abort(new Error('enough'));
    await settled;
    expect(() => process.kill(Number(readFileSync(join(dir, 'pid'), 'utf8')), 0)).toThrow();
  });

  it('that makes nothing leaves the words of the document, and the task says so', async () => {
    const made = await preview({ path: docx, options: { what: ['text'] }, tools: { libreOfficePath: standIn('echo "Error: source file could not be loaded" >&2') }, keepIn: join(dir, 'made') });
    expect(made.text).toBe('Words of the document\n');
    expect(made.warnings.join()).toMatch(/LibreOffice could not open/);
  });

  it('is not handed a bomb', async () => {
    const path = makeXlsx(join(dir, 'bomb.xlsx'), { a: Array.from({ length: 400_000 }, () => [0]) });
    await expect(preview({ path, options: { what: ['text'] }, tools: { libreOfficePath: standIn(CONVERT()) }, keepIn: dir })).rejects.toMatchObject({ code: 'INPUT_NOT_ALLOWED' });
    expect(existsSync(join(dir, 'starts'))).toBe(false);
  });

  it('has converted once when a killed task goes on', async () => {
    const task = createTestTask(handler, { inputs: [docx], options: { what: ['pages'], dpi: 36 }, tools: { libreOfficePath: standIn(CONVERT()) } });
    try {
      const stop = new AbortController();
      task.checkpoint.onPartSaved = () => stop.abort(new Error('stopped'));
      await expect(task.run(stop.signal)).rejects.toThrow('stopped');
      expect(await task.run()).toHaveLength(2);
      expect(starts()).toBe(1);
    } finally {
      task.dispose();
    }
  });

  it('is found on the PATH or where it was said, and is not there otherwise', async () => {
    const path = standIn('');
    expect(await locateOffice({ env: { PATH: `/none:${dir}` }, platform: 'linux' })).toEqual({ path, from: 'PATH', cure: null });
    expect(await locateOffice({ env: { PATH: '', LONGHAUL_LIBREOFFICE: path }, platform: 'linux' })).toMatchObject({ path, from: 'LONGHAUL_LIBREOFFICE' });
    expect(await locateOffice({ env: { PATH: dir, LONGHAUL_LIBREOFFICE: '/none' }, platform: 'linux' })).toMatchObject({ path: null, cure: expect.stringContaining('LONGHAUL_LIBREOFFICE') });
    expect(await locateOffice({ env: {}, platform: 'win32' })).toMatchObject({ path: null, cure: expect.stringContaining('Install LibreOffice') });
  });
});
