import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import type { Task } from '../../shared/task.ts';
import { cleanUploads, listUploadFolders } from './uploads-cleaning.ts';
import { RESOURCES_DIR, TestServe } from './test-serve.ts';

const SAMPLE = join(RESOURCES_DIR, 'samples', 'longhaul-sample.mp4');

let own: TestServe;
let uploadsDir: string;
beforeAll(async () => {
  own = await TestServe.start();
  uploadsDir = join(own.dataDir, 'uploads');
});
afterAll(() => own.leave());
beforeEach(async () => {
  await own.enter();
});

const uploaded = z.object({ ok: z.literal(true), value: z.object({ path: z.string() }) });

async function upload(name: string, body: Buffer): Promise<string> {
  const { text } = await own.ask(`/upload?name=${encodeURIComponent(name)}`, { method: 'POST', body });
  return uploaded.parse(JSON.parse(text)).value.path;
}

async function add(input: string, recipe: string): Promise<number> {
  const { envelope } = await own.call('addTasks', { tasks: [{ input, recipe }] });
  return z.object({ tasks: z.array(z.object({ id: z.int() })) }).parse(envelope.value).tasks[0]?.id ?? 0;
}

async function settled(id: number): Promise<Task> {
  return vi.waitFor(async () => {
    const task = await own.engine.api.getTask({ id });
    if (task.status !== 'completed' && task.status !== 'failed') throw new Error(`task ${String(id)} is ${task.status}`);
    return task;
  }, { timeout: 50_000 });
}

describe('an upload', () => {
  it('is whole, private, under its own name in a folder of its own', async () => {
    const bytes = await readFile(SAMPLE);
    const [one, two] = [await upload('片 1.mp4', bytes), await upload('片 1.mp4', bytes)];
    expect(one).not.toBe(two);
    for (const path of [one, two]) {
      expect([basename(path), dirname(dirname(path))]).toEqual(['片 1.mp4', uploadsDir]);
      expect(await readFile(path)).toEqual(bytes);
      expect((await stat(path)).mode & 0o077).toBe(0);
    }
  });

  it.each(['../../../escaped.mp4', '..\\..\\escaped.mp4', '/tmp/escaped.mp4', '.part', '.upload', '..', ''])('named %j stays in its folder', async (name) => {
    expect(dirname(dirname(await upload(name, Buffer.from('x'))))).toBe(uploadsDir);
  });

  it('of any size goes through memory in pieces', async () => {
    const sizeBytes = 300 * 1024 * 1024;
    const cookie = await own.enter();
    const req = request({ host: '127.0.0.1', port: own.served.port, path: '/upload?name=big.bin', method: 'POST', headers: { cookie, 'origin': own.origin, 'transfer-encoding': 'chunked' } });
    const answered = once(req, 'response');
    const chunk = Buffer.alloc(1024 * 1024);
    for (let sent = 0; sent < sizeBytes; sent += chunk.length) if (!req.write(chunk)) await once(req, 'drain');
    req.end();
    const [response] = z.tuple([z.instanceof(Object)]).parse(await answered);
    expect(response).toMatchObject({ statusCode: 200 });
    const [folder] = (await Promise.all((await readdir(uploadsDir)).map(async (name) => ({ name, names: await readdir(join(uploadsDir, name)) })))).filter(({ names }) => names.includes('big.bin'));
    const path = join(uploadsDir, folder?.name ?? '', 'big.bin');
    expect((await stat(path)).size).toBe(sizeBytes);
    await rm(dirname(path), { recursive: true });
  });

  it('that does not fit on the disk is refused before it comes', async () => {
    const before = await readdir(uploadsDir);
    const cookie = await own.enter();
    const req = request({ host: '127.0.0.1', port: own.served.port, path: '/upload?name=huge.mp4', method: 'POST', headers: { cookie, 'origin': own.origin, 'content-length': String(2 ** 52) } });
    req.flushHeaders();
    const [response] = await once(req, 'response');
    expect(response).toMatchObject({ statusCode: 507 });
    req.on('error', () => undefined);
    req.destroy();
    expect(await readdir(uploadsDir)).toEqual(before);
  });

  it.each(['content-length', 'chunked'])('that is broken off (%s) leaves nothing behind', async (way) => {
    const before = (await readdir(uploadsDir)).sort();
    const cookie = await own.enter();
    const length: Record<string, string> = way === 'chunked' ? { 'transfer-encoding': 'chunked' } : { 'content-length': '1000000' };
    const req = request({ host: '127.0.0.1', port: own.served.port, path: '/upload?name=half.mp4', method: 'POST', headers: { cookie, origin: own.origin, ...length } });
    req.on('error', () => undefined);
    req.write(Buffer.alloc(500_000));
    await expect.poll(async () => (await readdir(uploadsDir)).length).toBe(before.length + 1);
    req.destroy();
    await expect.poll(async () => (await readdir(uploadsDir)).sort()).toEqual(before);
    expect(own.log).toEqual([]);
  });
});

describe('a task’s files', () => {
  let task: Task;
  beforeAll(async () => {
    await own.enter();
    task = await settled(await add(await upload('clip "1" – 片.mp4', await readFile(SAMPLE)), 'mp3'));
  });

  it('come whole, with ranges, and as a download under their own name', async () => {
    expect(task).toMatchObject({ status: 'completed', error: null });
    const bytes = await readFile(task.outputs[0]?.path ?? '');
    const path = `/files/${String(task.id)}/output/0`;
    const whole = await own.ask(path);
    expect([whole.status, whole.headers['content-type'], whole.headers['accept-ranges'], whole.headers['content-disposition']]).toEqual([200, 'audio/mpeg', 'bytes', undefined]);
    expect(whole.bytes).toEqual(bytes);
    const part = await own.ask(path, { headers: { range: 'bytes=100-199' } });
    expect([part.status, part.headers['content-range'], part.headers['content-length']]).toEqual([206, `bytes 100-199/${String(bytes.length)}`, '100']);
    expect(part.bytes).toEqual(bytes.subarray(100, 200));
    expect((await own.ask(path, { headers: { range: 'bytes=-50' } })).bytes).toEqual(bytes.subarray(-50));
    const beyond = await own.ask(path, { headers: { range: `bytes=${String(bytes.length)}-` } });
    expect([beyond.status, beyond.headers['content-range']]).toEqual([416, `bytes */${String(bytes.length)}`]);
    expect((await own.ask(path, { headers: { 'if-none-match': String(whole.headers['etag']) } })).status).toBe(304);
    const head = await own.ask(path, { method: 'HEAD' });
    expect([head.status, head.headers['content-length'], head.bytes.length]).toEqual([200, String(bytes.length), 0]);
    const download = await own.ask(`${path}?download`);
    expect(download.headers['content-disposition']).toBe(`attachment; filename="clip _1_ _ _.mp3"; filename*=UTF-8''clip%20_1_%20%E2%80%93%20%E7%89%87.mp3`);
    expect(download.bytes).toEqual(bytes);
    expect((await own.ask(`/files/${String(task.id)}/input/0`)).bytes).toEqual(await readFile(SAMPLE));
  });

  it('can run no script in the window’s name', async () => {
    const page = await settled(await add(await upload('page.html', Buffer.from('<script>1</script>')), 'mp3'));
    const { headers } = await own.ask(`/files/${String(page.id)}/input/0`);
    expect(headers['content-security-policy']).toMatch(/^sandbox; default-src 'none'/);
    expect(headers['x-content-type-options']).toBe('nosniff');
  });

  it('and nothing else can be had', async () => {
    const id = String(task.id);
    for (const path of [`/files/${id}/output/1`, `/files/${id}/input/1`]) expect([path, (await own.ask(path)).status]).toEqual([path, 409]);
    for (const path of ['/files/999/output/0', `/files/${id}/output/00`, `/files/${id}/output/-1`, `/files/${id}/output/0/..`, `/files/${id}/outputs/0`, `/files/${id}/output/0x0`, '/files/', '/files/1e0/input/0', '/files/../secret.txt', `/files/${id}/output/%30`]) {
      expect([path, (await own.ask(path)).status]).toEqual([path, 404]);
    }
    await rm(task.outputs[0]?.path ?? '');
    const gone = await own.ask(`/files/${id}/output/0`, { headers: { 'accept': 'text/html', 'accept-language': 'zh' } });
    expect([gone.status, gone.text]).toEqual([404, expect.stringContaining('文件不存在')]);
    expect(JSON.parse((await own.ask(`/files/${id}/output/0`)).text)).toMatchObject({ ok: false, error: { code: 'INPUT_MISSING' } });
  });
});

describe('old uploads', () => {
  const DAY_MS = 24 * 60 * 60 * 1000;
  const clean = async (now: number): Promise<number> => cleanUploads(own.engine.api, uploadsDir, await listUploadFolders(uploadsDir), now);

  it('are cleared a day later when no task needs them; results beside them and what tasks need stay', async () => {
    await rm(uploadsDir, { recursive: true });
    const [idle, needed, made] = [await upload('idle.mp4', Buffer.from('x')), await upload('needed.mp4', Buffer.from('x')), await upload('made.mp4', await readFile(SAMPLE))];
    await settled(await add(needed, 'mp3'));
    const done = await settled(await add(made, 'mp3'));
    await own.engine.api.removeTasks({ ids: [done.id] });
    const foreign = join(uploadsDir, 'my-own-folder');
    await mkdir(foreign);
    await writeFile(join(foreign, 'kept.txt'), '');
    expect(await clean(Date.now())).toBe(0);
    expect(await clean(Date.now() + DAY_MS)).toBe(2);
    await expect(stat(dirname(idle))).rejects.toThrow();
    await expect(stat(made)).rejects.toThrow();
    expect(await readdir(dirname(made))).toEqual([basename(done.outputs[0]?.path ?? '')]);
    expect((await readdir(dirname(needed))).sort()).toEqual(['.upload', 'needed.mp4']);
    expect(await readdir(foreign)).toEqual(['kept.txt']);
    expect(await clean(Date.now() + DAY_MS)).toBe(0);
  });

  it('that a crash left half are cleared at the next start', async () => {
    const folder = join(uploadsDir, '0123456789abcdef');
    await mkdir(folder);
    await writeFile(join(folder, '.upload'), 'half.mp4');
    await writeFile(join(folder, '.part'), 'half');
    const fresh = await upload('fresh.mp4', Buffer.from('x'));
    await own.stop();
    await own.open();
    await expect.poll(() => readdir(uploadsDir)).not.toContain('0123456789abcdef');
    expect((await stat(fresh)).size).toBe(1);
  });
});
