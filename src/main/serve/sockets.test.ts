import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket } from 'ws';
import * as z from 'zod';
import { taskSummary } from '../../shared/summary.ts';
import { createDispatch } from '../host/dispatch.ts';
import { createHostApi } from './host-api.ts';
import { MAX_WAITING_EVENT_BYTES } from './socket-client.ts';
import { Sockets } from './sockets.ts';
import { nextFrame, RESOURCES_DIR, TestServe } from './test-serve.ts';

let own: TestServe;
beforeAll(async () => {
  own = await TestServe.start();
  await own.enter();
});
afterAll(() => own.leave());

const anyAnswer = z.object({ id: z.union([z.string(), z.int()]), ok: z.boolean(), value: z.unknown().optional(), error: z.object({ code: z.string() }).optional() });

async function call(socket: WebSocket, id: number | string, method: string, input?: unknown): Promise<z.infer<typeof anyAnswer>> {
  const answered = nextFrame(socket, anyAnswer.refine((frame) => frame.id === id));
  socket.send(JSON.stringify({ id, method, input }));
  return answered;
}

async function closeCode(socket: WebSocket): Promise<number> {
  const [code] = z.tuple([z.int()]).rest(z.unknown()).parse(await once(socket, 'close'));
  return code;
}

describe('a window’s socket', () => {
  it('answers calls by their id, side by side, with the envelopes that REST has', async () => {
    const socket = await own.socket();
    const answers = await Promise.all([call(socket, 1, 'getStatus', {}), call(socket, 'two', 'getStatus'), call(socket, 3, 'getTask', { id: 999 }), call(socket, 4, 'nonsense', {}), call(socket, 5, 'getTask', 'x'), call(socket, 6, 'openFile', { id: 1, which: 'input', index: 0 })]);
    expect(answers).toMatchObject([
      { id: 1, ok: true, value: { isRunning: true } }, { id: 'two', ok: true }, { id: 3, ok: false, error: { code: 'TASK_UNKNOWN' } }, { id: 4, error: { code: 'USAGE' } }, { id: 5, error: { code: 'USAGE' } }, { id: 6, error: { code: 'NOT_HERE' } },
    ]);
    socket.terminate();
  });

  it('answers a thousand calls that were sent in one go', async () => {
    const socket = await own.socket();
    const ids = Array.from({ length: 1000 }, (_, index) => index);
    const seen = new Set<unknown>();
    const all = new Promise<void>((resolve) => {
      socket.on('message', (data) => {
        if (Buffer.isBuffer(data)) seen.add(anyAnswer.parse(JSON.parse(data.toString('utf8'))).id);
        if (seen.size === ids.length) resolve();
      });
    });
    for (const id of ids) socket.send(JSON.stringify({ id, method: 'getHost', input: {} }));
    await all;
    socket.terminate();
  });

  it('is closed on what is no call, and the server lives on', async () => {
    for (const message of ['', '{', '[]', '{"id":1}', '{"id":{},"method":"getStatus"}', Buffer.from([1, 2, 3])]) {
      const socket = await own.socket();
      socket.send(message);
      expect(await closeCode(socket)).toBe(1003);
    }
    const socket = await own.socket();
    socket.send('x'.repeat(64 * 1024 * 1024 + 1));
    expect(await closeCode(socket)).toBe(1009);
    expect((await own.call('getStatus', {})).status).toBe(200);
  });

  it('is told of what windows hear, and of nothing else', async () => {
    const [one, two] = [await own.socket(), await own.socket()];
    const event = z.object({ event: z.looseObject({ kind: z.string() }) });
    const heard = [nextFrame(one, event), nextFrame(two, event)];
    own.emit({ kind: 'progress', id: 1, progress: 1, progressCurrent: 1, progressTotal: 100, message: '' });
    own.emit({ kind: 'delta', epoch: 'e', revision: 7, tasks: [], removed: [3], progress: [] });
    for (const frame of await Promise.all(heard)) expect(frame).toEqual({ event: { kind: 'delta', epoch: 'e', revision: 7, tasks: [], removed: [3], progress: [] } });
    for (const socket of [one, two]) socket.terminate();
  });

  it('keeps a mirror: a snapshot, then deltas without a gap, until the task that was added has ended', async () => {
    const socket = await own.socket();
    const input = join(own.dir, 'no-sound.mp4');
    await writeFile(input, 'no sound');
    const delta = z.object({ event: z.object({ kind: z.literal('delta'), epoch: z.string(), revision: z.int(), tasks: z.array(taskSummary) }) });
    const deltas: z.infer<typeof delta>['event'][] = [];
    socket.on('message', (data) => {
      const parsed = Buffer.isBuffer(data) ? delta.safeParse(JSON.parse(data.toString('utf8'))).data : undefined;
      if (parsed !== undefined) deltas.push(parsed.event);
    });
    const snapshot = z.object({ epoch: z.string(), revision: z.int() }).parse((await call(socket, 1, 'getSnapshot', {})).value);
    const added = await call(socket, 2, 'addTasks', { tasks: [{ input, recipe: 'mp3' }] });
    const { tasks: [task] } = z.object({ tasks: z.array(z.object({ id: z.int() })) }).parse(added.value);
    await expect.poll(() => deltas.at(-1)?.tasks.find(({ id }) => id === task?.id)?.status, { timeout: 50_000 }).toBe('failed');
    const newer = deltas.filter(({ revision }) => revision > snapshot.revision);
    expect(newer.map(({ revision }) => revision)).toEqual(newer.map((_, index) => snapshot.revision + 1 + index));
    expect(new Set(newer.map(({ epoch }) => epoch))).toEqual(new Set([snapshot.epoch]));
    socket.terminate();
  });

  it('hears when the engine has nothing left to do after tasks were added', async () => {
    const socket = await own.socket();
    const input = join(own.dir, 'no-film.mp4');
    await writeFile(input, 'not a film');
    const idle = nextFrame(socket, z.object({ event: z.object({ kind: z.literal('idle') }) }));
    const added = await call(socket, 1, 'addTasks', { tasks: [{ input, recipe: 'thumbnail' }] });
    const { tasks: [task] } = z.object({ tasks: z.array(z.object({ id: z.int() })) }).parse(added.value);
    await idle;
    expect(await call(socket, 2, 'getTask', { id: task?.id })).toMatchObject({ value: { status: 'failed', error: { code: 'INPUT_NOT_MEDIA' } } });
    socket.terminate();
  });

  it('says goodbye when the server ends, so that the window comes back later', async () => {
    const other = await TestServe.start();
    await other.enter();
    const socket = await other.socket();
    const closed = closeCode(socket);
    await other.leave();
    expect(await closed).toBe(1001);
  });
});

/** A client that does the handshake and then never reads. */
async function deafClient(): Promise<Socket> {
  const cookie = await own.enter();
  const socket = connect({ host: '127.0.0.1', port: own.served.port });
  socket.on('error', () => undefined);
  socket.write(['GET /ws HTTP/1.1', `Host: 127.0.0.1:${String(own.served.port)}`, `Origin: ${own.origin}`, `Cookie: ${cookie}`, 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', '', ''].join('\r\n'));
  const [first] = z.tuple([z.instanceof(Buffer)]).parse(await once(socket, 'data'));
  expect(first.toString('latin1')).toContain('101 Switching Protocols');
  socket.pause();
  return socket;
}

describe('a client that does not read', () => {
  it('is dropped when too much waits for it, while another one hears everything', async () => {
    const deaf = await deafClient();
    const healthy = await own.socket();
    const last = nextFrame(healthy, z.object({ event: z.object({ kind: z.literal('delta'), revision: z.literal(99) }) }));
    // A hundred times a megabyte: more than the system's own buffers and the allowance together.
    const tasks = Array.from({ length: 100 }, (_, index) => index + 1);
    const epoch = 'x'.repeat(1024 * 1024);
    for (const revision of tasks) {
      own.emit({ kind: 'delta', epoch, revision: revision - 1, tasks: [], removed: [], progress: [] });
      // The healthy one reads in between, as events do not come in one go.
      await call(healthy, revision, 'getHost', {});
    }
    await last;
    expect(healthy.readyState).toBe(healthy.OPEN);
    expect(tasks.length * epoch.length).toBeGreaterThan(4 * MAX_WAITING_EVENT_BYTES);
    deaf.resume();
    await once(deaf, 'close');
    expect(deaf.bytesRead).toBeLessThan(tasks.length * epoch.length);
    healthy.terminate();
  });

  it('fills only its own places with questions', async () => {
    let asked = 0;
    const count = vi.spyOn(own.engine.api, 'getStatus');
    count.mockImplementation(async () => {
      asked += 1;
      return Promise.reject(new Error('x'.repeat(2 * 1024 * 1024)));
    });
    const deaf = await deafClient();
    const question = JSON.stringify({ id: 1, method: 'getStatus', input: {} });
    const payload = Buffer.from(question);
    const frame = Buffer.concat([Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
    for (let sent = 0; sent < 500; sent += 1) deaf.write(frame);
    await expect.poll(() => asked).toBeGreaterThanOrEqual(32);
    await own.call('getHost', {});
    // What the system's buffers took is answered and gone; of the rest no more than the open places is worked on.
    expect(asked).toBeLessThan(60);
    deaf.destroy();
    count.mockRestore();
  });

  it('is parted with when it gives no sign, and one that answers pings is not', async () => {
    const http = createServer();
    // Both ends live in this process: a real pulse could come round before the answer to the last one was read.
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const sockets = new Sockets({ dispatch: createDispatch(own.engine.api, createHostApi({ version: '1', platform: 'linux', resourcesDir: RESOURCES_DIR, recoveredTasks: 0 })), on: () => () => undefined, pulseMs: 50 });
    http.on('upgrade', (req, socket, head) => { sockets.accept(req, socket, head); });
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    const { port } = z.object({ port: z.int() }).parse(http.address());
    const silent = new WebSocket(`ws://127.0.0.1:${String(port)}`, { autoPong: false });
    const healthy = new WebSocket(`ws://127.0.0.1:${String(port)}`);
    await Promise.all([once(silent, 'open'), once(healthy, 'open')]);
    const parted = once(silent, 'close');
    for (let pulse = 0; pulse < 5; pulse += 1) {
      const pinged = once(healthy, 'ping');
      vi.advanceTimersByTime(50);
      await pinged;
      // It answers when it hears the ping; that is read within the next turns.
      for (let turn = 0; turn < 10; turn += 1) await setImmediate();
    }
    await parted;
    await expect.poll(() => sockets.size).toBe(1);
    const closed = once(healthy, 'close');
    sockets.close();
    await closed;
    http.close();
  });
});
