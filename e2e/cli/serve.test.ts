/** `longhaul serve` as its users start and end it. What is in the browser: e2e/serve. */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { User, failure, makeTone, until, type Running } from './harness.ts';

let user: User;
beforeEach(() => { user = new User(); });
afterEach(() => user.leave());

const shown = z.object({ url: z.url(), port: z.int(), pid: z.int(), dataDir: z.string() });

/** Starts a server and waits until it answers. */
async function startServe(...args: string[]): Promise<Running & z.infer<typeof shown>> {
  const running = user.start('serve', '--json', ...args);
  let line = '';
  running.child.stdout?.on('data', (text: string) => { line += text; });
  await until('the server shows its link', () => {
    if (running.child.exitCode !== null) throw new Error(`serve ended: ${line}${running.stderr()}`);
    return line.endsWith('\n');
  });
  return { ...running, ...shown.parse(JSON.parse(line)) };
}

/** Opens a link as a browser does; gives the cookie. */
async function enter(url: string): Promise<string> {
  const response = await fetch(url);
  return (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
}

async function call(port: number, cookie: string, method: string, input: unknown): Promise<{ status: number; value: unknown }> {
  const origin = `http://127.0.0.1:${String(port)}`;
  const response = await fetch(`${origin}/api/${method}`, { method: 'POST', headers: { cookie, origin, 'content-type': 'application/json' }, body: JSON.stringify(input) });
  return { status: response.status, value: z.object({ value: z.unknown().optional() }).parse(await response.json()).value };
}

describe('longhaul serve', () => {
  it('works on the queue, and other commands act on it meanwhile', async () => {
    const { port, url } = await startServe('--port', '0');
    const cookie = await enter(url);
    const tone = await makeTone(join(user.dir, 'tone.wav'), 1);
    const id = await user.add(tone, 'mp3');
    await until('the task is completed', async () => (await user.show(id)).status === 'completed');
    expect(await call(port, cookie, 'getTask', { id })).toMatchObject({ status: 200, value: { id, status: 'completed' } });
    const result = await fetch(`http://127.0.0.1:${String(port)}/files/${String(id)}/output/0`, { headers: { cookie, range: 'bytes=0-9' } });
    expect([result.status, (await result.arrayBuffer()).byteLength]).toEqual([206, 10]);
  });

  it('ends on Ctrl-C with 0, work interrupted and not lost', async () => {
    const served = await startServe('--port', '0');
    const id = await user.add(await makeTone(join(user.dir, 'tone.wav'), 3_000), 'mp3');
    await until('the task runs', async () => (await user.show(id)).status === 'running');
    served.pressCtrlC();
    const { code, stderr } = await served.ended;
    expect([code, stderr]).toEqual([0, expect.stringContaining('Stopping')]);
    expect((await user.show(id)).status).toBe('pending');
    await expect(fetch(served.url)).rejects.toThrow();
  });

  it('goes on after a kill: same port, same browser, same queue', async () => {
    const first = await startServe('--port', '0');
    const cookie = await enter(first.url);
    const id = await user.add(await makeTone(join(user.dir, 'tone.wav'), 3_000), 'mp3');
    await until('the task runs', async () => (await user.show(id)).status === 'running');
    first.child.kill('SIGKILL');
    await first.ended;
    const second = await startServe('--port', String(first.port));
    expect(await call(second.port, cookie, 'getHost', {})).toMatchObject({ status: 200, value: { kind: 'serve', recoveredTasks: 1 } });
  });

  it('run again gives a new link of the server that runs', async () => {
    const { port, pid, url } = await startServe('--port', '0');
    const again = await user.json(shown, 'serve');
    expect(again).toMatchObject({ port, pid, dataDir: user.dataDir });
    expect(again.url).not.toBe(url);
    for (const link of [url, again.url]) expect((await call(port, await enter(link), 'getHost', {})).status).toBe(200);
    const { code, stdout } = await user.run('serve');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/running already[\s\S]*http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}\n/)]);
  });

  it('says so when another command works with the folder, and ends with 3', async () => {
    const running = await user.startEngine();
    // A server that was killed left its note.
    writeFileSync(join(user.dataDir, 'serve.json'), JSON.stringify({ pid: 1, port: 1, secret: 'x'.repeat(43) }));
    const { code, stdout } = await user.run('serve', '--json');
    expect([code, failure.parse(JSON.parse(stdout)).error]).toMatchObject([3, { code: 'STORE_OWNED', message: expect.stringContaining(`Process ${String(running.child.pid)} works with the data folder`) }]);
  });

  it('says so when its port is in use, and ends with 1', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = z.object({ port: z.int() }).parse(taken.address());
    const { code, stderr } = await user.run('serve', '--port', String(port));
    taken.close();
    expect([code, stderr]).toEqual([1, expect.stringContaining(`Port ${String(port)} is in use by another program`)]);
    expect((await user.run('list')).code).toBe(0);
  });

  it.each([['--port', 'x'], ['--port', '65536'], ['--port=-1'], ['file.mp4']])('refuses %s %s as wrong usage', async (...args) => {
    expect((await user.run('serve', ...args)).code).toBe(2);
  });
});
