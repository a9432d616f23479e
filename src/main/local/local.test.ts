import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EngineEvent } from '../../shared/contract.ts';
import { EngineGone, connectLocal, type LocalClient } from './client.ts';
import { encodeFrame } from './frames.ts';
import { readRendezvous, writeRendezvous, type Rendezvous } from './rendezvous.ts';
import { startLocalServer, type LocalServer } from './server.ts';
import { createTestEngine, testTask, type TestEngine } from './test-engine.ts';
import { PROTOCOL } from './wire.ts';

let dir = '';
let engine: TestEngine;
let server: LocalServer;
const opened: { close(): unknown }[] = [];

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'local-'));
  engine = createTestEngine();
  server = await startServer();
});
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
  rmSync(dir, { recursive: true, force: true });
});

async function startServer(): Promise<LocalServer> {
  const started = await startLocalServer({ api: engine.api, on: (listener) => engine.on(listener), dataDir: dir, version: '1.2.3', startedAt: 7, tickMs: 100 });
  opened.push(started);
  return started;
}

async function client(): Promise<LocalClient> {
  const connected = await connectLocal({ dataDir: dir });
  if (connected === null) throw new Error('nobody listens');
  opened.push(connected);
  return connected;
}

async function rendezvous(): Promise<Rendezvous> {
  const found = await readRendezvous(dir);
  if (found === null) throw new Error('no engine.json');
  return found;
}

/** Keeps listTasks from answering until the function it gives back is called. */
function holdLists(onTaken: () => void = () => undefined): () => void {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  engine.beforeList = async () => {
    onTaken();
    await promise;
  };
  return () => { resolve(undefined); };
}

/** A peer that follows no rules. */
async function rawSocket(): Promise<Socket> {
  const socket = connect(server.socketPath);
  opened.push({ close: () => socket.destroy() });
  await once(socket, 'connect');
  return socket;
}

/** All that the server says until it hangs up. */
async function lastWords(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk) => { text += chunk.toString('utf8'); });
  await once(socket, 'close');
  return text;
}

async function greeted(): Promise<Socket> {
  const socket = await rawSocket();
  const { token } = await rendezvous();
  socket.write(encodeFrame({ hello: { protocol: PROTOCOL, token } }));
  await once(socket, 'data');
  return socket;
}

describe('a second process', () => {
  it('calls every kind of method as if the engine were its own', async () => {
    const { api, pid } = await client();
    expect(pid).toBe(process.pid);
    const added = await api.addTasks({ tasks: [{ input: '/a\nb "c" 😀', recipe: 'mp3' }, { input: '/d', recipe: 'wav', priority: 9 }] });
    expect(added.tasks.map(({ id }) => id)).toEqual([1, 2]);
    expect(engine.tasks.get(1)?.inputs).toEqual(['/a\nb "c" 😀']);
    expect((await api.cancelTasks({ ids: [2] })).tasks).toEqual([{ id: 2, type: 'video_convert', status: 'cancelled' }]);
    expect(await api.getTask({ id: 2 })).toEqual(engine.tasks.get(2));
    expect((await api.getStatus({})).counts.cancelled).toBe(1);
  });

  it('gets the engine’s own errors with code and message', async () => {
    const { api } = await client();
    await expect(api.getTask({ id: 99 })).rejects.toMatchObject({ name: 'TaskError', code: 'TASK_UNKNOWN', message: 'There is no task 99.' });
  });

  it('is refused inputs that break the contract, and goes on', async () => {
    const { api } = await client();
    await expect(api.getTask({ id: -1 })).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining('id') });
    await expect(api.addTasks({ tasks: [] })).rejects.toMatchObject({ code: 'USAGE' });
    expect((await api.listTasks({})).total).toBe(0);
  });

  it('does not take an answer that breaks the contract', async () => {
    engine.tasks.set(1, testTask({ id: 1, progress: 101 }));
    const { api } = await client();
    await expect(api.getTask({ id: 1 })).rejects.toMatchObject({ code: 'INTERNAL' });
    await expect(api.getStatus({})).resolves.toMatchObject({ isRunning: true });
  });

  it('follows events beside another, until it stops listening', async () => {
    const [first, second] = [await client(), await client()];
    const seen: EngineEvent[][] = [[], []];
    const stop = first.on((event) => seen[0]?.push(event));
    second.on((event) => seen[1]?.push(event));
    await Promise.all([first.api.getStatus({}), second.api.getStatus({})]);
    const event: EngineEvent = { kind: 'task', task: testTask({ id: 3 }) };
    engine.emit(event);
    await expect.poll(() => seen).toEqual([[event], [event]]);
    stop();
    engine.emit({ kind: 'idle' });
    await expect.poll(() => seen[1]).toHaveLength(2);
    expect(seen[0]).toHaveLength(1);
  });

  it('learns that nobody is there when the owner has gone', async () => {
    await server.close();
    expect(await connectLocal({ dataDir: dir })).toBeNull();
    expect(existsSync(server.socketPath)).toBe(false);
    expect(existsSync(join(dir, 'engine.json'))).toBe(false);
    expect(engine.listenerCount()).toBe(0);
  });

  it('learns that nobody is there when the owner was killed and its files stayed', async () => {
    const old = await rendezvous();
    await server.close();
    await writeRendezvous(dir, old);
    expect(await connectLocal({ dataDir: dir })).toBeNull();
  });

  it('is told that an owner which accepts but says nothing does not answer', async () => {
    const mute = createServer();
    const socketPath = join(server.socketPath, '..', 'mute.sock');
    mute.listen(socketPath);
    await once(mute, 'listening');
    opened.push({ close: () => mute.close() });
    await writeRendezvous(dir, { ...(await rendezvous()), socketPath });
    await expect(connectLocal({ dataDir: dir, silenceLimitMs: 500 })).rejects.toMatchObject({ code: 'STORE_OWNED', message: expect.stringContaining('does not answer') });
  });

  it('waits for a slow answer as long as the owner lives', async () => {
    const finish = holdLists();
    const socket = await greeted();
    let ticks = '';
    socket.on('data', (chunk) => { ticks += chunk.toString('utf8'); });
    // Its silence limit is passed many times over while the raw socket beside it counts the ticks.
    const impatient = await connectLocal({ dataDir: dir, silenceLimitMs: 500 });
    const answer = impatient?.api.listTasks({});
    socket.write(encodeFrame({ id: 1, method: 'listTasks', input: {} }));
    await expect.poll(() => ticks.split('\n').length).toBeGreaterThan(12);
    finish();
    await expect(answer).resolves.toEqual({ tasks: [], total: 0 });
    impatient?.close();
  });
});

describe('an owner that stops', () => {
  it('answers what it has taken and says what it has not', async () => {
    const taking = vi.fn();
    const finish = holdLists(taking);
    const { api, over } = await client();
    const taken = api.listTasks({});
    const notTaken = api.addTasks({ tasks: [{ input: '/x', recipe: 'mp3' }] });
    notTaken.catch(() => undefined);
    await expect.poll(() => taking).toHaveBeenCalled();
    const closed = server.close();
    finish();
    await expect(taken).resolves.toEqual({ tasks: [], total: 0 });
    const error: unknown = await notTaken.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(EngineGone);
    expect(error).toMatchObject({ wasTaken: false, retryable: true });
    expect(engine.tasks.size).toBe(0);
    await closed;
    await expect(over).resolves.toBeInstanceOf(EngineGone);
  });

  it('has not taken what is asked after its goodbye', async () => {
    const { api, over } = await client();
    await server.close();
    await over;
    await expect(api.getStatus({})).rejects.toMatchObject({ wasTaken: false, retryable: true });
  });

  it('makes place for the next one', async () => {
    await server.close();
    server = await startServer();
    expect((await (await client()).api.getStatus({})).isRunning).toBe(true);
  });
});

describe('a peer that breaks the rules', () => {
  it.each([
    ['garbage', 'GET / HTTP/1.1\r\n\r\n', 'not a line of JSON'],
    ['a wrong token', encodeFrame({ hello: { protocol: PROTOCOL, token: 'wrong' } }), 'did not accept the greeting'],
    ['a request before the greeting', encodeFrame({ id: 1, method: 'listTasks', input: {} }), 'did not accept the greeting'],
    ['too much before the greeting', 'x'.repeat(10_000), 'more than 4096 bytes'],
  ])('sends %s and is shown the door with a sentence', async (_, text, sentence) => {
    const socket = await rawSocket();
    const words = lastWords(socket);
    socket.write(text);
    expect(await words).toContain(sentence);
    expect((await (await client()).api.getStatus({})).isRunning).toBe(true);
  });

  it('speaks another protocol and is told both versions', async () => {
    const socket = await rawSocket();
    const words = lastWords(socket);
    socket.write(encodeFrame({ hello: { protocol: PROTOCOL + 1, token: (await rendezvous()).token } }));
    expect(await words).toContain('Longhaul 1.2.3');
  });

  it.each([
    ['garbage', '\u0000\n', 'not a line of JSON'],
    ['no request', '{"what":1}\n', 'no request'],
  ])('sends %s after the greeting and only loses its own connection', async (_, text, sentence) => {
    const bystander = await client();
    const socket = await greeted();
    const words = lastWords(socket);
    socket.write(text);
    expect(await words).toContain(sentence);
    await expect(bystander.api.getStatus({})).resolves.toMatchObject({ isRunning: true });
  });

  it('names a method that is none and may ask again', async () => {
    const socket = await greeted();
    for (const method of ['constructor', 'toString', 'nothing']) {
      socket.write(encodeFrame({ id: 1, method, input: {} }));
      const [chunk]: unknown[] = await once(socket, 'data');
      expect(String(chunk)).toContain('has no method');
    }
  });

  it('does not read: events about one task are merged, and the owner holds a bounded amount', async () => {
    const slow = await greeted();
    slow.pause();
    slow.write(encodeFrame({ subscribe: true }));
    await expect.poll(() => engine.listenerCount()).toBe(1);
    await (await client()).api.getStatus({});
    const before = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
    const warning = 'w'.repeat(10_000);
    for (let round = 0; round < 20_000; round += 1) {
      engine.emit({ kind: 'task', task: testTask({ id: (round % 10) + 1, attempt: round, warnings: [warning] }) });
    }
    const grown = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed - before;
    // 200 MB were sent; the rest of the growth is this test's own garbage.
    expect(grown).toBeLessThan(120_000_000);
    let text = '';
    slow.on('data', (chunk) => { text += chunk.toString('utf8'); });
    slow.resume();
    await expect.poll(() => text.includes('"attempt":19999')).toBe(true);
    expect(text.length).toBeLessThan(20_000_000);
  });

  it('does not read and follows too many tasks: it is cut off', async () => {
    const slow = await greeted();
    slow.pause();
    slow.write(encodeFrame({ subscribe: true }));
    await (await client()).api.getStatus({});
    const warnings = ['w'.repeat(1000)];
    for (let id = 1; id < 20_000; id += 1) engine.emit({ kind: 'task', task: testTask({ id, warnings }) });
    const closed = once(slow, 'close');
    slow.on('error', () => undefined);
    slow.resume();
    await closed;
    await expect((await client()).api.getStatus({})).resolves.toMatchObject({ isRunning: true });
  });
});
