import { mkdir, writeFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempDir } from '../store/test-store.ts';
import { readHeat } from './heat.ts';
import { readMemory } from './memory.ts';
import { readProcess } from './process-use.ts';

async function write(root: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), `${text}\n`);
  }
}

const MEMINFO = 'MemTotal:        8000000 kB\nMemFree:          100000 kB\nMemAvailable:    5000000 kB';
const KB = 1024;

describe('free memory', () => {
  const read = async (files: Readonly<Record<string, string>>) => {
    const root = await tempDir();
    await write(root, { 'proc/meminfo': MEMINFO, ...files });
    return readMemory({ procDir: join(root, 'proc'), cgroupDir: join(root, 'cgroup') }, 'linux');
  };

  it('is what the kernel says is available, not what nobody uses', async () => {
    expect(await read({})).toEqual({ freeBytes: 5_000_000 * KB, totalBytes: 8_000_000 * KB });
  });

  it('is less where a control group allows less, also one above ours; files that were only read do not count', async () => {
    const group = { 'proc/self/cgroup': '0::/user/app', 'cgroup/user/app/memory.max': 'max', 'cgroup/user/app/memory.current': '1000' };
    expect(await read({ ...group, 'cgroup/user/memory.max': '2000000', 'cgroup/user/memory.current': '1500000', 'cgroup/user/memory.stat': 'anon 1\ninactive_file 300000' }))
      .toEqual({ freeBytes: 800_000, totalBytes: 2_000_000 });
    expect(await read(group)).toMatchObject({ totalBytes: 8_000_000 * KB });
  });

  it('knows the older control groups too, and their way to say that there is no limit', async () => {
    const group = (limit: string) => ({ 'proc/self/cgroup': '4:memory:/app\n0::/', 'cgroup/memory/app/memory.limit_in_bytes': limit, 'cgroup/memory/app/memory.usage_in_bytes': '600000' });
    expect(await read(group('1000000'))).toEqual({ freeBytes: 400_000, totalBytes: 1_000_000 });
    expect(await read(group('9223372036854771712'))).toMatchObject({ totalBytes: 8_000_000 * KB });
  });

  it('of this machine is more than nothing and at most all there is', async () => {
    const { freeBytes, totalBytes } = await readMemory();
    expect(freeBytes).toBeGreaterThan(0);
    expect(totalBytes).toBeLessThanOrEqual(totalmem());
  });
});

describe('heat', () => {
  const zone = (celsius: number, more: Readonly<Record<string, string>> = {}) => ({
    temp: String(celsius * 1000), mode: 'enabled', trip_point_0_type: 'passive', trip_point_0_temp: '85000', trip_point_1_type: 'critical', trip_point_1_temp: '100000', ...more,
  });
  const read = async (before: 'cool' | 'warm' | 'hot', ...zones: Readonly<Record<string, string>>[]) => {
    const root = await tempDir();
    for (const [index, files] of zones.entries()) await write(join(root, `thermal_zone${index}`), files);
    await write(join(root, 'cooling_device0'), { type: 'Fan' });
    return readHeat(before, root);
  };

  it('is what the hottest zone says of its own trip points', async () => {
    expect(await read('cool', zone(60), zone(84))).toBe('cool');
    expect(await read('cool', zone(60), zone(85))).toBe('warm');
    expect(await read('cool', zone(95), zone(60))).toBe('hot');
    expect(await read('cool', zone(88, { trip_point_2_type: 'hot', trip_point_2_temp: '88000' }))).toBe('hot');
  });

  it('stays until it is five degrees cooler', async () => {
    expect([await read('hot', zone(91)), await read('hot', zone(89)), await read('warm', zone(81)), await read('warm', zone(79))]).toEqual(['hot', 'warm', 'warm', 'cool']);
  });

  it('is not told by trip points that mean nothing, by disabled zones and by what is none', async () => {
    expect(await read('cool', zone(60, { trip_point_0_temp: '0', trip_point_1_temp: '-274000' }), zone(99, { mode: 'disabled' }), { temp: 'broken' })).toBe('cool');
    expect(await readHeat('hot', '/none')).toBe('cool');
  });
});

it.skipIf(process.platform !== 'linux')('a process\'s use is what the kernel counts of it; one that is gone uses nothing', async () => {
  const held = Buffer.alloc(64_000_000, 1);
  const use = await readProcess(process.pid);
  expect(use?.parentPid).toBe(process.ppid);
  expect(use?.memoryBytes).toBeGreaterThan(held.length);
  expect(use?.peakBytes).toBeGreaterThanOrEqual(use?.memoryBytes ?? Infinity);
  expect(use?.processorSeconds).toBeGreaterThan(0);
  expect(await readProcess(2 ** 30)).toBeNull();
});
