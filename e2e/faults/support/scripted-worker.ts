/**
 * A worker process for volume: the product's own attempt, checkpoints, drafts and publishing around a handler that does what its input says and
 * writes down that it did. Bundled by rig.ts; it goes on until the engine is gone, as the product's worker does.
 */
import { appendFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';
import type { AttemptContext, Handler } from '../../../src/main/engine/handlers/handler.ts';
import { isIntact, keepFile, storedFile, syncFile } from '../../../src/main/engine/media/durable-file.ts';
import { openEngineChannel } from '../../../src/main/engine/workers/engine-channel.ts';
import { serveOrders } from '../../../src/main/engine/workers/serve.ts';
import { TaskError } from '../../../src/shared/errors.ts';
import type { TaskType } from '../../../src/shared/task.ts';
import { partContent, script, wholeContent, type LedgerLine, type Script } from './script.ts';

const part = z.object({ file: storedFile });
type Context = AttemptContext<object, object, z.infer<typeof part>>;

function scripted(type: TaskType): Handler<object, object, z.infer<typeof part>> {
  return {
    type, options: z.looseObject({}), plan: z.looseObject({}), part,
    async perform(context) {
      const orders = await readOrders(context);
      note(context, orders, 'begin', null);
      if (context.checkpoint.plan === undefined) await context.checkpoint.savePlan({}, orders.parts);
      for (let index = 0; index < orders.parts; index += 1) await makePart(context, orders, index);
      const draft = context.draft(`${basename(String(context.task.inputs[0]), extname(String(context.task.inputs[0])))}.out`);
      const files = Array.from({ length: orders.parts }, (_, index) => context.checkpoint.parts.get(index)?.file.name ?? '');
      await writeFile(draft.tempPath, Buffer.concat(await Promise.all(files.map((name) => readFile(join(context.workDir, name))))));
      await syncFile(draft.tempPath);
      return [draft];
    },
    async check(drafts, context) {
      const orders = await readOrders(context);
      for (const { tempPath } of drafts) {
        if (!(await readFile(tempPath)).equals(wholeContent(orders))) throw new TaskError('OUTPUT_CHECK_FAILED', `The output of ${orders.name} is not what its parts make.`);
      }
      note(context, orders, 'end', null);
    },
  };
}

async function readOrders(context: Context): Promise<Script> {
  return script.parse(JSON.parse(await readFile(String(context.task.inputs[0]), 'utf8')));
}

async function makePart(context: Context, orders: Script, index: number): Promise<void> {
  const stored = context.checkpoint.parts.get(index);
  if (stored !== undefined && (await isIntact(context.workDir, stored.file))) return;
  if (index === orders.parts - 1) await end(orders.endings[String(context.task.attempt)] ?? orders.endings['*']);
  note(context, orders, 'part', index);
  await wait(orders.partMs, undefined, { signal: context.signal });
  const tempPath = join(context.workDir, `${index}.${context.task.attempt}.part`);
  await writeFile(tempPath, partContent(orders, index));
  await context.checkpoint.savePart(index, { file: await keepFile(tempPath, join(context.workDir, String(index))) });
  context.progress({ current: index + 1, total: orders.parts, message: `part ${index}` });
}

/** One write in append mode: lines of several processes stand in the order in which they were written. */
function note({ task }: Context, { ledger }: Script, what: LedgerLine['what'], index: number | null): void {
  appendFileSync(ledger, `${JSON.stringify({ attempt: task.attempt, pid: process.pid, what, index } satisfies LedgerLine)}\n`);
}

async function end(way: Script['endings'][string] | undefined): Promise<void> {
  switch (way) {
    case undefined:
      return;
    case 'fail':
      throw new TaskError('TOOL_FAILED', 'It failed as its script says. Try it again.', { retryable: true });
    case 'fail for good':
      throw new TaskError('INPUT_DAMAGED', 'It failed for good as its script says. Choose another file.');
    case 'crash':
      process.kill(process.pid, 'SIGKILL');
      break;
    case 'segfault':
      process.kill(process.pid, 'SIGSEGV');
      break;
    case 'stop itself':
      process.kill(process.pid, 'SIGSTOP');
      break;
    case 'eat memory':
      eatMemory();
      break;
    case 'throw':
      queueMicrotask(() => { throw new Error('Nobody catches this, as its script says.'); });
      break;
  }
  await new Promise(() => undefined);
}

/** Up to V8's limit, which ends the process. */
function eatMemory(): void {
  const eaten: unknown[] = [];
  for (;;) eaten.push(new Array(100_000).fill(eaten.length));
}

process.on('uncaughtException', (fault) => {
  console.error(fault.message);
  process.exit(1);
});

const types: readonly TaskType[] = ['video_thumbnail', 'video_convert', 'transcribe'];
serveOrders(new Map(types.map((type) => [type, scripted(type)])), openEngineChannel(process));
