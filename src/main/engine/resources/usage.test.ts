import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { tempDir } from '../store/test-store.ts';
import { ManualClock } from '../test-clock.ts';
import type { ProcessUse } from './process-use.ts';
import { Usage } from './usage.ts';

const of = (change: Partial<ProcessUse>): ProcessUse => ({ parentPid: 1, memoryBytes: 0, peakBytes: 0, processorSeconds: 0, ...change });

async function setUp() {
  const clock = new ManualClock();
  const processes = new Map<number, ProcessUse>();
  const dir = await tempDir();
  const usage = new Usage({ clock, storeId: 'abcd', readProcess: (pid) => Promise.resolve(processes.get(pid) ?? null) });
  const start = (id: number, pid: number) => usage.started({ id, pid: () => pid, threads: 2, workDir: join(dir, 'work'), outputDir: dir });
  return { clock, processes, dir, usage, start };
}

it('an attempt used the most that its worker and its tools held together, and the processor between the looks', async () => {
  const { clock, processes, usage, start } = await setUp();
  start(1, 100);
  start(2, 200);
  usage.tool('toolStarted', 101);
  processes.set(100, of({ memoryBytes: 50, peakBytes: 900, processorSeconds: 10 }));
  processes.set(101, of({ parentPid: 100, memoryBytes: 300, peakBytes: 400, processorSeconds: 2 }));
  processes.set(200, of({ memoryBytes: 60 }));
  await usage.sample();
  expect(usage.now(1).memoryBytes).toBe(450);
  clock.advance(2_000);
  usage.tool('toolEnded', 101);
  processes.set(100, of({ memoryBytes: 55, processorSeconds: 15 }));
  await usage.sample();
  // 3 of two cores' 4 seconds.
  expect(usage.ended(1)).toEqual({ memoryBytes: 450, tempBytes: 0, processorShare: 0.75 });
  expect(usage.ended(2)).toMatchObject({ memoryBytes: 60 });
  expect(usage.ended(3)).toBeNull();
});

it('counts parts and drafts of its own, and nothing else that lies there', async () => {
  const { processes, dir, usage, start } = await setUp();
  start(1, 100);
  processes.set(100, of({ memoryBytes: 1 }));
  await usage.sample();
  await mkdir(join(dir, 'work', 'deep'), { recursive: true });
  await writeFile(join(dir, 'work', 'deep', 'part'), Buffer.alloc(1000));
  for (const name of ['.longhaul-abcd-1-1-0.part.mp4', '.longhaul-abcd-2-1-0.part.mp4', 'film.mp4']) await writeFile(join(dir, name), Buffer.alloc(70));
  await usage.measureFiles();
  expect(usage.now(1)).toEqual({ memoryBytes: 1, workBytes: 1000, draftBytes: 70 });
  expect(usage.draftBytes).toBe(70);
  expect(usage.ended(1)).toMatchObject({ tempBytes: 1070 });
  expect(usage.draftBytes).toBe(0);
});

it('looks every three seconds while something runs, and not at all when nothing does', async () => {
  const { clock, processes, usage, start } = await setUp();
  processes.set(100, of({ memoryBytes: 7 }));
  start(1, 100);
  clock.advance(3_000);
  await expect.poll(() => usage.now(1).memoryBytes).toBe(7);
  usage.ended(1);
  processes.set(100, of({ memoryBytes: 9 }));
  clock.advance(60_000);
  expect(usage.now(1).memoryBytes).toBe(0);
});
