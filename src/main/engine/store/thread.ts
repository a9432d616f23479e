/** The store's own thread: it may wait for the disk, so that nobody else has to. Started with a chore it does that instead, and ends. */
import { parentPort, receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads';
import { TaskError, type TaskErrorShape } from '../../../shared/errors.ts';
import { chore, runChore, type Chore } from './chores.ts';
import { OpenStore } from './open-store.ts';
import { threadData, type Call, type FromThread, type Still, type ThreadData, type ToThread } from './operations.ts';
import { Patience } from './patience.ts';
import { storeError } from './sqlite-errors.ts';

/** Long enough that a burst of calls is over, short enough that it happens at all on a busy day. */
const TIDY_AFTER_MS = 500;

if (parentPort !== null) begin(parentPort);

function begin(port: MessagePort): void {
  const work = chore.safeParse(workerData);
  if (work.success) port.postMessage(answerOf(work.data));
  else run(port, threadData.parse(workerData));
}

function answerOf(work: Chore): { readonly value: unknown } | { readonly error: TaskErrorShape } {
  try {
    return { value: runChore(work) };
  } catch (thrown) {
    return { error: storeError(thrown).toShape() };
  }
}

function run(port: MessagePort, { bell, ...data }: ThreadData): void {
  const post = (message: FromThread): void => port.postMessage(message);
  const opened = open(data);
  if (opened instanceof TaskError) return post({ kind: 'refused', error: opened.toShape() });
  post({ kind: 'opened', recovery: opened.recovery });
  serve(port, bell, {
    answer: (calls) => post({ kind: 'replies', replies: opened.execute(calls) }),
    still: (wish) => post({ kind: 'replies', replies: [opened.still(wish)] }),
    tidy: () => opened.tidy(),
  });
  opened.close();
}

function open(data: Omit<ThreadData, 'bell'>): OpenStore | TaskError {
  try {
    return new OpenStore(data);
  } catch (thrown) {
    return storeError(thrown);
  }
}

interface Service {
  answer(calls: readonly Call[]): void;
  still(wish: Still): void;
  /** Called once when nothing was asked for a moment. */
  tidy(): void;
}

/**
 * Answers until it is told to close. It sleeps on the bell instead of in the event loop, which answers in less than half the
 * time: for one caller alone that is the whole cost of having a thread.
 */
function serve(port: MessagePort, bell: SharedArrayBuffer, { answer, still, tidy }: Service): void {
  const rings = new Int32Array(bell);
  const patience = new Patience();
  let isTidy = true;
  for (;;) {
    const heard = Atomics.load(rings, 0);
    const { calls, wishes, isLast } = drain(port);
    if (calls.length > 0) answer(calls);
    for (const wish of wishes) still(wish);
    if (isLast) return;
    if (calls.length + wishes.length > 0) isTidy = false;
    const restedMs = performance.now();
    patience.stayAwake(() => Atomics.load(rings, 0) === heard);
    // Rung in the meantime: does not wait at all. An idle store sleeps without end.
    const isOver = Atomics.wait(rings, 0, heard, isTidy ? Number.POSITIVE_INFINITY : TIDY_AFTER_MS) === 'timed-out';
    patience.rangAfter(performance.now() - restedMs);
    if (!isOver) continue;
    tidy();
    isTidy = true;
  }
}

/** All that is waiting by now. */
function drain(port: MessagePort): { calls: readonly Call[]; wishes: readonly Still[]; isLast: boolean } {
  const calls: Call[] = [];
  const wishes: Still[] = [];
  for (let message = receive(port); message !== undefined; message = receive(port)) {
    if (message === 'close') return { calls, wishes, isLast: true };
    if ('isStill' in message) wishes.push(message);
    else for (const call of message) calls.push(call);
  }
  return { calls, wishes, isLast: false };
}

function receive(port: MessagePort): ToThread | undefined {
  const received: { message: ToThread } | undefined = receiveMessageOnPort(port);
  return received?.message;
}
