import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DISCARD_FLAG, KEY_FLAG, type PacketList } from '../../media/packets.ts';
import { countFrames, framesBetween, keyBefore, loadTimeline, readTimeline, saveTimeline, type Timeline } from './timeline.ts';

const MILLISECONDS = { numerator: 1, denominator: 1000 };

/** Packets in file order: [pts, dts, flags]. */
function packets(list: readonly (readonly [number, number, number])[]): PacketList {
  return { pts: Float64Array.from(list, ([pts]) => pts), dts: Float64Array.from(list, ([, dts]) => dts), durations: Float64Array.from(list, () => 40), flags: Uint8Array.from(list, ([, , flags]) => flags), isCutShort: false };
}

/** Two groups of I B P with reordering. */
const GROUPS = packets([[0, -40, KEY_FLAG], [80, 0, 0], [40, 40, 0], [120, 80, KEY_FLAG], [200, 120, 0], [160, 160, 0]]);

function timelineOf(list: PacketList): Timeline {
  const read = readTimeline(list, MILLISECONDS, ['mov']);
  if ('reason' in read) throw new Error(read.reason);
  return read.timeline;
}

describe('readTimeline', () => {
  it('sorts frames as they are shown and knows where the last one ends', () => {
    expect(timelineOf(GROUPS)).toEqual({ pts: Float64Array.of(0, 40, 80, 120, 160, 200), keys: Float64Array.of(0, 120), endPts: 240 });
  });

  it('leaves out what an edit list hides', () => {
    expect(timelineOf(packets([[0, 0, KEY_FLAG | DISCARD_FLAG], [40, 40, DISCARD_FLAG], [80, 80, 0], [120, 120, KEY_FLAG]]))).toMatchObject({ pts: Float64Array.of(80, 120), keys: Float64Array.of(120) });
  });

  const refusals: [string, PacketList, readonly string[], RegExp][] = [
    ['frames without a time', packets([[0, 0, KEY_FLAG], [NaN, 40, 0]]), ['avi'], /carry no time/],
    ['two frames at one time', packets([[0, 0, KEY_FLAG], [0, 40, 0]]), ['mov'], /the same time/],
    ['a clock that is set back', packets([[0, 0, KEY_FLAG], [40, 40, 0], [20, 20, KEY_FLAG]]), ['mov'], /set back/],
    ['a leap in a transport stream', packets([[0, 0, KEY_FLAG], [20_000, 20_000, KEY_FLAG]]), ['mpegts'], /jumps/],
    ['no packets', packets([]), ['mov'], /no packets/],
  ];
  it.each(refusals)('refuses %s', (_, list, formats, reason) => {
    expect(readTimeline(list, MILLISECONDS, formats)).toEqual({ reason: expect.stringMatching(reason) });
  });

  it('takes a long still picture in MP4 for what it is', () => {
    expect(readTimeline(packets([[0, 0, KEY_FLAG], [20_000, 20_000, KEY_FLAG]]), MILLISECONDS, ['mov'])).toHaveProperty('timeline');
  });
});

it('frames and keyframes are found by their times', () => {
  const timeline = timelineOf(GROUPS);
  expect(countFrames(timeline, 40, 160)).toBe(3);
  expect([...framesBetween(timeline, 120, Infinity)]).toEqual([120, 160, 200]);
  expect(keyBefore(timeline, 120, 0)).toBe(120);
  expect(keyBefore(timeline, 120, 1)).toBe(0);
  expect(keyBefore(timeline, 120, 2)).toBeNull();
});

it('a stored timeline is read back as it was', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'longhaul-timeline-'));
  const timeline = timelineOf(GROUPS);
  expect(await saveTimeline(folder, timeline, 1)).toMatchObject({ name: 'timeline.bin', sizeBytes: 80 });
  expect(await loadTimeline(folder)).toEqual(timeline);
  rmSync(folder, { recursive: true });
});
