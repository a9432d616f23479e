/**
 * The wall clock is set while work runs, the machine sleeps beyond every lease, and a worker stands still beyond its lease and goes on. No two attempts
 * of a task may ever be at work at once. Where a lease has to pass, time goes faster for the engine (engine-host.ts); REAL_SLEEP_SECONDS lets it pass.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { finish } from './support/finish.ts';
import { compileShim, Shim, whyNoCompiler } from './support/native.ts';
import { countOf, randomFrom, SEED } from './support/random.ts';
import { report, reportSkipped } from './support/report.ts';
import { allTasks, bundle, childrenOf, Rig, until, untilIdle } from './support/rig.ts';
import { readLedger } from './support/verdict.ts';

const JUMPS = countOf('JUMPS', 12);
const SLEEPS = countOf('SLEEPS', 1);
const FREEZES = countOf('FREEZES', 2);
const REAL_SLEEP_SECONDS = countOf('REAL_SLEEP_SECONDS', 0);
/** The shortest lease is a minute: three seconds here. */
const SPEED = 20;
const LEASE_MS = 60_000;
const HOUR_MS = 3_600_000;

let code: Awaited<ReturnType<typeof bundle>>;

beforeAll(async () => {
  code = await bundle();
});
afterAll(() => code.remove());

describe(`time (SEED=${SEED})`, () => {
  it(`whose wall clock jumps ${JUMPS} times, an hour, a day or ten years either way, runs nothing twice and loses nothing`, async ({ skip }) => {
    const reason = whyNoCompiler();
    if (reason !== null) {
      reportSkipped('clocks', 'wall clock jumps', reason);
      return skip(reason);
    }
    const rig = new Rig({ code: code.scripted });
    const shim = new Shim(compileShim(rig.dir), join(rig.dir, 'control'));
    const random = randomFrom(SEED);
    try {
      const engine = await rig.start(shim.env).opened();
      const { api } = await engine.client();
      for (let jump = 0; jump < JUMPS; jump += 1) {
        await rig.add(api, 2, { partMs: 60 });
        const size = [HOUR_MS, 24 * HOUR_MS, 10 * 365 * 24 * HOUR_MS][Math.trunc(3 * random())] ?? HOUR_MS;
        shim.moveWallClock(random() < 0.5 ? size : -size);
        await wait(300 * random());
      }
      shim.moveWallClock(0);
      await finish(rig, { part: 'clocks', engine, test: 'wall clock jumps', runs: JUMPS });
    } finally {
      await rig.leave();
    }
  }, 300_000);

  it('set back an hour does not put off a retry by an hour', async ({ skip }) => {
    const reason = whyNoCompiler();
    if (reason !== null) {
      reportSkipped('clocks', 'a retry after the clock was set back', reason);
      return skip(reason);
    }
    const rig = new Rig({ code: code.scripted });
    const shim = new Shim(compileShim(rig.dir), join(rig.dir, 'control'));
    try {
      const engine = await rig.start(shim.env).opened();
      const { api } = await engine.client();
      const [task] = await rig.add(api, 1, { endings: { 1: 'fail' } });
      await until('it waits for its retry', async () => (await api.getTask({ id: task?.id ?? 0 })).status === 'retrying');
      const setAt = performance.now();
      shim.moveWallClock(-HOUR_MS);
      await untilIdle(api, 30_000);
      await finish(rig, { part: 'clocks', engine, test: 'a retry after the clock was set back', runs: 1, recoveryMs: [performance.now() - setAt] });
    } finally {
      await rig.leave();
    }
  }, 120_000);

  it.skipIf(process.platform !== 'linux')(`that stands still for all of them (sleep) beyond every lease, ${SLEEPS} times, costs no attempt`, async () => {
    const rig = new Rig({ code: code.scripted, speed: SPEED });
    try {
      const recoveryMs = await sleepOften(rig, SLEEPS, 1.3 * LEASE_MS / SPEED);
      await finish(rig, { part: 'clocks', test: 'sleep beyond the lease', runs: SLEEPS, recoveryMs });
    } finally {
      await rig.leave();
    }
  }, 600_000);

  it.skipIf(process.platform !== 'linux' || REAL_SLEEP_SECONDS === 0)(`that really stands still for ${REAL_SLEEP_SECONDS} s costs no attempt (REAL_SLEEP_SECONDS, only in the long form)`, async () => {
    const rig = new Rig({ code: code.scripted });
    try {
      const recoveryMs = await sleepOften(rig, 1, 1000 * REAL_SLEEP_SECONDS);
      await finish(rig, { part: 'clocks', test: 'sleep in real time', runs: 1, recoveryMs });
    } finally {
      await rig.leave();
    }
  }, 600_000);

  it.skipIf(process.platform !== 'linux')(`that stands still for a worker alone, until about when its lease ends, ${FREEZES} times, runs nothing twice`, async () => {
    const rig = new Rig({ code: code.scripted, speed: SPEED, concurrency: 1 });
    const random = randomFrom(SEED + 1);
    const recoveryMs: number[] = [];
    try {
      const engine = await rig.start().opened();
      const { api } = await engine.client();
      for (let freeze = 0; freeze < FREEZES; freeze += 1) {
        const [task] = await rig.add(api, 1, { parts: 8, partMs: 40 });
        if (task === undefined) throw new Error('Nothing was added.');
        await until('the task has begun', () => readLedger(task).length > 1);
        const pid = readLedger(task).at(-1)?.pid ?? 0;
        process.kill(pid, 'SIGSTOP');
        const stoppedAt = performance.now();
        // Around the moment at which its engine gives it up: before, at the same time, after.
        await wait((LEASE_MS / SPEED) * (0.9 + 0.35 * random()));
        resume(pid);
        await untilIdle(api);
        recoveryMs.push(performance.now() - stoppedAt);
      }
      await finish(rig, { part: 'clocks', engine, test: 'a worker frozen and revived', runs: FREEZES, recoveryMs });
    } finally {
      await rig.leave();
    }
  }, 600_000);
});

/** Nights in Berlin: 02:30 comes twice in the one, and never in the other. They begin hours before: an engine that starts slowly must not oversleep it. */
const NIGHTS = { 'goes back': '2026-10-24T21:00:00Z', 'goes forward': '2026-03-28T21:00:00Z' } as const;
/** Six hours in 24 seconds. */
const NIGHT_SPEED = 900;
const NIGHT_HOURS = 6;

describe('summer time', () => {
  for (const way of ['goes back', 'goes forward'] as const) {
    it(`that ${way} in the night does what is to be done at 02:30 once`, async ({ skip }) => {
      const reason = whyNoCompiler();
      if (reason === null) return spendNight(way);
      reportSkipped('clocks', `summer time ${way}`, reason);
      skip(reason);
    }, 120_000);
  }
});

async function spendNight(way: keyof typeof NIGHTS): Promise<void> {
  const rig = new Rig({ code: code.scripted, speed: NIGHT_SPEED, env: { TZ: 'Europe/Berlin' } });
  const shim = new Shim(compileShim(rig.dir), join(rig.dir, 'control'));
  try {
    mkdirSync(join(rig.dir, 'watched'));
    shim.moveWallClock(Date.parse(NIGHTS[way]) - Date.now());
    const engine = await rig.start(shim.env).opened();
    const { api } = await engine.client();
    const { schedule } = await api.addSchedule({ name: 'nightly', timing: { kind: 'cron', cron: '30 2 * * *' }, folder: join(rig.dir, 'watched'), recipe: 'thumbnail', outputDir: rig.outDir });
    await wait((NIGHT_HOURS * HOUR_MS) / NIGHT_SPEED);
    const fired = (await allTasks(api)).filter((task) => task.scheduleId === schedule.id);
    const times = fired.map(({ scheduledFor, status }) => `${scheduledFor === null ? 'by hand' : new Date(scheduledFor).toISOString()} ${status}`);
    await engine.close();
    report('clocks', `summer time ${way}`, { runs: 1, lost: fired.length === 0 ? 1 : 0, doubled: Math.max(0, fired.length - 1), overlapping: null, halfWritten: null, note: times.join(', ') });
  } finally {
    await rig.leave();
  }
}

async function sleepOften(rig: Rig, sleeps: number, sleepMs: number): Promise<number[]> {
  const recoveryMs: number[] = [];
  const engine = await rig.start().opened();
  for (let sleep = 0; sleep < sleeps; sleep += 1) {
    const tasks = await rig.add((await engine.client()).api, 2, { parts: 10, partMs: 100 });
    await until('both have begun', () => tasks.every((task) => readLedger(task).length > 1));
    // A test's connection would give up a silent server; it is made anew after the sleep, as anybody's.
    (await engine.client()).close();
    const pids = [...childrenOf(engine.pid), engine.pid];
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    await wait(sleepMs);
    const before = tasks.map((task) => readLedger(task));
    for (const pid of pids) process.kill(pid, 'SIGCONT');
    const wokenAt = performance.now();
    await until('they go on', () => tasks.every((task, at) => readLedger(task).length > (before[at]?.length ?? 0)));
    recoveryMs.push(performance.now() - wokenAt);
    await untilIdle((await engine.client()).api);
    // Not the first one in any case: a worker that a busy machine starts slowly may have cost one before.
    for (const [at, task] of tasks.entries()) expect(readLedger(task).at(-1)?.attempt, 'it went on in the attempt that it slept in').toBe(before[at]?.at(-1)?.attempt);
  }
  await engine.close();
  return recoveryMs;
}

/** It may be gone: then its engine was faster. */
function resume(pid: number): void {
  try {
    process.kill(pid, 'SIGCONT');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
