/** Documents by the command line as it is built: its worker finds PDFium's .wasm, and a kill costs a page. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { connectLocal } from '../../src/main/local/client.ts';
import { makeDocx } from '../../src/main/engine/handlers/document-preview/test-packed.ts';
import { makePdf } from '../../src/main/engine/handlers/document-preview/test-pdfs.ts';
import { task as taskSchema } from '../../src/shared/task.ts';
import { User, until } from './harness.ts';

let user: User;
beforeEach(() => { user = new User(); });
afterEach(() => user.leave());

const pdf = (name: string, pages: number): string => makePdf(join(user.dir, name), Array.from({ length: pages }, (_, index) => ({ lines: [`Words of page ${String(index + 1)}`], colour: [index % 250, 200, 90] })));

describe('documents', () => {
  it('of several kinds are previewed at once, and what can\'t be says why', async () => {
    writeFileSync(join(user.dir, 'readme.md'), '# Read me\n\nSome words.\n');
    makePdf(join(user.dir, 'locked.pdf'), [{ lines: ['Secret'] }], 'password');
    const files = [pdf('report.pdf', 3), join(user.dir, 'readme.md'), makeDocx(join(user.dir, 'letter.docx'), ['Dear reader']), join(user.dir, 'locked.pdf')];
    const ran = await user.run('do', ...files, '--recipe', 'document-preview', '--out', 'out', '--json');
    const { tasks } = z.object({ tasks: z.array(taskSchema) }).parse(JSON.parse(ran.stdout));
    expect(ran.code).toBe(1);
    expect(tasks.map(({ status, queue, error }) => [status, queue, error?.code])).toEqual([['completed', 'render', undefined], ['completed', 'render', undefined], ['completed', 'render', undefined], ['failed', 'render', 'INPUT_ENCRYPTED']]);
    expect(readFileSync(join(user.outDir, 'report.preview.txt'), 'utf8')).toBe('Words of page 1\n\nWords of page 2\n\nWords of page 3\n');
    expect(readFileSync(join(user.outDir, 'readme.preview.txt'), 'utf8')).toBe('Read me\n\nSome words.\n');
    expect(readFileSync(join(user.outDir, 'letter.preview.txt'), 'utf8')).toContain('Dear reader');
    for (const name of ['report', 'readme', 'letter']) expect(existsSync(join(user.outDir, `${name}.preview.jpg`))).toBe(true);
  });

  it('go on from their last page after a kill', async () => {
    const pages = 150;
    const id = await user.add(pdf('long.pdf', pages), 'pdf-pages');
    const engine = await user.startEngine();
    const client = await connectLocal({ dataDir: user.dataDir });
    if (client === null) throw new Error('Nobody listens on the local socket.');
    let partsDone = 0;
    await until('some pages are done', async () => {
      partsDone = (await client.api.getTask({ id })).checkpoint?.partsDone ?? 0;
      return partsDone > 5;
    });
    engine.child.kill('SIGKILL');
    await engine.ended;
    expect(await user.run('run', '--until-idle')).toMatchObject({ code: 0 });
    const after = await user.json(taskSchema.extend({ log: z.array(z.string()) }), 'show', String(id), '--log');
    expect(after).toMatchObject({ status: 'completed', attempt: 2, failures: 0, error: null });
    const kept = Number(/(\d+) parts are done already/.exec(after.log.filter((line) => / attempt \d+ starts/.test(line)).at(-1) ?? '')?.[1] ?? 0);
    expect(kept).toBeGreaterThanOrEqual(partsDone);
    expect(kept).toBeLessThan(pages);
    expect(readdirSync(user.outDir).sort()).toEqual(Array.from({ length: pages }, (_, index) => `long.page-${String(index + 1).padStart(3, '0')}.jpg`));
  });
});
