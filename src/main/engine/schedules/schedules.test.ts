import { describe, expect, it, onTestFinished } from 'vitest';
import { maintenanceOptions } from '../../../shared/options.ts';
import type { Schedule, Timing } from '../../../shared/schedule-contract.ts';
import type { Task } from '../../../shared/task.ts';
import type { Store } from '../store/store.ts';
import { openTestStore } from '../store/test-store.ts';
import { ManualClock } from '../test-clock.ts';
import { BUILT_IN } from './built-in.ts';
import { Schedules, type SchedulesOptions } from './schedules.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

interface World {
  readonly store: Store;
  readonly clock: ManualClock;
  zone: string;
}

async function openWorld(): Promise<World> {
  return { store: await openTestStore(), clock: new ManualClock(), zone: 'Europe/Berlin' };
}

/** A start of the engine's part that fires, as far as the first look. */
async function start(world: World, store: SchedulesOptions['store'] = world.store): Promise<Schedules> {
  const schedules = new Schedules({ store, clock: world.clock, localZone: () => world.zone, onFired: () => undefined, onFault: () => undefined });
  onTestFinished(() => schedules.close());
  schedules.start();
  await schedules.changed();
  return schedules;
}

/** One schedule and no other. */
async function only(world: World, timing: Timing, missed: Schedule['missed'] = 'once'): Promise<number> {
  const schedules = await start(world);
  for (const one of await world.store.listSchedules()) await world.store.changeSchedule(one.id, { ...one, isEnabled: false, nextFor: null }, world.clock.now());
  const now = world.clock.now();
  const id = await world.store.addSchedule({ name: 'mine', isBuiltIn: false, isEnabled: true, timing, missed, action: maintenanceOptions.parse({ action: 'healthCheck' }), nextFor: schedules.nextOf({ timing, isEnabled: true }, now) }, now);
  await schedules.close();
  return id ?? 0;
}

async function tasksOf({ store }: World): Promise<readonly Task[]> {
  return (await store.list({ limit: 1000, offset: 0 })).tasks;
}

async function occasions(world: World): Promise<string[]> {
  return (await tasksOf(world)).map(({ scheduledFor }) => new Date(scheduledFor ?? 0).toISOString()).sort();
}

/** Completes what waits, so that the next occasion has a task of its own. */
async function workOff({ store, clock }: World): Promise<void> {
  for (const { task } of await store.claim({ queue: 'maintenance', limit: 100, leaseOwner: 'test', leaseUntil: clock.now() + 1, now: clock.now() })) {
    await store.complete({ id: task.id, attempt: task.attempt, leaseOwner: 'test', now: clock.now(), durationMs: 0, warnings: [], outputs: [], message: 'done', pace: null });
  }
}

/** Lets time pass in steps, and each step's look come to its end. */
async function pass(world: World, schedules: Schedules, ms: number, stepMs = 60_000): Promise<void> {
  for (let left = ms; left > 0; left -= stepMs) {
    world.clock.advance(Math.min(stepMs, left));
    await schedules.changed();
    await workOff(world);
  }
}

const nightly = (timeZone = 'local'): Timing => ({ kind: 'cron', cron: '0 2 * * *', timeZone });

it('a new data folder has the built-in schedules, each with its next time, and starting again adds none', async () => {
  const world = await openWorld();
  await (await start(world)).close();
  await start(world);
  const stored = await world.store.listSchedules();
  expect(stored.map(({ name, isBuiltIn, isEnabled }) => ({ name, isBuiltIn, isEnabled }))).toEqual(BUILT_IN.map(({ name }) => ({ name, isBuiltIn: true, isEnabled: true })));
  const next = Object.fromEntries(stored.map(({ name, nextFor }) => [name, nextFor === null ? null : new Date(nextFor).toISOString()]));
  // The clock stands at midnight UTC, which is 01:00 in Berlin.
  expect(next).toEqual({
    'clean-up': '2026-01-01T01:00:00.000Z', 'backup': '2026-01-01T01:30:00.000Z', 'hourly-quotas': '2026-01-01T01:00:00.000Z', 'monthly-quotas': '2026-01-31T23:00:00.000Z', 'health-check': '2026-01-01T00:05:00.000Z',
  });
  expect(await tasksOf(world)).toEqual([]);
});

it('each occasion has its task: of schedule, time and type as they are', async () => {
  const world = await openWorld();
  const id = await only(world, nightly());
  const schedules = await start(world);
  await pass(world, schedules, 3 * DAY_MS, HOUR_MS);
  expect(await occasions(world)).toEqual(['2026-01-01T01:00:00.000Z', '2026-01-02T01:00:00.000Z', '2026-01-03T01:00:00.000Z']);
  expect((await tasksOf(world))[0]).toMatchObject({ type: 'maintenance', recipe: 'mine', queue: 'maintenance', inputs: [], scheduleId: id, options: { action: 'healthCheck' } });
});

describe('no occasion is taken twice', () => {
  it('when the engine starts anew in every minute around it', async () => {
    const world = await openWorld();
    await only(world, { kind: 'cron', cron: '*/7 * * * *', timeZone: 'local' });
    for (let minute = 0; minute < 60; minute += 1) {
      const schedules = await start(world);
      world.clock.advance(60_000);
      await schedules.close();
      await workOff(world);
    }
    await start(world);
    const taken = await occasions(world);
    expect(new Set(taken).size).toBe(taken.length);
    expect(taken).toEqual([7, 14, 21, 28, 35, 42, 49, 56, 60].map((minute) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString()));
  });

  it('when it dies before the commit, and when it dies after it', async () => {
    const world = await openWorld();
    await only(world, { kind: 'interval', seconds: 60 });
    const { store } = world;
    for (let round = 0; round < 20; round += 1) {
      const dying: SchedulesOptions['store'] = {
        listSchedules: () => store.listSchedules(), addSchedule: (...args) => store.addSchedule(...args), hasDueQuota: (...args) => store.hasDueQuota(...args),
        fireSchedule: async (firing) => {
          if (round % 2 === 1) await store.fireSchedule(firing);
          throw new Error('killed');
        },
      };
      world.clock.advance(60_000);
      await (await start(world, dying)).close();
      await workOff(world);
      await (await start(world)).close();
      await workOff(world);
    }
    const taken = await occasions(world);
    expect(new Set(taken).size).toBe(taken.length);
    expect(taken).toHaveLength(20);
  });

  it('when two look at the same moment', async () => {
    const world = await openWorld();
    await only(world, { kind: 'interval', seconds: 60 });
    const both = [await start(world), await start(world)];
    for (let minute = 0; minute < 10; minute += 1) {
      world.clock.advance(60_000);
      await Promise.all(both.map((one) => one.changed()));
      await workOff(world);
    }
    expect(await occasions(world)).toHaveLength(10);
  });

  it('when the clock jumps back over it', async () => {
    const world = await openWorld();
    await only(world, nightly('UTC'));
    const schedules = await start(world);
    await pass(world, schedules, 3 * HOUR_MS, HOUR_MS);
    world.clock.set(world.clock.now() - 2 * HOUR_MS);
    await pass(world, schedules, DAY_MS, HOUR_MS);
    expect(await occasions(world)).toEqual(['2026-01-01T02:00:00.000Z']);
    await pass(world, schedules, 2 * HOUR_MS, HOUR_MS);
    expect(await occasions(world)).toEqual(['2026-01-01T02:00:00.000Z', '2026-01-02T02:00:00.000Z']);
  });
});

it('a clock that was years ahead costs one run then, and no occasion after it is set right', async () => {
  const world = await openWorld();
  await only(world, nightly('UTC'));
  const schedules = await start(world);
  const right = world.clock.now();
  world.clock.set(Date.UTC(2031, 5, 1, 12));
  await pass(world, schedules, 60_000);
  world.clock.set(right);
  await pass(world, schedules, 2 * DAY_MS, HOUR_MS);
  expect(await occasions(world)).toEqual(['2026-01-01T02:00:00.000Z', '2026-01-02T02:00:00.000Z', '2031-06-01T02:00:00.000Z']);
});

it('after a sleep over many occasions there is one run, or none where they are skipped', async () => {
  for (const [missed, expected] of [['once', ['2026-01-09T02:00:00.000Z']], ['skip', []]] as const) {
    const world = await openWorld();
    await only(world, nightly('UTC'), missed);
    const schedules = await start(world);
    // Timers stood still meanwhile, as they do while a machine sleeps: the wall clock alone went on.
    world.clock.set(world.clock.now() + 8 * DAY_MS + 12 * HOUR_MS);
    await pass(world, schedules, 120_000);
    expect(await occasions(world)).toEqual(expected);
  }
});

it('another time zone of the machine moves what is `local`, and nothing else', async () => {
  const world = await openWorld();
  await only(world, nightly());
  const schedules = await start(world);
  world.zone = 'Asia/Tokyo';
  await pass(world, schedules, 60_000);
  await pass(world, schedules, DAY_MS, HOUR_MS);
  expect(await occasions(world)).toEqual(['2026-01-01T17:00:00.000Z']);
});

it('02:30 comes once on the day that skips it and once on the day that doubles it', async () => {
  for (const [day, expected] of [[Date.UTC(2026, 2, 29), '2026-03-29T01:00:00.000Z'], [Date.UTC(2026, 9, 25), '2026-10-25T00:30:00.000Z']] as const) {
    const world = await openWorld();
    world.clock.set(day - HOUR_MS / 2);
    await only(world, { kind: 'cron', cron: '30 2 * * *', timeZone: 'Europe/Berlin' });
    await pass(world, await start(world), 6 * HOUR_MS, HOUR_MS / 4);
    expect(await occasions(world)).toEqual([expected]);
  }
});

it('while its task is not over a schedule adds no other', async () => {
  const world = await openWorld();
  await only(world, { kind: 'interval', seconds: 60 });
  const schedules = await start(world);
  for (let minute = 0; minute < 5; minute += 1) {
    world.clock.advance(60_000);
    await schedules.changed();
  }
  expect(await tasksOf(world)).toHaveLength(1);
  const [schedule] = (await world.store.listSchedules()).filter(({ name }) => name === 'mine');
  expect(schedule?.nextFor).toBe(world.clock.now() + 60_000);
});

it('what is disabled does not fire, and what is enabled again makes up for nothing', async () => {
  const world = await openWorld();
  const id = await only(world, { kind: 'interval', seconds: 60 });
  const schedules = await start(world);
  const [mine] = (await world.store.listSchedules()).filter((one) => one.id === id);
  if (mine === undefined) throw new Error('It is gone.');
  await world.store.changeSchedule(id, { ...mine, isEnabled: false, nextFor: null }, world.clock.now());
  await pass(world, schedules, 10 * 60_000);
  await world.store.changeSchedule(id, { ...mine, isEnabled: true, nextFor: schedules.nextOf(mine, mine.createdAt) }, world.clock.now());
  await schedules.changed();
  expect(await tasksOf(world)).toEqual([]);
  await pass(world, schedules, 60_000);
  expect(await tasksOf(world)).toHaveLength(1);
});

it('run now adds a task beside the times, and answers with the one that waits already', async () => {
  const world = await openWorld();
  const id = await only(world, nightly());
  const schedules = await start(world);
  const [before] = (await world.store.listSchedules()).filter((one) => one.id === id);
  if (before === undefined) throw new Error('It is gone.');
  const first = await schedules.runNow(before);
  world.clock.advance(1000);
  expect(first).toMatchObject({ isNew: true });
  expect(await schedules.runNow(before)).toEqual({ taskId: first.taskId, isNew: false });
  expect((await world.store.listSchedules()).find((one) => one.id === id)?.nextFor).toBe(before.nextFor);
});

it('quotas that nobody uses get no task', async () => {
  const world = await openWorld();
  const schedules = await start(world);
  await pass(world, schedules, 2 * HOUR_MS, HOUR_MS / 2);
  expect((await tasksOf(world)).filter(({ recipe }) => recipe === 'hourly-quotas')).toEqual([]);
});
