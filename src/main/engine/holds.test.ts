import { describe, expect, it, onTestFinished } from 'vitest';
import { resolveSettings } from '../../shared/settings.ts';
import { Holds } from './holds.ts';
import type { Heat } from './resources/heat.ts';
import { add, openTestStore } from './store/test-store.ts';
import { ManualClock } from './test-clock.ts';

const GB = 1_000_000_000;

async function setUp(chosen: Record<string, string> = {}) {
  const store = await openTestStore();
  const clock = new ManualClock();
  const settings = { ...chosen };
  /** Free bytes by folder; others are endless. */
  const disks = new Map<string, number>();
  const looks: string[] = [];
  let changes = 0;
  const holds = new Holds({
    settings: () => resolveSettings(settings), store, dataDir: '/data', clock, onChange: () => void (changes += 1),
    freeBytes: (dir) => {
      looks.push(dir);
      return Promise.resolve(disks.get(dir) ?? 100 * GB);
    },
  });
  onTestFinished(() => holds.close());
  return { store, clock, settings, disks, looks, holds, changes: () => changes };
}

describe('a hold', () => {
  it('by the user lasts as long as the setting says so, and interrupts only when it says now', async () => {
    const { holds, settings, changes } = await setUp();
    settings['hold'] = 'afterCurrent';
    holds.settingsChanged();
    expect([holds.reasons, holds.isInterrupting, holds.mayClaim(null)]).toEqual([['user'], false, false]);
    settings['hold'] = 'now';
    holds.settingsChanged();
    expect(holds.isInterrupting).toBe(true);
    delete settings['hold'];
    holds.settingsChanged();
    expect(holds.reasons).toEqual([]);
    expect(changes()).toBe(3);
  });

  it('on battery is one only where the setting wants it', async () => {
    const { holds, settings, changes } = await setUp();
    holds.setByHost('battery', true);
    expect([holds.reasons, changes()]).toEqual([[], 0]);
    settings['holdOnBattery'] = 'on';
    holds.settingsChanged();
    expect([holds.reasons, holds.isInterrupting, changes()]).toEqual([['battery'], true, 1]);
    holds.setByHost('battery', false);
    expect([holds.reasons, changes()]).toEqual([[], 2]);
  });
});

describe('somebody at the machine', () => {
  it('makes work wait, or only take fewer cores, as the setting says', async () => {
    const { holds, settings } = await setUp();
    holds.setByHost('foreground', true);
    expect([holds.reasons, holds.isSlow]).toEqual([[], false]);
    settings['yieldToForeground'] = 'slow';
    expect([holds.reasons, holds.isSlow]).toEqual([[], true]);
    settings['yieldToForeground'] = 'pause';
    expect([holds.reasons, holds.isSlow, holds.isInterrupting]).toEqual([['foreground'], false, true]);
    holds.setByHost('foreground', false);
    expect(holds.reasons).toEqual([]);
  });
});

describe('a machine that gets hot', () => {
  it('is looked at while something is claimed: it slows work when warm, interrupts it when hot, until it is cool again', async () => {
    const store = await openTestStore();
    const clock = new ManualClock();
    const heats: Heat[] = ['warm', 'hot', 'cool'];
    const settings: Record<string, string> = { holdBelowFreeMb: '0' };
    const holds = new Holds({ settings: () => resolveSettings(settings), store, dataDir: '/data', clock, onChange: () => undefined, readHeat: (before) => Promise.resolve(heats.shift() ?? before) });
    onTestFinished(() => holds.close());
    expect(holds.mayClaim(null)).toBe(true);
    clock.advance(15_000);
    await expect.poll(() => [holds.reasons, holds.isSlow]).toEqual([[], true]);
    clock.advance(15_000);
    await expect.poll(() => [holds.reasons, holds.isInterrupting]).toEqual([['heat'], true]);
    clock.advance(15_000);
    await expect.poll(() => [holds.reasons, holds.isSlow]).toEqual([[], false]);
    settings['holdOnHeat'] = 'off';
    holds.setByHost('heat', true);
    expect(holds.reasons).toEqual([]);
  });
});

describe('a disk that is nearly full', () => {
  it('holds, also where it is only the one that the next task writes to, until it has space again', async () => {
    const { store, clock, disks, holds, changes } = await setUp();
    await add(store, { outputDir: '/stick' });
    disks.set('/stick', 0.4 * GB);
    expect(await holds.mayClaim(null)).toBe(false);
    expect(holds.reasons).toEqual(['disk']);
    expect(holds.isInterrupting).toBe(false);
    disks.set('/stick', 0.6 * GB);
    clock.advance(29_000);
    expect(holds.reasons).toEqual(['disk']);
    clock.advance(1_000);
    await expect.poll(() => holds.reasons).toEqual([]);
    expect(changes()).toBe(2);
  });

  it('is looked at again at once when the limit is changed', async () => {
    const { disks, settings, holds } = await setUp();
    disks.set('/data', 0.4 * GB);
    expect(await holds.mayClaim(null)).toBe(false);
    settings['holdBelowFreeMb'] = '300';
    holds.settingsChanged();
    await expect.poll(() => holds.reasons).toEqual([]);
  });

  it('is not looked at more often than every two seconds, and never where the limit is 0', async () => {
    const { store, clock, looks, settings, holds } = await setUp();
    await add(store);
    expect(await holds.mayClaim(null)).toBe(true);
    expect(holds.mayClaim(null)).toBe(true);
    expect(looks).toEqual(['/data', '/videos']);
    clock.advance(2_000);
    expect(await holds.mayClaim(null)).toBe(true);
    expect(looks).toHaveLength(4);
    settings['holdBelowFreeMb'] = '0';
    clock.advance(2_000);
    expect(holds.mayClaim(null)).toBe(true);
    expect(looks).toHaveLength(4);
  });

  it('is known by the folder above where the folder is yet to be made', async () => {
    const store = await openTestStore();
    const holds = new Holds({ settings: () => resolveSettings({ holdBelowFreeMb: '10000000' }), store, dataDir: `${store.dir}/not/there/yet`, clock: new ManualClock(), onChange: () => undefined });
    onTestFinished(() => holds.close());
    // Ten terabytes are free on no machine that runs this.
    expect(await holds.mayClaim(null)).toBe(false);
  });
});
