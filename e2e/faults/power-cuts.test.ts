/**
 * Power cuts on a file system of the test's own: everybody stands still, the file system forgets what was not synced, and a new start finds what the
 * disk has. Nothing that was acknowledged may be gone: no task, no end of a task, no byte of an output that was told as done.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { LoopDisk, whyNoLoopDisks } from './support/disks.ts';
import { compileCutPower, compileShim, Shim, whyNoCompiler } from './support/native.ts';
import { countOf, randomFrom, SEED } from './support/random.ts';
import { report, reportControl, reportSkipped, type Findings } from './support/report.ts';
import { allTasks, bundle, childrenOf, Rig, until, untilIdle, type RunningEngine } from './support/rig.ts';
import { judge } from './support/verdict.ts';

const POWER_CUTS = countOf('POWER_CUTS', 3);
const CONTROL_CUTS = countOf('CONTROL_CUTS', 1);

let code: Awaited<ReturnType<typeof bundle>>;

beforeAll(async () => {
  code = await bundle();
});
afterAll(() => code.remove());

describe(`power cuts on an ext4 of its own (SEED=${SEED})`, () => {
  it(`${POWER_CUTS} times: nothing acknowledged is lost`, async ({ skip }) => {
    const reason = whyNoCompiler() ?? whyNoLoopDisks();
    if (reason !== null) {
      reportSkipped('power', 'honest disk', reason);
      return skip(reason);
    }
    const sum = await cutOften(POWER_CUTS, { isLying: false });
    report('power', 'honest disk', sum);
  }, 1_200_000);

  it(`${CONTROL_CUTS} times on a disk that lies about its syncs: something is lost, or this test sees nothing`, async ({ skip }) => {
    const reason = whyNoCompiler() ?? whyNoLoopDisks();
    if (reason !== null) {
      reportSkipped('power', 'control: a lying disk', reason);
      return skip(reason);
    }
    const sum = await cutOften(CONTROL_CUTS, { isLying: true });
    reportControl('power', 'control: a lying disk', sum);
  }, 600_000);
});

async function cutOften(cuts: number, { isLying }: { isLying: boolean }): Promise<Findings> {
  const random = randomFrom(SEED);
  const sum = { runs: cuts, lost: 0, doubled: 0, overlapping: 0, halfWritten: 0, redone: 0, acknowledged: 0, ended: 0 };
  const recoveryMs: number[] = [];
  for (let cut = 0; cut < cuts; cut += 1) {
    const found = await cutOnce(random, isLying);
    for (const name of ['lost', 'doubled', 'overlapping', 'halfWritten', 'redone', 'acknowledged', 'ended'] as const) sum[name] += found[name];
    recoveryMs.push(...found.recoveryMs);
  }
  return { ...sum, recoveryMs, note: `${sum.acknowledged} tasks acknowledged, ${sum.ended} told as completed before the cuts` };
}

async function cutOnce(random: () => number, isLying: boolean) {
  const disk = new LoopDisk();
  const rig = new Rig({ code: code.scripted, dataDir: join(disk.dir, 'data'), outDir: join(disk.dir, 'out') });
  try {
    await rig.ignoreFreeSpace();
    // As a disk that has been in use: what is lost below was lost by the cut, not by a folder that nobody ever synced.
    execFileSync('sync', ['-f', disk.dir]);
    const shim = new Shim(compileShim(rig.dir), join(rig.dir, 'control'), { prefix: disk.dir });
    if (isLying) shim.lie();
    const engine = await rig.start(shim.env).opened();
    const adding = addUntilGone(rig, engine);
    await wait(600 + 1_200 * random());
    await cutPower(rig, engine, disk);
    await adding;
    const told = new Set(engine.completed);
    await disk.restart();
    return { ...(await judgeAfter(rig, told, isLying)), acknowledged: rig.promised.length, ended: told.size };
  } finally {
    await rig.leave();
    await disk.remove();
  }
}

/** Everybody stands still before the power goes: whatever was acknowledged was so before. */
async function cutPower(rig: Rig, engine: RunningEngine, disk: LoopDisk): Promise<void> {
  const pids = [engine.pid, ...childrenOf(engine.pid)];
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  // What it had said by then is in the pipe, and counts.
  await wait(100);
  execFileSync(compileCutPower(rig.dir), [disk.dir]);
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  await engine.kill();
}

async function judgeAfter(rig: Rig, told: ReadonlySet<number>, isLying: boolean) {
  const engine = rig.start();
  try {
    const { api } = await engine.client();
    const atOnce = await allTasks(api);
    const backAtWork = atOnce.filter(({ id, status }) => told.has(id) && status !== 'completed').length;
    await untilIdle(api, 30_000);
    const verdict = judge(rig, await allTasks(api));
    if (!isLying && verdict.faults.length > 0) console.log(verdict.faults.filter((fault) => !fault.startsWith('redone')).join('\n'));
    return { ...verdict, lost: verdict.lost + backAtWork, recoveryMs: engine.firstBeganMs === undefined ? [] : [engine.firstBeganMs] };
  } catch (error) {
    // With syncs that lie there may be no queue any more: all of it is lost.
    if (!isLying) throw error;
    return { lost: rig.promised.length, doubled: 0, overlapping: 0, halfWritten: 0, redone: 0, recoveryMs: [] };
  } finally {
    await engine.kill();
  }
}

async function addUntilGone(rig: Rig, engine: RunningEngine): Promise<void> {
  try {
    const { api } = await engine.client();
    for (;;) {
      await rig.add(api, 1, { partMs: 5 });
      await wait(10);
    }
  } catch {
    await until('the engine is gone', () => engine.hasEnded);
  }
}
