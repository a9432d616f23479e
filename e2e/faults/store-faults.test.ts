/** The queue's own files on a disk that answers with errors: nothing acknowledged is lost or doubled, and saving goes on by itself. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';
import { findProblem, listBackups } from '../../src/main/engine/store/backups.ts';
import { openStore } from '../../src/main/engine/store/client.ts';
import { T0, THREAD_PATH } from '../../src/main/engine/store/test-store.ts';
import { compileShim, ERRNO, Shim, whyNoCompiler } from './support/native.ts';

const STORE = join(import.meta.dirname, '../../src/main/engine/store');
const why = whyNoCompiler();

it.skipIf(why !== null)(`saves are repeated through write errors until they are committed, once${why === null ? '' : ` (skipped: ${why})`}`, async () => {
  const dir = mkdtempSync(join(tmpdir(), 'longhaul-store-faults-'));
  const data = join(dir, 'data');
  const shim = new Shim(compileShim(dir), join(dir, 'control'), { prefix: data });
  const child = spawn(process.execPath, [join(STORE, 'test-persister.ts'), data, THREAD_PATH, String(T0)], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...shim.env } });
  onTestFinished(() => {
    child.kill('SIGKILL');
    rmSync(dir, { recursive: true, force: true });
  });
  const acknowledged = new Map<number, number>();
  const told: string[] = [];
  const exited = once(child, 'close');
  let rounds = 0;
  for await (const line of createInterface(child.stdout)) {
    const [kind = '', id = '', number = ''] = line.split(' ');
    if (kind === 'id') acknowledged.set(Number(id), Number(number));
    else told.push(line);
    // In the midst of saving, at another place each time.
    if (kind === 'id' && Number(number) % 13 === 0) shim.failWrites(rounds % 2 === 0 ? ERRNO.EIO : ERRNO.ENOSPC);
    if (kind === 'trouble') shim.failWrites(0);
    if (line === 'mended') rounds += 1;
    if (rounds === 4) break;
  }
  child.kill('SIGKILL');
  await exited;
  expect(told.filter((line) => line.startsWith('trouble')).map((line) => line.split(' ')[1])).toEqual(expect.arrayContaining(['STORE_FAILED', 'DISK_FULL']));
  const store = await openStore({ dir: data, threadPath: THREAD_PATH, now: T0 });
  onTestFinished(() => store.close());
  expect(store.recovery).toBeNull();
  const { tasks } = await store.list({ limit: 100_000, offset: 0 });
  const inputs = tasks.map((task) => task.inputs[0]);
  expect(new Set(inputs).size).toBe(inputs.length);
  for (const number of acknowledged.values()) expect(inputs).toContain(`/audio/${number}.wav`);
  for (const { name } of listBackups(data)) expect(findProblem(data, name)).toBeNull();
});
