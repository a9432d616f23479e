import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestTask } from '../test-context.ts';
import { ffprobe } from '../test-sources.ts';
import { testTools } from '../test-tools.ts';
import { handler } from './index.ts';
import { makePdf, pdfBytes, type TestPage } from './test-pdfs.ts';
import { preview, refusal, type Preview, type PreviewWish } from './test-preview.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'longhaul-documents-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const COLOURS = [[210, 40, 40], [40, 160, 60], [50, 70, 200], [230, 200, 40], [120, 40, 150]] as const;
const FIVE: readonly TestPage[] = COLOURS.map((colour, index) => ({ colour, lines: [`Words of page ${String(index + 1)}`] }));

const of = (path: string, options: PreviewWish['options'] = {}, more: Partial<PreviewWish> = {}): PreviewWish => ({ path, options, keepIn: join(dir, 'made'), ...more });
const make = (path: string, options: PreviewWish['options'] = {}, more: Partial<PreviewWish> = {}): Promise<Preview> => preview(of(path, options, more));
const file = ({ files }: Preview, name: string): string => files.get(name) ?? `there is no ${name} among ${[...files.keys()].join(', ')}`;

/** By FFmpeg, which has made none of it. */
function size(path: string): string {
  return ffprobe(['-show_entries', 'stream=width,height', '-of', 'csv=p=0:s=x', path]).trim();
}

/** Mean colour of the lower half, where no words are. */
function colour(path: string, crop = 'iw:ih/2:0:ih/2'): number[] {
  return [...execFileSync(testTools().ffmpegPath, ['-v', 'error', '-i', path, '-vf', `crop=${crop},scale=1:1:flags=area,format=rgb24`, '-f', 'rawvideo', '-'])];
}

function expectColour(found: readonly number[], wanted: readonly number[]): void {
  expect(found).toHaveLength(3);
  for (const [index, value] of found.entries()) expect(Math.abs(value - (wanted[index] ?? -100)), `${found.join()} is not ${wanted.join()}`).toBeLessThanOrEqual(4);
}

describe('a PDF', () => {
  it('gives a picture of each page in its own colour and size, in the order of the pages', async () => {
    const made = await make(makePdf(join(dir, 'five.pdf'), [...FIVE.slice(0, 4), { ...FIVE[4], width: 400, height: 200 }]), { what: ['pages'], dpi: 72 });
    expect([...made.files.keys()]).toEqual(['five.page-001.jpg', 'five.page-002.jpg', 'five.page-003.jpg', 'five.page-004.jpg', 'five.page-005.jpg']);
    for (const [index, path] of [...made.files.values()].entries()) expectColour(colour(path), COLOURS[index] ?? []);
    expect(size(file(made, 'five.page-001.jpg'))).toBe('595x842');
    expect(size(file(made, 'five.page-005.jpg'))).toBe('400x200');
    expect(made.warnings).toEqual([]);
  });

  it.each([['jpg', 'mjpeg'], ['png', 'png'], ['webp', 'webp']])('gives %s, by dpi or by width', async (format, codec) => {
    const path = makePdf(join(dir, 'one.pdf'), FIVE.slice(0, 1));
    const byDpi = await make(path, { what: ['pages'], format, dpi: 144 });
    const byWidth = await make(path, { what: ['pages'], format, width: 300 }, { suffix: '.small' });
    expect(size(file(byDpi, `one.page-001.${format}`))).toBe('1190x1684');
    expect(size(file(byWidth, `one.small.page-001.${format}`))).toBe('300x425');
    expect(ffprobe(['-show_entries', 'stream=codec_name', '-of', 'csv=p=0', file(byDpi, `one.page-001.${format}`)]).trim()).toBe(codec);
  });

  it('turns pages as they are shown', async () => {
    const made = await make(makePdf(join(dir, 'turned.pdf'), [{ width: 300, height: 600, rotate: 90, colour: null, drawing: '1 0 0 rg 0 0 300 100 re f' }]), { what: ['pages'], dpi: 72, format: 'png' });
    const path = file(made, 'turned.page-001.png');
    expect(size(path)).toBe('600x300');
    // What was at the foot is at the left.
    expectColour(colour(path, '50:200:10:50'), [255, 0, 0]);
    expectColour(colour(path, '50:200:540:50'), [255, 255, 255]);
  });

  it('gives the text of each page, pages apart', async () => {
    expect((await make(makePdf(join(dir, 'five.pdf'), FIVE), { what: ['text'] })).text).toBe(`${[1, 2, 3, 4, 5].map((page) => `Words of page ${String(page)}`).join('\n\n')}\n`);
  });

  it('takes the pages that are wanted, under the numbers that they have', async () => {
    const made = await make(makePdf(join(dir, 'five.pdf'), FIVE), { what: ['pages', 'text'], pages: '2,4-', dpi: 36 });
    expect([...made.files.keys()]).toEqual(['five.page-002.jpg', 'five.page-004.jpg', 'five.page-005.jpg', 'five.txt']);
    expect(made.text).toBe('Words of page 2\n\nWords of page 4\n\nWords of page 5\n');
    expectColour(colour(file(made, 'five.page-004.jpg')), COLOURS[3]);
  });

  it('stops at maxPages and says so', async () => {
    const made = await make(makePdf(join(dir, 'five.pdf'), FIVE), { what: ['pages'], maxPages: 2, dpi: 36 });
    expect([...made.files.keys()]).toEqual(['five.page-001.jpg', 'five.page-002.jpg']);
    expect(made.warnings.join()).toMatch(/5 pages; the first 2 are taken/);
  });

  it('gives a thumbnail of the first page', async () => {
    const made = await make(makePdf(join(dir, 'five.pdf'), FIVE), { what: ['thumbnail'] }, { suffix: '.thumbnail' });
    expect([...made.files.keys()]).toEqual(['five.thumbnail.jpg']);
    expect(size(file(made, 'five.thumbnail.jpg'))).toBe('512x725');
    expectColour(colour(file(made, 'five.thumbnail.jpg')), COLOURS[0]);
  });

  it('gives a contact sheet on which every page is where it should be', async () => {
    const made = await make(makePdf(join(dir, 'five.pdf'), FIVE), { what: ['contact-sheet'], columns: 3, width: 160, format: 'png' }, { suffix: '.contact-sheet' });
    const path = file(made, 'five.contact-sheet.png');
    expect(size(path)).toBe('520x534');
    for (const [index, wanted] of COLOURS.entries()) expectColour(colour(path, `100:40:${String(40 + 170 * (index % 3))}:${String(32 + 140 + 251 * Math.floor(index / 3))}`), wanted);
  });

  it('says of one without words that it is a scan: pictures come without text, text alone is refused', async () => {
    const path = makePdf(join(dir, 'scan.pdf'), [{ colour: [9, 9, 9] }]);
    const made = await make(path, { what: ['thumbnail', 'text'] });
    expect([...made.files.keys()]).toEqual(['scan.thumbnail.jpg']);
    expect(made.warnings.join()).toMatch(/no text.*scan/);
    expect(await refusal(of(path, { what: ['text'] }))).toMatchObject({ code: 'INPUT_NO_STREAM', message: expect.stringMatching(/scan\.pdf.*scan.*Choose/) });
  });

  it('is not read with a password, and without one where none is needed to open it', async () => {
    const locked = await refusal(of(makePdf(join(dir, 'locked.pdf'), FIVE, 'secret')));
    expect(locked).toMatchObject({ code: 'INPUT_ENCRYPTED', retryable: false, message: expect.stringMatching(/locked\.pdf.*password.*Save a copy without/) });
    expect((await make(makePdf(join(dir, 'open.pdf'), FIVE, ''), { what: ['text'] })).text).toContain('Words of page 3');
  });

  it('that lacks its end says so, or which page is damaged', async () => {
    const whole = pdfBytes(FIVE);
    const path = join(dir, 'cut.pdf');
    writeFileSync(path, whole.subarray(0, whole.length - 7));
    expect((await make(path, { what: ['text'] })).warnings.join()).toMatch(/lacks its end/);
    writeFileSync(path, whole.subarray(0, Math.floor(whole.length / 2)));
    expect(await refusal(of(path, { what: ['pages'] }))).toMatchObject({ code: 'INPUT_DAMAGED', retryable: false, message: expect.stringMatching(/cut\.pdf/) });
    writeFileSync(path, '%PDF-1.7\nand no more');
    expect(await refusal(of(path))).toMatchObject({ code: 'INPUT_DAMAGED', message: expect.stringMatching(/damaged.*Copy or download/) });
  });

  it('is known whatever it is called', async () => {
    expect((await make(makePdf(join(dir, 'holiday.mp4'), FIVE), { what: ['text'] })).text).toContain('Words of page 1');
  });

  it('of enormous pages is drawn smaller, in proportion, and says so', async () => {
    const made = await make(makePdf(join(dir, 'wall.pdf'), [{ width: 14_000, height: 7_000, colour: [10, 120, 200] }]), { what: ['pages'], dpi: 600 });
    const [width = 0, height = 0] = size(file(made, 'wall.page-001.jpg')).split('x').map(Number);
    expect(width * height).toBeLessThanOrEqual(36_000_000);
    expect(width / height).toBeCloseTo(2, 2);
    expect(made.warnings.join()).toMatch(/too large/);
    expectColour(colour(file(made, 'wall.page-001.jpg')), [10, 120, 200]);
  });

  it('has no page that is not there', async () => {
    expect(await refusal(of(makePdf(join(dir, 'five.pdf'), FIVE), { pages: '6-9' }))).toMatchObject({ code: 'OPTION_INVALID', message: expect.stringMatching(/five\.pdf has 5 pages/) });
  });
});

describe('a killed attempt', () => {
  it('is gone on with where it stood: finished pages are not made again, damaged ones are', async () => {
    const task = createTestTask(handler, { inputs: [makePdf(join(dir, 'five.pdf'), FIVE)], options: { what: ['pages', 'contact-sheet', 'text'], dpi: 72 } });
    try {
      const stop = new AbortController();
      task.checkpoint.onPartSaved = () => {
        if (task.checkpoint.savedParts.length === 3) stop.abort(new Error('stopped'));
      };
      await expect(task.run(stop.signal)).rejects.toThrow('stopped');
      task.checkpoint.onPartSaved = () => undefined;
      const before = [...task.checkpoint.savedParts];
      expect(before.length).toBeGreaterThanOrEqual(3);
      expect(before.length).toBeLessThan(5);
      const [first] = task.checkpoint.parts.get(before[0] ?? 0)?.pieces ?? [];
      writeFileSync(join(task.workDir, first?.file.name ?? ''), 'spoilt');
      const drafts = await task.run();
      expect(task.checkpoint.savedParts.slice(before.length).sort()).toEqual([before[0], ...[0, 1, 2, 3, 4].filter((index) => !before.includes(index))].sort());
      expect(drafts.map(({ fileName }) => fileName)).toEqual(['five.page-001.jpg', 'five.page-002.jpg', 'five.page-003.jpg', 'five.page-004.jpg', 'five.page-005.jpg', 'five.contact-sheet.jpg', 'five.txt']);
      for (const [index, { tempPath }] of drafts.slice(0, 5).entries()) expectColour(colour(tempPath), COLOURS[index] ?? []);
    } finally {
      task.dispose();
    }
  });

  it('is not gone on with when the document has become another one', async () => {
    const path = makePdf(join(dir, 'five.pdf'), FIVE);
    const task = createTestTask(handler, { inputs: [path], options: { what: ['text'] } });
    try {
      await task.run();
      makePdf(path, FIVE.slice(0, 2).map((page) => ({ ...page, lines: ['Other words'] })));
      const [draft] = await task.run();
      expect(readFileSync(draft?.tempPath ?? '', 'utf8')).toBe('Other words\n\nOther words\n');
      expect(task.checkpoint.partsTotal).toBe(2);
    } finally {
      task.dispose();
    }
  });
});

describe('the check', () => {
  it.each([['cut short', (bytes: Buffer) => bytes.subarray(0, bytes.length - 3_000)], ['of another size', () => null], ['empty', () => Buffer.alloc(0)]])('refuses a page picture that is %s', async (_, spoil) => {
    const task = createTestTask(handler, { inputs: [makePdf(join(dir, 'five.pdf'), FIVE)], options: { what: ['pages'], dpi: 72 } });
    try {
      const context = task.nextAttempt();
      const drafts = await handler.perform(context);
      const [{ tempPath } = { tempPath: '' }, { tempPath: other } = { tempPath: '' }] = drafts;
      const spoilt = spoil(readFileSync(tempPath));
      rmSync(tempPath);
      if (spoilt !== null) writeFileSync(tempPath, spoilt);
      else execFileSync(testTools().ffmpegPath, ['-v', 'error', '-i', other, '-vf', 'scale=500:500', '-f', 'mjpeg', tempPath]);
      await expect(handler.check(drafts, context)).rejects.toMatchObject({ code: 'OUTPUT_CHECK_FAILED', retryable: true });
    } finally {
      task.dispose();
    }
  });

  it('refuses text that lost its end', async () => {
    const task = createTestTask(handler, { inputs: [makePdf(join(dir, 'five.pdf'), FIVE)], options: { what: ['text'] } });
    try {
      const context = task.nextAttempt();
      const drafts = await handler.perform(context);
      writeFileSync(drafts[0]?.tempPath ?? '', 'Words of');
      await expect(handler.check(drafts, context)).rejects.toMatchObject({ code: 'OUTPUT_CHECK_FAILED' });
    } finally {
      task.dispose();
    }
  });
});
