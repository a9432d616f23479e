import { once } from 'node:events';
import { readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import * as z from 'zod';
import { CHANNELS } from '../../shared/channels.ts';
import { WINDOW_METHODS } from '../../shared/contract.ts';
import { serve } from '../cli/commands/serve.ts';
import { isWindowMethod } from '../host/dispatch.ts';
import { LINK_LIFE_MS, Links } from './links.ts';
import { DEFAULT_PORT, listenOn } from './listen.ts';
import { askForLink } from './note.ts';
import { Sessions, SESSION_LIFE_MS } from './sessions.ts';
import { ask, RESOURCES_DIR, TestServe } from './test-serve.ts';

let own: TestServe;
beforeAll(async () => {
  own = await TestServe.start();
  await own.enter();
});
afterAll(() => own.leave());

const HTML = { accept: 'text/html' };
/** What ws says of a refused upgrade. */
async function refusedUpgrade(headers: Record<string, string>, path = '/ws'): Promise<number> {
  const socket = new WebSocket(`ws://127.0.0.1:${String(own.served.port)}${path}`, { headers });
  const [, response] = z.tuple([z.unknown(), z.object({ statusCode: z.int() })]).parse(await once(socket, 'unexpected-response'));
  socket.on('error', () => undefined);
  socket.terminate();
  return response.statusCode;
}

describe('who may ask', () => {
  it.each(['evil.example', 'evil.example:PORT', '127.0.0.1', '127.0.0.1:1', 'localhost.evil.example:PORT', '127.0.0.1:PORT@evil.example', '0.0.0.0:PORT', '192.168.1.2:PORT'])('a Host %s is refused, with or without a session', async (pattern) => {
    const host = pattern.replace('PORT', String(own.served.port));
    const reply = await own.ask('/', { headers: { host, ...HTML } });
    expect([reply.status, reply.text]).toEqual([403, expect.stringContaining('Longhaul is not at this address')]);
    expect((await own.ask('/api/getStatus', { method: 'POST', headers: { host, 'origin': `http://${host}`, 'content-type': 'application/json' } })).status).toBe(403);
    expect(await refusedUpgrade({ host, origin: `http://${host}`, cookie: await own.enter() })).toBe(403);
  });

  it.each(['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]'])('the loopback’s name %s is answered', async (name) => {
    expect((await own.ask('/', { headers: { host: `${name}:${String(own.served.port)}` } })).text).toContain('The window');
  });

  it('a link with a foreign Host is not used up', async () => {
    const path = own.served.link().slice(own.origin.length);
    expect((await own.ask(path, { headers: { host: 'evil.example', cookie: '' } })).status).toBe(403);
    expect((await own.ask(path, { headers: { cookie: '' } })).headers['set-cookie']).toHaveLength(1);
  });

  it.each(['', 'null', 'http://evil.example', 'https://127.0.0.1:PORT', 'http://127.0.0.1:1', 'http://localhost:PORT'])('an Origin %j changes nothing and opens no socket', async (pattern) => {
    const origin = pattern.replace('PORT', String(own.served.port));
    const cookie = await own.enter();
    for (const path of ['/api/getStatus', '/upload?name=a', '/link']) {
      const { status, text } = await own.ask(path, { method: 'POST', headers: { origin, 'content-type': 'application/json' }, body: '{}' });
      expect([status, JSON.parse(text)]).toMatchObject([403, { ok: false, error: { code: 'NOT_ALLOWED' } }]);
    }
    expect(await refusedUpgrade({ cookie, ...(origin === '' ? {} : { origin }) })).toBe(403);
  });

  it('pages of other sites and ports can’t use files, also with the cookie', async () => {
    for (const site of ['cross-site', 'same-site']) {
      expect((await own.ask('/files/1/input/0', { headers: { 'sec-fetch-site': site, 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'video' } })).status).toBe(403);
      expect((await own.ask('/', { headers: { 'sec-fetch-site': site, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' } })).status).toBe(403);
      expect((await own.ask('/', { headers: { 'sec-fetch-site': site, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' } })).status).toBe(200);
    }
    expect((await own.ask('/', { headers: { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'script' } })).status).toBe(200);
  });

  it('without a session there is nothing but a page that says how to get in, in the browser’s language', async () => {
    const english = await own.ask('/', { headers: { cookie: '', ...HTML } });
    expect([english.status, english.text]).toEqual([401, expect.stringContaining('This browser needs a link')]);
    expect(english.text).not.toContain('The window');
    const chinese = await own.ask('/', { headers: { 'cookie': '', 'accept-language': 'zh-CN,en;q=0.5', ...HTML } });
    expect([chinese.headers['content-language'], chinese.text]).toEqual(['zh-CN', expect.stringContaining('此浏览器需要链接')]);
    const stale = await own.ask('/', { headers: { cookie: `longhaul-${String(own.served.port)}=${'x'.repeat(43)}`, ...HTML } });
    expect([stale.status, stale.text]).toEqual([401, expect.stringContaining('session has ended')]);
    for (const path of ['/assets/index-abc.js', '/files/1/input/0', '/nothing', '/api/getStatus']) expect((await own.ask(path, { headers: { cookie: '' } })).status).toBe(401);
    for (const path of ['/api/getStatus', '/upload?name=a']) expect((await own.ask(path, { method: 'POST', headers: { 'cookie': '', 'content-type': 'application/json' } })).status).toBe(401);
    expect(await refusedUpgrade({ origin: own.origin })).toBe(401);
  });

  it('another port’s cookie does not count', async () => {
    const cookie = (await own.enter()).replace(String(own.served.port), '1');
    expect((await own.ask('/', { headers: { cookie } })).status).toBe(401);
  });
});

describe('a one-time link', () => {
  it('opens the window once, by a cookie that scripts and other sites don’t get', async () => {
    const path = own.served.link().slice(own.origin.length);
    expect(path).toMatch(/^\/\?token=[\w-]{43}$/);
    const first = await own.ask(path, { headers: { cookie: '', ...HTML } });
    expect([first.status, first.text]).toEqual([200, expect.stringContaining('url=/')]);
    expect(first.headers['set-cookie']).toEqual([expect.stringMatching(/^longhaul-\d+=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/; Max-Age=2592000$/)]);
    const second = await own.ask(path, { headers: { cookie: '', ...HTML } });
    expect([second.status, second.text, second.headers['set-cookie']]).toEqual([401, expect.stringContaining('This link opens nothing any more'), undefined]);
    expect((await own.ask(path, { headers: { 'cookie': '', 'accept-language': 'zh', ...HTML } })).text).toContain('此链接已失效');
    expect((await own.ask(path, { headers: HTML })).status).toBe(200);
  });

  it('is not used up by a browser that looks ahead', async () => {
    const path = own.served.link().slice(own.origin.length);
    for (const look of [{ method: 'HEAD' }, { headers: { 'sec-purpose': 'prefetch;prerender' } }]) expect((await own.ask(path, { ...look, headers: { cookie: '', ...look.headers } })).status).toBe(503);
    expect((await own.ask(path, { headers: { cookie: '' } })).status).toBe(200);
  });

  it('ends after its hour, and only the newest sixteen count', () => {
    let now = 0;
    const links = new Links(() => now);
    const tokens = Array.from({ length: 17 }, () => links.make());
    expect(links.use(tokens[0] ?? '')).toBe(false);
    expect(links.use(tokens[1] ?? '')).toBe(true);
    now = LINK_LIFE_MS;
    expect(links.use(tokens[2] ?? '')).toBe(false);
  });

  it('is given to the next `longhaul serve` of the same user, and to nobody else', async () => {
    const found = await askForLink(own.dataDir, process.pid);
    expect(found?.port).toBe(own.served.port);
    expect((await own.ask((found?.url ?? '').slice(own.origin.length), { headers: { cookie: '' } })).status).toBe(200);
    expect(await askForLink(own.dataDir, process.pid + 1)).toBeNull();
    expect(await askForLink(own.dir, process.pid)).toBeNull();
    for (const authorization of ['', 'Bearer ', `Bearer ${'x'.repeat(43)}`]) expect((await own.ask('/link', { method: 'POST', headers: { authorization } })).status).toBe(403);
    for (const file of ['serve.json', 'serve-sessions.json']) expect((await stat(join(own.dataDir, file))).mode & 0o077).toBe(0);
  });
});

describe('a session', () => {
  it('outlives the server, without its secret being stored', async () => {
    const cookie = await own.enter();
    const port = own.served.port;
    expect(await readFile(join(own.dataDir, 'serve-sessions.json'), 'utf8')).not.toContain(cookie.split('=')[1]);
    const oldLink = own.served.link().slice(own.origin.length);
    await own.stop();
    await expect(ask(port, '/')).rejects.toThrow();
    await expect(stat(join(own.dataDir, 'serve.json'))).rejects.toThrow();
    await own.open(port);
    expect((await own.ask('/', { headers: { cookie } })).status).toBe(200);
    expect((await own.ask(oldLink, { headers: { cookie: '' } })).status).toBe(401);
  });

  it('ends after its month', async () => {
    let now = 0;
    const sessions = await Sessions.load(own.dir, () => now);
    const { secret, kept } = sessions.make();
    await kept;
    now = SESSION_LIFE_MS - 1;
    expect((await Sessions.load(own.dir, () => now)).has(secret)).toBe(true);
    now = SESSION_LIFE_MS;
    expect(sessions.has(secret)).toBe(false);
  });

  it('holds until the server ends where it can’t be stored, and a damaged list locks nobody out for good', async () => {
    const sessions = await Sessions.load(join(own.dir, 'no such folder'), () => 0);
    const { secret, kept } = sessions.make();
    await expect(kept).rejects.toThrow();
    expect(sessions.has(secret)).toBe(true);
    await writeFile(join(own.dir, 'serve-sessions.json'), '{"sessions":[{"digest":3');
    expect((await Sessions.load(own.dir, () => 0)).has(secret)).toBe(false);
  });
});

describe('the window’s files', () => {
  it('come with headers that let in nothing foreign', async () => {
    const { headers, text } = await own.ask('/');
    expect(text).toContain('The window');
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'; script-src 'self';");
    expect(policy).toContain(`connect-src 'self' ws://127.0.0.1:${String(own.served.port)};`);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/script-src[^;]*unsafe/);
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY', 'referrer-policy': 'no-referrer', 'cross-origin-resource-policy': 'same-origin', 'cross-origin-opener-policy': 'same-origin', 'cache-control': 'no-cache' });
    expect((await own.ask('/assets/index-abc.js')).headers).toMatchObject({ 'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'private, max-age=31536000, immutable' });
    expect((await own.call('getStatus', {})).status).toBe(200);
    expect((await own.ask('/api/getStatus', { method: 'POST', headers: { 'content-type': 'application/json' } })).headers['cache-control']).toBe('no-store');
  });

  it('a place in the window gets the window, a missing file does not', async () => {
    expect((await own.ask('/queue/3')).text).toContain('The window');
    const { status, text } = await own.ask('/assets/none.js', { headers: HTML });
    expect([status, text]).toEqual([404, expect.stringContaining('There is nothing here')]);
    for (const path of ['/api/getStatus', '/upload', '/link', '/ws', '/api']) expect((await own.ask(path)).status).toBe(404);
  });

  it.each(['/../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt', '/assets/..%2f..%2fsecret.txt', '/assets/%2e%2e/%2e%2e/secret.txt', '//etc/hostname.txt', '/..\\secret.txt', '/%00secret.txt', '/%zz.txt', 'http://evil.example/secret.txt', '/.env.txt', '/...//secret.txt'])('%s leads to nothing outside', async (path) => {
    const { status, text } = await own.ask(path);
    expect([status, text.includes('not for the window')]).toEqual([404, false]);
  });

  it('are missed with a sentence where they were not built', async () => {
    const other = await TestServe.start();
    try {
      await other.enter();
      await rm(join(other.dir, 'renderer'), { recursive: true });
      const { status, text } = await other.ask('/', { headers: HTML });
      expect([status, text]).toEqual([503, expect.stringContaining('The window is missing')]);
      expect((await other.call('getStatus', {})).status).toBe(200);
    } finally {
      await other.leave();
    }
  });
});

describe('a call over REST', () => {
  it('exists for every method of the contract, and each refuses a bad input', async () => {
    for (const method of CHANNELS) {
      const { status, envelope } = await own.call(method, 'no object');
      expect([method, status, envelope.error?.code]).toEqual([method, 400, 'USAGE']);
    }
  });

  it('of a method that does not exist is told so', async () => {
    for (const method of ['noSuchMethod', 'constructor', '__proto__', 'toString', '', 'getStatus/', '../getStatus']) {
      const { status, envelope } = await own.call(method, {});
      expect([method, status, envelope.error?.code]).toEqual([method, 404, 'USAGE']);
    }
  });

  it('answers with an envelope and a status that fits', async () => {
    expect(await own.call('getStatus', {})).toMatchObject({ status: 200, envelope: { ok: true, value: { isRunning: true, dataDir: own.dataDir } } });
    expect(await own.call('getTask', { id: 999 })).toMatchObject({ status: 404, envelope: { ok: false, error: { code: 'TASK_UNKNOWN' } } });
    expect(await own.call('addTasks', { tasks: [{ input: '/a.mp4', recipe: 'nonsense' }] })).toMatchObject({ status: 400, envelope: { error: { code: 'RECIPE_UNKNOWN' } } });
    expect((await own.call('addTasks', { tasks: [{ input: 3 }] })).envelope.error?.message).toContain('tasks.0.input');
  });

  it('gives what the contract promises', async () => {
    const path = join(RESOURCES_DIR, 'samples', 'longhaul-sample.mp4');
    const inputs = { getHost: {}, listTasks: {}, getSnapshot: {}, inspectFiles: { paths: [path, join(own.dir, 'none.mp4')] }, estimateFile: { path, recipe: 'mp3' }, listModels: {}, listRecipes: {}, getStatus: {}, getSettings: {} };
    for (const [method, input] of Object.entries(inputs)) {
      const { status, envelope } = await own.call(method, input);
      expect([method, status, envelope.error]).toEqual([method, 200, undefined]);
      if (isWindowMethod(method)) expect([method, WINDOW_METHODS[method].output.safeParse(envelope.value).error]).toEqual([method, undefined]);
    }
    expect((await own.call('inspectFiles', { paths: [path] })).envelope.value).toMatchObject({ files: [{ path, kind: 'video', problem: null }] });
  });

  it('says what the host is, and what a browser has no part in', async () => {
    expect((await own.call('getHost', {})).envelope.value).toEqual({
      kind: 'serve', version: '1.2.3', platform: 'linux', samplePath: expect.stringMatching(/resources.samples.longhaul-sample\.mp4$/), recoveredTasks: 0, can: { useFiles: false, keepPreferences: false, update: false },
    });
    const inputs = { chooseFiles: { kind: 'files' }, revealFile: { id: 1, which: 'input', index: 0 }, openFile: { id: 1, which: 'input', index: 0 }, getPreferences: {}, setPreferences: {}, cancelWhenDone: {}, checkForUpdate: {}, installUpdate: {} };
    for (const [method, input] of Object.entries(inputs)) {
      const { status, envelope } = await own.call(method, input);
      expect([method, status, envelope.error?.code]).toEqual([method, 501, 'NOT_HERE']);
    }
  });

  it('takes JSON, says what else was wrong with a body, and has a limit for it', async () => {
    const json = { 'content-type': 'application/json; charset=utf-8' };
    const send = (headers: Record<string, string>, body: string | Buffer) => own.ask('/api/getStatus', { method: 'POST', headers, body });
    expect((await send(json, '')).status).toBe(200);
    expect((await send(json, '{"a":')).status).toBe(400);
    expect((await send({ 'content-type': 'text/plain' }, '{}')).status).toBe(415);
    expect((await send({}, '{}')).status).toBe(415);
    const tooBig = await send(json, Buffer.alloc(64 * 1024 * 1024 + 1, ' '));
    expect([tooBig.status, JSON.parse(tooBig.text)]).toMatchObject([413, { ok: false, error: { code: 'USAGE' } }]);
    const untold = await send({ ...json, 'transfer-encoding': 'chunked' }, Buffer.alloc(64 * 1024 * 1024 + 1, ' '));
    expect(untold.status).toBe(413);
  });

  it('knows three methods of HTTP', async () => {
    for (const method of ['PUT', 'DELETE', 'OPTIONS', 'PATCH']) expect((await own.ask('/api/getStatus', { method })).status).toBe(405);
  });
});

describe('a port', () => {
  it('is 7460 by default, as help says', () => {
    expect([DEFAULT_PORT, serve.options['port']?.help]).toEqual([7460, expect.stringContaining('default: 7460')]);
  });

  it('in use is said so where it was named, and the next one is taken where it was not', async () => {
    const taken = createServer();
    taken.listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = z.object({ port: z.int() }).parse(taken.address());
    await expect(own.serve(port)).rejects.toMatchObject({ code: 'NOT_ALLOWED', message: expect.stringContaining(`Port ${String(port)} is in use`) });
    const server = createHttpServer();
    const got = await listenOn(server, null, port);
    expect(got).toBeGreaterThan(port);
    expect(got).toBeLessThan(port + 20);
    server.close();
    taken.close();
  });

  it('is the loopback’s only', async () => {
    // Also this computer, but not the address that is listened on: a server for all addresses would answer.
    const socket = connect({ host: '127.0.0.2', port: own.served.port });
    const [error] = z.tuple([z.object({ code: z.string() })]).parse(await once(socket, 'error'));
    expect(error.code).toMatch(/^E/);
  });
});

it('a file of the window that can’t be read is an error that is logged', async () => {
  const path = join(own.dir, 'renderer', 'loop.js');
  await symlink('loop.js', path);
  const { status } = await own.ask('/loop.js');
  expect(status).toBe(500);
  expect(own.log.join('\n')).toContain('GET /loop.js: ');
});
