import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';

/** Runs a program that opens the channel, and says back what it hears. */
async function startEcho(before: string) {
  const dir = await mkdtemp(join(tmpdir(), 'longhaul-channel-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const path = join(dir, 'echo.mjs');
  await writeFile(path, `
    import { openEngineChannel } from ${JSON.stringify(join(import.meta.dirname, 'engine-channel.ts'))};
    ${before}
    const channel = openEngineChannel(process);
    channel.onMessage((message) => channel.send({ kind: 'log', id: 1, attempt: 1, line: JSON.stringify(message) }));
    channel.send({ kind: 'ready' });
  `);
  const child = fork(path, [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], serialization: 'advanced' });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

it('is the IPC of fork under plain Node, and the process ends with its engine', async () => {
  const child = await startEcho('');
  expect(await once(child, 'message')).toMatchObject([{ kind: 'ready' }, undefined]);
  child.send({ kind: 'stop', reason: 'quit' });
  expect(await once(child, 'message')).toMatchObject([{ kind: 'log', line: '{"kind":"stop","reason":"quit"}' }, undefined]);
  child.disconnect();
  expect(await once(child, 'exit')).toEqual([0, null]);
});

it('is the port of the process where Electron has put one there, whose messages come in events', async () => {
  // The port as its documentation describes it, on a real channel whose other end is led through Node's IPC to this test.
  const child = await startEcho(`
    import { MessageChannel } from 'node:worker_threads';
    const { port1, port2 } = new MessageChannel();
    process.parentPort = { postMessage: (message) => port1.postMessage(message), on: (name, listener) => port1.on(name, (data) => listener({ data, ports: [] })) };
    port2.on('message', (message) => process.send({ throughPort: message }));
    process.on('message', (message) => port2.postMessage(message));
  `);
  expect(await once(child, 'message')).toMatchObject([{ throughPort: { kind: 'ready' } }, undefined]);
  child.send({ kind: 'stop', reason: 'quit' });
  expect(await once(child, 'message')).toMatchObject([{ throughPort: { kind: 'log', line: '{"kind":"stop","reason":"quit"}' } }, undefined]);
});
