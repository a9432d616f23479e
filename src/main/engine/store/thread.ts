/** The store's own thread: it may wait for the disk, so that nobody else has to. */
import { parentPort, receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads';
import type Database from 'better-sqlite3';
import { openDatabase } from './database.ts';
import { createGroupCommit } from './group-commit.ts';
import { threadData, type Call, type FromThread, type Reply, type ThreadData, type ToThread } from './operations.ts';
import { isDiskTrouble, storeError } from './sqlite-errors.ts';
import { createOperations } from './task-store.ts';

/** Long enough that a burst of calls is over, short enough that it happens at all on a busy day. */
const TIDY_AFTER_MS = 500;

if (parentPort !== null) run(parentPort, threadData.parse(workerData));

function run(port: MessagePort, data: ThreadData): void {
  const post = (message: FromThread): void => port.postMessage(message);
  const opened = open(data);
  if ('refused' in opened) return post({ kind: 'refused', error: opened.refused.toShape() });
  post({ kind: 'opened' });
  serve(port, data.bell, {
    answer: (calls) => post({ kind: 'replies', replies: opened.execute(calls) }),
    tidy: () => tidy(opened.db),
  });
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

/** Writes the log back to the database, so that no commit has to. What fails here a later commit does, and tells. */
function tidy(db: Database.Database): void {
  try {
    db.pragma('wal_checkpoint(PASSIVE)');
  } catch (thrown) {
    if (!isDiskTrouble(thrown)) throw thrown;
  }
}

interface Service {
  answer(calls: readonly Call[]): void;
  /** Called once when nothing was asked for a moment. */
  tidy(): void;
}

/**
 * Answers until it is told to close. It sleeps on the bell instead of in the event loop, which answers in less than half the
 * time: for one caller alone that is the whole cost of having a thread.
 */
function serve(port: MessagePort, bell: SharedArrayBuffer, { answer, tidy }: Service): void {
  const rings = new Int32Array(bell);
  let isTidy = true;
  for (;;) {
    const heard = Atomics.load(rings, 0);
    const { calls, isLast } = drain(port);
    if (calls.length > 0) {
      answer(calls);
      isTidy = false;
    }
    if (isLast) return;
    // Rung in the meantime: does not wait at all. An idle store sleeps without end.
    if (Atomics.wait(rings, 0, heard, isTidy ? Number.POSITIVE_INFINITY : TIDY_AFTER_MS) !== 'timed-out') continue;
    tidy();
    isTidy = true;
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
