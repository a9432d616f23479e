/** A worker process whose handler does what its input file says: for tests of the engine around it. */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';
import { TaskError } from '../../shared/errors.ts';
import type { TaskType } from '../../shared/task.ts';
import type { Handler } from './handlers/handler.ts';
import { handler as report } from './handlers/report/index.ts';
import { runTool } from './media/child.ts';
import { serveOrders } from './workers/serve.ts';

/** What an input file says. Attempts count from 1. */
export const script = z.object({
  /** Parts to make, one checkpoint each; the output lists the attempt that made each. */
  parts: z.int().default(1),
  partMs: z.number().default(0),
  /** After this many new parts, the attempt ends by the way given for it. */
  endAfterParts: z.int().default(1),
  /** A program and its arguments, run before the first part. */
  command: z.tuple([z.string()]).rest(z.string()).optional(),
  /** Says so often in its log that it is still there, which is no progress. */
  murmurMs: z.number().optional(),
  /** Bytes that the worker keeps for good after this task, in millions. */
  leakMb: z.number().default(0),
  /** A part that is in work when it is stopped is saved all the same. */
  savesLate: z.boolean().default(false),
  /** Saves a part of a number that no part has, which the store refuses for good. */
  savesNonsense: z.boolean().default(false),
  /** Kept when the parts are done. */
  document: z.json().optional(),
  /** `wait`: no end, but a stand until it is stopped or a file `go` lies beside its input. What a test does meanwhile comes neither too early nor too late. */
  endings: z.record(z.string(), z.enum(['wait', 'fail', 'fail for good', 'crash', 'hang', 'freeze', 'freeze and go on', 'freeze at check', 'disk full', 'rate limit'])).default({}),
});
export type Script = z.input<typeof script>;

function scripted(type: TaskType): Handler<{ overwrite: boolean }, { parts: number }, { attempt: number }> {
  return {
    type,
    options: z.looseObject({ overwrite: z.boolean() }),
    plan: z.object({ parts: z.int() }),
    part: z.object({ attempt: z.int() }),
    async perform(context) {
      const { attempt, inputs } = context.task;
      const { parts, partMs, endAfterParts, endings, command, document, murmurMs, savesLate, savesNonsense, leakMb } = script.parse(JSON.parse(await readFile(String(inputs[0]), 'utf8')));
      const ending = endings[String(attempt)];
      if (leakMb > 0) leaked.push(Buffer.alloc(leakMb * 1_000_000, 1));
      if (murmurMs !== undefined) setInterval(() => context.log('still here'), murmurMs).unref();
      if (!context.checkpoint.plan) await context.checkpoint.savePlan({ parts }, parts);
      if (savesNonsense) await context.checkpoint.savePart(-1, { attempt });
      if (command) await runTool({ path: command[0], args: command.slice(1), signal: context.signal });
      let made = 0;
      for (let index = 0; index < parts; index += 1) {
        if (context.checkpoint.parts.has(index)) continue;
        if (made === endAfterParts && ending === 'wait') await goAhead(String(inputs[0]), context.signal);
        else if (made === endAfterParts && ending !== undefined && !ending.startsWith('freeze a')) await end(ending);
        const stopped = await wait(partMs, null, { signal: context.signal }).catch((error: unknown) => error);
        if (stopped instanceof Error && !savesLate) throw stopped;
        await writeFile(join(context.workDir, String(index)), '');
        await context.checkpoint.savePart(index, { attempt });
        if (stopped instanceof Error) throw stopped;
        made += 1;
        context.progress({ current: index + 1, total: parts, message: `part ${index}` });
      }
      if (document !== undefined) await context.keepDocument(document);
      if (ending !== undefined && ending !== 'wait' && ending !== 'freeze at check') await end(ending);
      const draft = context.draft('made.txt');
      await writeFile(draft.tempPath, [...context.checkpoint.parts.values()].map((part) => part.attempt).join(','));
      return [draft];
    },
    async check(drafts, { task: { attempt, inputs } }) {
      if (script.parse(JSON.parse(await readFile(String(inputs[0]), 'utf8'))).endings[String(attempt)] === 'freeze at check') await end('freeze and go on');
      for (const { tempPath } of drafts) await readFile(tempPath);
    },
  };
}

/** What the process never gives back. */
const leaked: Buffer[] = [];

async function goAhead(input: string, signal: AbortSignal): Promise<void> {
  while (!existsSync(join(dirname(input), 'go'))) await wait(10, null, { signal });
}

async function end(way: string): Promise<void> {
  if (way === 'fail') throw new TaskError('TOOL_FAILED', 'It failed as its script says.', { retryable: true });
  if (way === 'fail for good') throw new TaskError('INPUT_DAMAGED', 'It failed for good as its script says.');
  if (way === 'rate limit') throw new TaskError('RATE_LIMITED', 'Too many at once, as its script says.', { retryAfterMs: 30_000 });
  if (way === 'disk full') throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
  if (way === 'crash') process.kill(process.pid, 'SIGKILL');
  if (way.startsWith('freeze')) process.kill(process.pid, 'SIGSTOP');
  if (way === 'freeze and go on') return;
  await new Promise(() => undefined);
}

process.on('disconnect', () => process.exit(0));
serveOrders(new Map([scripted('video_thumbnail'), scripted('transcribe'), report].map((handler) => [handler.type, handler])), {
  send: (message) => void process.send?.(message),
  onMessage: (listener) => void process.on('message', listener),
});
