/** The store's own thread: it may wait for the disk, so that nobody else has to. */
import { parentPort, receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads';
import type Database from 'better-sqlite3';
import { openDatabase } from './database.ts';
import { createGroupCommit } from './group-commit.ts';
import { threadData, type Call, type FromThread, type Reply, type ThreadData, type ToThread } from './operations.ts';
import { storeError } from './sqlite-errors.ts';
import { createOperations } from './task-store.ts';

if (parentPort !== null) run(parentPort, threadData.parse(workerData));

function run(port: MessagePort, data: ThreadData): void {
  const post = (message: FromThread): void => port.postMessage(message);
  const opened = open(data);
  if ('refused' in opened) return post({ kind: 'refused', error: opened.refused.toShape() });
  post({ kind: 'opened' });
  serve(port, data.bell, (calls) => post({ kind: 'replies', replies: opened.execute(calls) }));
  opened.db.close();
}

type Opened = { readonly db: Database.Database; execute(calls: readonly Call[]): readonly Reply[] } | { readonly refused: ReturnType<typeof storeError> };

function open({ dir, now }: ThreadData): Opened {
  try {
    const db = openDatabase({ dir, now });
    return { db, execute: createGroupCommit(db, createOperations(db)) };
  } catch (thrown) {
    return { refused: storeError(thrown) };
  }
}

/**
 * Answers until it is told to close. It sleeps on the bell instead of in the event loop, which answers in less than half the
 * time: for one caller alone that is the whole cost of having a thread.
 */
function serve(port: MessagePort, bell: SharedArrayBuffer, answer: (calls: readonly Call[]) => void): void {
  const rings = new Int32Array(bell);
  for (;;) {
    const heard = Atomics.load(rings, 0);
    const { calls, isLast } = drain(port);
    if (calls.length > 0) answer(calls);
    if (isLast) return;
    // Rung in the meantime: does not wait at all.
    Atomics.wait(rings, 0, heard);
  }
}

/** All calls that are waiting by now. */
function drain(port: MessagePort): { calls: readonly Call[]; isLast: boolean } {
  const calls: Call[] = [];
  for (let message = receive(port); message !== undefined; message = receive(port)) {
    if (message === 'close') return { calls, isLast: true };
    for (const call of message) calls.push(call);
  }
  return { calls, isLast: false };
}

function receive(port: MessagePort): ToThread | undefined {
  const received: { message: ToThread } | undefined = receiveMessageOnPort(port);
  return received?.message;
}
