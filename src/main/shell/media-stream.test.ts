import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readlink, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerMedia } from './media-stream.ts';

let folder = '';
const content = randomBytes(3_500_000);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'longhaul-media-'));
  await writeFile(join(folder, 'a.mp4'), content);
  await writeFile(join(folder, 'empty.mp4'), '');
  await writeFile(join(folder, 'page.html'), '<script>1</script>');
});
afterAll(async () => { await rm(folder, { recursive: true, force: true }); });

const ask = (range: string | null, name = 'a.mp4'): Promise<Response> => answerMedia(join(folder, name), range);
const bytes = async (answer: Response): Promise<Buffer> => Buffer.from(await answer.arrayBuffer());

describe('a file for a player', () => {
  it('comes whole when no part is asked for', async () => {
    const answer = await ask(null);
    expect([answer.status, answer.headers.get('content-length'), answer.headers.get('accept-ranges'), answer.headers.get('content-type')]).toEqual([200, '3500000', 'bytes', 'video/mp4']);
    expect((await bytes(answer)).equals(content)).toBe(true);
  });

  it.each([
    ['bytes=0-0', 0, 0], ['bytes=0-', 0, 3_499_999], ['bytes=2000000-', 2_000_000, 3_499_999], ['bytes=-500', 3_499_500, 3_499_999], ['bytes=3499999-9999999', 3_499_999, 3_499_999],
  ])('comes in the part that is asked for: %s', async (range, start, end) => {
    const answer = await ask(range);
    expect([answer.status, answer.headers.get('content-range'), answer.headers.get('content-length')]).toEqual([206, `bytes ${String(start)}-${String(end)}/3500000`, String(end - start + 1)]);
    expect((await bytes(answer)).equals(content.subarray(start, end + 1))).toBe(true);
  });

  it('says how long it is when a part beyond its end is asked for', async () => {
    const answer = await ask('bytes=3500000-');
    expect([answer.status, answer.headers.get('content-range')]).toEqual([416, 'bytes */3500000']);
  });

  it('may be empty', async () => {
    const answer = await ask(null, 'empty.mp4');
    expect([answer.status, (await bytes(answer)).length]).toEqual([200, 0]);
  });

  it('is never a page, whatever its name says', async () => {
    const answer = await ask(null, 'page.html');
    expect([answer.headers.get('content-type'), answer.headers.get('x-content-type-options')]).toEqual(['application/octet-stream', 'nosniff']);
  });

  it('ends early when it has become shorter meanwhile', async () => {
    await writeFile(join(folder, 'shrinks.mp4'), content);
    const answer = await ask(null, 'shrinks.mp4');
    await truncate(join(folder, 'shrinks.mp4'), 1000);
    expect((await bytes(answer)).length).toBe(1000);
  });

  it.skipIf(process.platform !== 'linux')('leaves no file open when a player drops sixty requests half-way', async () => {
    for (let index = 0; index < 60; index += 1) {
      const { body } = await ask(`bytes=${String(index * 1000)}-`);
      const first: unknown = (await body?.getReader().read())?.value;
      expect(first instanceof Uint8Array && first.length).toBe(1_048_576);
    }
    const open = await Promise.all((await readdir('/proc/self/fd')).map((name) => readlink(`/proc/self/fd/${name}`).catch(() => '')));
    expect(open.filter((path) => path.startsWith(folder))).toEqual([]);
  });
});
