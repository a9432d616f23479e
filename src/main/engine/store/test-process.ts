/** Starts test-inserter.ts as a process and follows what it prints. */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { T0, THREAD_PATH } from './test-store.ts';

export interface Inserter {
  /** Ids it has acknowledged so far. */
  readonly acknowledged: readonly number[];
  /** Settles when it has acknowledged so many; rejects when it ends before. */
  reached(count: number): Promise<void>;
  /** kill -9; settles when it is gone and all that it printed has been read. */
  kill(): Promise<void>;
}

/** Settles when its store is open. */
export async function startInserter(dir: string): Promise<Inserter> {
  const child = spawnInserter(dir);
  let complaints = '';
  child.stderr.on('data', (chunk) => (complaints += String(chunk)));
  const exited = once(child, 'close');
  const acknowledged: number[] = [];
  const lines = createInterface(child.stdout);
  const closed = once(lines, 'close');
  const opened = Promise.withResolvers<void>();
  let target = { count: Infinity, reach: Promise.withResolvers<void>() };
  lines.on('line', (line) => {
    if (line === 'open') opened.resolve();
    else acknowledged.push(Number(line));
    if (acknowledged.length >= target.count) target.reach.resolve();
  });
  void exited.then(() => {
    opened.reject(new Error(`The inserter ended before its store was open: ${complaints}`));
    target.reach.reject(new Error(`The inserter ended after ${acknowledged.length} ids: ${complaints}`));
  });
  target.reach.promise.catch(() => undefined);
  await opened.promise;
  return {
    acknowledged,
    reached(count) {
      target = { count, reach: target.reach };
      if (acknowledged.length >= count) target.reach.resolve();
      return target.reach.promise;
    },
    async kill() {
      child.kill('SIGKILL');
      await Promise.all([exited, closed]);
    },
  };
}

/** Kills one, kill -9, as soon as its database file has a name: in the midst of making it. Settles when it is gone. */
export async function killInserterAtCreation(dir: string): Promise<void> {
  const child = spawnInserter(dir);
  const exited = once(child, 'close');
  // Not in a tight loop, which would take the processor from the process that is to get there.
  while (!existsSync(join(dir, 'longhaul.db')) && child.exitCode === null) await wait(1);
  child.kill('SIGKILL');
  await exited;
}

function spawnInserter(dir: string): ChildProcessByStdio<null, Readable, Readable> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'test-inserter.ts'), dir, THREAD_PATH, String(T0)], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}
