/** The store's own thread: it may wait for the disk, so that nobody else has to. */
import { parentPort, receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads';
import { openDatabase } from './database.ts';
import { createGroupCommit } from './group-commit.ts';
import { threadData, type Call, type FromThread, type ThreadData, type ToThread } from './operations.ts';
import { storeError } from './sqlite-errors.ts';
import { createOperations } from './task-store.ts';

if (parentPort !== null) serve(parentPort, threadData.parse(workerData));

function serve(port: MessagePort, { dir, now }: ThreadData): void {
  const post = (message: FromThread): void => port.postMessage(message);
  try {
    const db = openDatabase({ dir, now });
    const execute = createGroupCommit(db, createOperations(db));
    port.on('message', (first: ToThread) => {
      const { calls, isLast } = drain(port, first);
      if (calls.length > 0) post({ kind: 'replies', replies: execute(calls) });
      if (!isLast) return;
      db.close();
      port.close();
    });
    post({ kind: 'opened' });
  } catch (thrown) {
    post({ kind: 'refused', error: storeError(thrown).toShape() });
  }
}

/** All calls that are waiting by now. */
function drain(port: MessagePort, first: ToThread): { calls: readonly Call[]; isLast: boolean } {
  const calls: Call[] = [];
  let message: ToThread | undefined = first;
  while (message !== undefined && message !== 'close') {
    for (const call of message) calls.push(call);
    message = receive(port);
  }
  return { calls, isLast: message === 'close' };
}

function receive(port: MessagePort): ToThread | undefined {
  const received: { message: ToThread } | undefined = receiveMessageOnPort(port);
  return received?.message;
}
