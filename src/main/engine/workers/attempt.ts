/** One attempt, told as named steps: settle → prepare → perform → check → publish. Runs inside a worker process. */
import { accessSync, constants, mkdirSync, statfsSync, statSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import { TaskError } from '../../../shared/errors.ts';
import type { Estimate, Output } from '../../../shared/task.ts';
import type { AttemptContext, Draft, Handler } from '../handlers/handler.ts';
import type { IntendedOutput } from '../store/store.ts';
import { DraftBook, sweepDrafts } from './drafts.ts';
import type { AttemptOutcome, RunOrder } from './protocol.ts';
import { publish, settleIntent } from './publish.ts';

/** What an attempt says to its engine while it runs. The saves settle after the commit and throw LEASE_LOST on a stale fence. */
export interface AttemptPort {
  savePlan(plan: unknown, partsTotal: number): Promise<void>;
  savePart(index: number, part: unknown): Promise<void>;
  saveIntent(outputs: readonly IntendedOutput[] | null): Promise<void>;
  saveDocument(document: unknown): Promise<void>;
  progress(current: number, total: number, message: string): void;
  estimate(estimate: Estimate): void;
  log(line: string): void;
  warn(sentence: string): void;
}

/** Below this a file system is as good as full: even the smallest output and its log would not fit. */
const LEAST_FREE_BYTES = 1_048_576;

/** Runs an attempt to its outcome; never throws. */
export async function runAttempt<O, P, S>(order: RunOrder, handler: Handler<O, P, S>, port: AttemptPort, signal: AbortSignal): Promise<AttemptOutcome> {
  if (typeof order.missing === 'string') return { kind: 'failed', error: missingError(order.missing).toShape() };
  const outputDir = order.task.outputDir ?? dirname(firstInput(order));
  const book = new DraftBook({ storeId: order.storeId, id: order.task.id }, order.task.attempt, outputDir);
  const startedMs = performance.now();
  let isPublishing = false;
  try {
    const settled = await settle(order, port, outputDir);
    if (settled) return { kind: 'completed', outputs: settled, message: 'done', pace: null, hasWorkDir: true };
    prepare(order, outputDir);
    const run = openRun(order, handler, port, signal, { outputDir, book });
    const drafts = await handler.perform(run.context);
    signal.throwIfAborted();
    port.progress(1, 1, 'checking');
    await handler.check(drafts, run.context);
    signal.throwIfAborted();
    isPublishing = true;
    const outputs = await publish({
      drafts, outputDir, inputs: order.task.inputs, isOverwriting: isOverwriting(order), saveIntent: (intended) => port.saveIntent(intended),
    });
    await book.discard();
    return { kind: 'completed', outputs, message: 'done', pace: run.pace(performance.now() - startedMs), hasWorkDir: run.hasWorkDir() };
  } catch (error) {
    // From the intent on, only settleIntent may decide what goes.
    if (!isPublishing) await book.discard().catch((fault: unknown) => port.log(`temporary files could not be removed: ${String(fault)}`));
    if (signal.aborted) return { kind: 'stopped' };
    return { kind: 'failed', error: placed(TaskError.from(error), [order.workDir, outputDir]).toShape() };
  }
}

/** The cure makes it again: this task then waits for it, and is handed what it made. */
function missingError(file: string): TaskError {
  return new TaskError('DEPENDENCY_FAILED', `There is no ${file}, which this task works on. Add that one again with options that make it, or retry it; then retry this one.`);
}

/** What a kill between intent and completion left is finished, or cleared away. */
async function settle(order: RunOrder, port: AttemptPort, outputDir: string): Promise<Output[] | null> {
  if (order.task.attempt === 1) return null;
  const outputs = order.intent && (await settleIntent(order.intent, isOverwriting(order)));
  if (outputs) port.log('the outputs of the attempt before were published whole; nothing to do again');
  else if (order.intent) await port.saveIntent(null);
  await sweepDrafts(outputDir, { storeId: order.storeId, id: order.task.id });
  return outputs;
}

/**
 * Synchronous, which is ten times cheaper than a promise each: a worker has one task and nothing else to do. A share that does not
 * answer holds up only this worker, which then misses its heartbeats and is ended.
 */
function prepare(order: RunOrder, outputDir: string): void {
  order.task.inputs.forEach(refuseUnusableInput);
  try {
    accessSync(outputDir, constants.W_OK);
  } catch (cause) {
    // It was made when the task was taken. Made anew it would lie below the place where its disk belongs, and be hidden once the disk is back.
    if (systemCode(cause) === 'ENOENT') {
      throw new TaskError('OUTPUT_DIR_MISSING', `The output folder ${outputDir} is not there. Connect its disk, or make the folder again; the task tries again by itself.`, { retryable: true, cause });
    }
    throw new TaskError('OUTPUT_NOT_WRITABLE', `The output folder ${outputDir} can't be written to. Choose another one with --out, or change its permissions.`, {
      cause, details: cause instanceof Error ? cause.message : String(cause),
    });
  }
  refuseFullDisk(outputDir);
}

function refuseUnusableInput(input: string): void {
  const found = statInput(input);
  if (found.isDirectory()) throw new TaskError('INPUT_UNREADABLE', `${input} is a folder. Add the files in it instead.`);
  if (!found.isFile()) throw new TaskError('INPUT_NOT_ALLOWED', `${input} is not a regular file (a pipe, socket or device). Save it as a file first.`);
  if (found.size === 0) throw new TaskError('INPUT_EMPTY', `${input} is empty (0 bytes). Copy or download it again, then retry.`);
  try {
    accessSync(input, constants.R_OK);
  } catch (cause) {
    throw new TaskError('INPUT_UNREADABLE', `${input} may not be read. Change its permissions, then retry.`, { cause });
  }
}

function statInput(input: string): Stats {
  try {
    return statSync(input);
  } catch (cause) {
    const code = systemCode(cause);
    if (code === 'EACCES' || code === 'EPERM') throw new TaskError('INPUT_UNREADABLE', `${input} may not be read. Change its permissions, then retry.`, { cause });
    throw new TaskError('INPUT_MISSING', `${input} is not there. Put it back (or connect its disk), then retry.`, { cause });
  }
}

function systemCode(cause: unknown): string | undefined {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
}

/** One folder at a time: with `recursive` Node calls whatever goes wrong ENOENT. */
function makeWorkDir(workDir: string): void {
  for (const dir of [dirname(workDir), workDir]) {
    try {
      mkdirSync(dir);
    } catch (cause) {
      if (systemCode(cause) === 'EEXIST') continue;
      const [code, cure] = systemCode(cause) === 'ENOSPC' ? ['DISK_FULL' as const, 'Free some space on its disk'] : ['IO_ERROR' as const, 'Check its disk and its permissions'];
      throw new TaskError(code, `The folder for parts ${workDir} can't be made. ${cure}; the task tries again by itself.`, { retryable: true, cause, details: cause instanceof Error ? cause.message : String(cause) });
    }
  }
}

/** Write errors of open files name no place: the folder that is out of space, else both. */
function placed(error: TaskError, dirs: readonly string[]): TaskError {
  if ((error.code !== 'DISK_FULL' && error.code !== 'IO_ERROR') || error.message.includes('/') || error.message.includes('\\')) return error;
  const full = error.code === 'DISK_FULL' ? dirs.filter(isFull) : [];
  const where = (full.length > 0 ? full : dirs).join(' or ');
  const message = error.code === 'DISK_FULL' ? `The disk of ${where} is full. Free some space; the task goes on by itself.` : `The disk of ${where} reported a read or write error. Check the disk; the task tries again.`;
  return new TaskError(error.code, message, { retryable: error.retryable, cause: error, ...(error.details === undefined ? {} : { details: error.details }) });
}

function isFull(dir: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(dir);
    return bavail * bsize < LEAST_FREE_BYTES;
  } catch {
    return false;
  }
}

/** A disk with room a moment ago has some now, or the first write will tell. */
const ROOM_LASTS_MS = 500;
let roomy = { dir: '', atMs: Number.NEGATIVE_INFINITY };

function refuseFullDisk(dir: string): void {
  const nowMs = performance.now();
  if (roomy.dir === dir && nowMs - roomy.atMs < ROOM_LASTS_MS) return;
  const { bavail, bsize } = statfsSync(dir);
  if (bavail * bsize < LEAST_FREE_BYTES) {
    throw new TaskError('DISK_FULL', `The disk of ${dir} is full. Free some space; the task goes on by itself.`, { retryable: true });
  }
  roomy = { dir, atMs: nowMs };
}

interface Run<O, P, S> {
  readonly context: AttemptContext<O, P, S>;
  /** Work seconds per media second of a fresh, uninterrupted run; null for a resumed one. */
  pace(elapsedMs: number): number | null;
  /** Whether the handler asked for the work folder. */
  hasWorkDir(): boolean;
}

function openRun<O, P, S>(order: RunOrder, handler: Handler<O, P, S>, port: AttemptPort, signal: AbortSignal, { outputDir, book }: { outputDir: string; book: DraftBook }): Run<O, P, S> {
  const { plan, parts } = restore(order, handler, port);
  const isFresh = plan === undefined;
  let mediaSeconds = 0;
  let hasWorkDir = false;
  const known = { plan, parts };
  const context: AttemptContext<O, P, S> = {
    task: {
      id: order.task.id, type: order.task.type, recipe: order.task.recipe, suffix: order.suffix, inputs: order.task.inputs,
      options: parseOptions(order, handler), attempt: order.task.attempt,
    },
    tools: order.tools,
    signal,
    // Made when a handler first asks: seconds-long tasks never do.
    get workDir() {
      makeWorkDir(order.workDir);
      hasWorkDir = true;
      return order.workDir;
    },
    outputDir,
    checkpoint: {
      get plan() { return known.plan; },
      get parts() { return known.parts; },
      async savePlan(next, partsTotal) {
        await port.savePlan(next, partsTotal);
        known.plan = next;
        known.parts = new Map();
      },
      async savePart(index, part) {
        await port.savePart(index, part);
        known.parts.set(index, part);
      },
    },
    pace: order.pace,
    dependencies: order.dependencies,
    groupName: order.groupName,
    draft: (fileName: string): Draft => book.draft(fileName),
    keepDocument: (document) => port.saveDocument(document),
    progress: ({ current, total, message }) => port.progress(current, total, message),
    estimate: (estimate) => {
      mediaSeconds = estimate.mediaSeconds;
      port.estimate(estimate);
    },
    log: (line) => port.log(line),
    warn: (sentence) => port.warn(sentence),
  };
  return {
    context,
    pace: (elapsedMs) => (isFresh && mediaSeconds > 0 ? elapsedMs / 1000 / mediaSeconds : null),
    hasWorkDir: () => hasWorkDir,
  };
}

function parseOptions<O, P, S>(order: RunOrder, handler: Handler<O, P, S>): O {
  const parsed = handler.options.safeParse(order.task.options);
  if (!parsed.success) throw new TaskError('OPTION_INVALID', `The stored options of task ${order.task.id} are not valid any more. Add it again.`, { details: parsed.error.message });
  return parsed.data;
}

/** Stored data is untrusted input: a plan or a part that does not fit its schema is made again. */
function restore<O, P, S>(order: RunOrder, handler: Handler<O, P, S>, port: AttemptPort): { plan: P | undefined; parts: Map<number, S> } {
  const parts = new Map<number, S>();
  if (order.plan === undefined || order.plan === null) return { plan: undefined, parts };
  const plan = handler.plan.safeParse(order.plan);
  if (!plan.success) {
    port.log(`the stored plan does not fit any more and is made again: ${plan.error.message}`);
    return { plan: undefined, parts };
  }
  for (const { index, part } of order.parts) {
    const parsed = handler.part.safeParse(part);
    if (parsed.success) parts.set(index, parsed.data);
    else port.log(`part ${index} of the checkpoint does not fit any more and is made again`);
  }
  return { plan: plan.data, parts };
}

function isOverwriting(order: RunOrder): boolean {
  return order.task.options['overwrite'] === true;
}

function firstInput(order: RunOrder): string {
  const [input] = order.task.inputs;
  if (input === undefined) throw new TaskError('INTERNAL', `Task ${order.task.id} has no input.`);
  return input;
}

