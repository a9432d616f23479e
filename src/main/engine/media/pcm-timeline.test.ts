import { describe, expect, it } from 'vitest';
import { BYTES_PER_SAMPLE, PcmTimeline, SAMPLE_RATE, type PcmStretch } from './pcm-timeline.ts';

function seconds(length: number): Buffer {
  return Buffer.alloc(length * SAMPLE_RATE * BYTES_PER_SAMPLE, 1);
}

function lengths(stretches: readonly PcmStretch[]): { silence: number; sound: number } {
  let [silence, sound] = [0, 0];
  for (const stretch of stretches) {
    if ('pcm' in stretch) sound += stretch.pcm.length / BYTES_PER_SAMPLE / SAMPLE_RATE;
    else silence += stretch.silentSamples / SAMPLE_RATE;
  }
  return { silence, sound };
}

describe('PcmTimeline', () => {
  it('puts silence before audio that begins late', () => {
    const timeline = new PcmTimeline();
    expect(lengths(timeline.place({ startMs: 2500, pcm: seconds(1) }))).toEqual({ silence: 2.5, sound: 1 });
    expect(timeline.samples).toBe(3.5 * SAMPLE_RATE);
  });

  it('drops what lies before the start of the file', () => {
    const timeline = new PcmTimeline();
    expect(lengths(timeline.place({ startMs: -250, pcm: seconds(1) }))).toEqual({ silence: 0, sound: 0.75 });
  });

  it('fills a gap and trims an overlap', () => {
    const timeline = new PcmTimeline();
    timeline.place({ startMs: 0, pcm: seconds(1) });
    expect(lengths(timeline.place({ startMs: 1500, pcm: seconds(1) }))).toEqual({ silence: 0.5, sound: 1 });
    expect(lengths(timeline.place({ startMs: 2000, pcm: seconds(1) }))).toEqual({ silence: 0, sound: 0.5 });
    expect(lengths(timeline.place({ startMs: 100, pcm: seconds(1) }))).toEqual({ silence: 0, sound: 0 });
    expect(timeline.samples).toBe(3 * SAMPLE_RATE);
  });

  it('leaves jittering stamps alone, and never strays from a drifting clock by more than 50 ms', () => {
    const timeline = new PcmTimeline();
    for (let index = 0; index < 100; index += 1) {
      expect(lengths(timeline.place({ startMs: index * 1000 + (index % 2 === 0 ? 0 : 30), pcm: seconds(1) })).silence).toBe(0);
    }
    const drifting = new PcmTimeline();
    for (let index = 0; index < 600; index += 1) {
      const startMs = index * 1001;
      drifting.place({ startMs, pcm: seconds(1) });
      expect(Math.abs((drifting.samples / SAMPLE_RATE) * 1000 - (startMs + 1000))).toBeLessThanOrEqual(50);
    }
  });
});
