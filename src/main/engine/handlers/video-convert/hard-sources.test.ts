import { appendFileSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestTask } from '../test-context.ts';
import { beepSeconds, brightness, ffmpeg, H264, makeFilm, shownSeconds } from '../test-sources.ts';
import { handler } from './index.ts';

const MP4 = { container: 'mp4', videoCodec: 'h264', audioCodec: 'aac', speed: 'fast' };
/** So slow that segments have their shortest length: 10 s. */
const SLOW_PACE = 30;
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'longhaul-hard-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function film(name: string, options: Partial<Parameters<typeof makeFilm>[1]> = {}): string {
  return makeFilm(join(folder, name), { seconds: 21.5, ...options });
}

interface Converted {
  readonly path: string;
  readonly segments: number;
  readonly warnings: readonly string[];
  readonly log: string;
}

async function convert(input: string, options: Record<string, unknown> = MP4): Promise<Converted> {
  const task = createTestTask(handler, { inputs: [input], options, pace: SLOW_PACE });
  try {
    const [draft] = await task.run();
    const path = `${input}.out.${String(options['container'])}`;
    copyFileSync(draft?.tempPath ?? '', path);
    return { path, segments: task.checkpoint.plan?.segments.length ?? 0, warnings: task.warnings, log: task.logLines.join('\n') };
  } finally {
    task.dispose();
  }
}

/** Every frame of the source is there, in its place and at its time, and nothing else. */
function expectSameFrames(output: string, source: string, toleranceSeconds = 0.00005): void {
  const [made, wanted] = [shownSeconds(output), shownSeconds(source)];
  expect(made.length).toBe(wanted.length);
  expect(Math.max(...made.map((time, index) => Math.abs(time - (wanted[index] ?? NaN))))).toBeLessThanOrEqual(toleranceSeconds);
  const [shown, meant] = [brightness(output), brightness(source)];
  expect(shown.length).toBe(meant.length);
  expect(Math.max(...shown.map((value, index) => Math.abs(value - (meant[index] ?? NaN))))).toBeLessThan(12);
}

/** Beeps fall where they fall in the source, to within a fraction of a frame, through all joins. */
function expectSameSound(output: string, source: string, toleranceSeconds = 0.003): void {
  const [made, wanted] = [beepSeconds(output), beepSeconds(source)];
  expect(wanted.length).toBeGreaterThan(10);
  expect(made.length).toBe(wanted.length);
  expect(Math.max(...made.map((time, index) => Math.abs(time - (wanted[index] ?? NaN))))).toBeLessThanOrEqual(toleranceSeconds);
}

describe('a film that is cut into segments has every frame at its time and its sound in place', () => {
  const sources: [string, () => string][] = [
    ['H.264 in MP4', () => film('closed.mp4')],
    ['open GOPs in Matroska', () => film('open.mkv', { video: [...H264, '-x264-params', 'open-gop=1:bframes=3'], audio: ['-c:a', 'flac'] })],
    ['H.265 with open GOPs in MP4', () => film('hevc.mp4', { video: ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=none:keyint=50:open-gop=1:pools=1', '-pix_fmt', 'yuv420p'] })],
    ['variable frame rate in Matroska', () => film('vfr.mkv', { audio: ['-c:a', 'flac'], rate: 60, filters: ["select='gt(mod(t,4),2)+not(mod(n,5))'"], output: ['-fps_mode', 'vfr'] })],
    ['variable frame rate in MP4', () => film('vfr.mp4', { rate: 60, filters: ["select='gt(mod(t,4),2)+not(mod(n,5))'"], output: ['-fps_mode', 'vfr'] })],
    ['MPEG-TS that starts at 1001 s', () => film('offset.ts', { output: ['-output_ts_offset', '1001', '-muxdelay', '0'] })],
    ['MPEG-2 in MPEG-TS', () => film('mpeg2.ts', { video: ['-c:v', 'mpeg2video', '-q:v', '3', '-bf', '2', '-g', '25', '-pix_fmt', 'yuv420p'], audio: ['-c:a', 'mp2'] })],
    ['29.97 frames a second in MPEG-TS', () => makeFilm(join(folder, 'ntsc.ts'), { seconds: 22, filters: ['setpts=N*1001/30000/TB', 'fps=30000/1001'], output: ['-t', '21'] })],
    ['an edit list with a hidden start', () => {
      ffmpeg(['-ss', '3.3', '-i', film('long.mp4', { seconds: 26 }), '-c', 'copy', join(folder, 'edit.mp4')]);
      return join(folder, 'edit.mp4');
    }],
    ['audio that starts late', () => {
      const source = film('both.mp4');
      ffmpeg(['-i', source, '-itsoffset', '0.73', '-i', source, '-map', '0:v', '-map', '1:a', '-c', 'copy', join(folder, 'late-audio.mp4')]);
      return join(folder, 'late-audio.mp4');
    }],
    ['video that starts late', () => {
      const source = film('both2.mp4');
      ffmpeg(['-itsoffset', '0.5', '-i', source, '-i', source, '-map', '0:v', '-map', '1:a', '-c', 'copy', join(folder, 'late-video.mp4')]);
      return join(folder, 'late-video.mp4');
    }],
    ['10 bit', () => film('ten.mkv', { video: [...H264, '-pix_fmt', 'yuv420p10le'], audio: ['-c:a', 'flac'] })],
    ['VP9 in WebM with odd sizes', () => film('odd.webm', { size: '97x65', video: ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-b:v', '300k', '-g', '50', '-threads', '1'], audio: ['-c:a', 'libopus'] })],
  ];
  it.each(sources)('%s', async (_, make) => {
    const source = make();
    const made = await convert(source);
    expect(made.segments).toBeGreaterThanOrEqual(2);
    expect(made.warnings).toEqual([]);
    expectSameFrames(made.path, source);
    expectSameSound(made.path, source);
  });

  it('also into WebM with Opus, to the millisecond of its clock', async () => {
    const source = film('to-webm.mp4');
    const made = await convert(source, { container: 'webm', videoCodec: 'vp9', audioCodec: 'opus', speed: 'fast' });
    expect(made.segments).toBeGreaterThanOrEqual(2);
    expectSameFrames(made.path, source, 0.0011);
    expectSameSound(made.path, source);
  });

  it('also into H.265 and AV1', async () => {
    const source = film('to-new.mp4');
    for (const options of [{ ...MP4, videoCodec: 'h265' }, { container: 'mkv', videoCodec: 'av1', audioCodec: 'flac', speed: 'fast' }]) {
      const made = await convert(source, options);
      expect(made.segments).toBeGreaterThanOrEqual(2);
      expectSameFrames(made.path, source, 0.0011);
      expectSameSound(made.path, source);
    }
  });

  it('whose keyframes are none (intra refresh) is decoded from further back until every frame is there', async () => {
    const source = film('refresh.mp4', { video: [...H264, '-g', '250', '-x264-params', 'intra-refresh=1:keyint=100'] });
    const made = await convert(source);
    expect(made.log).toMatch(/segment 1, decoded from 0 keyframes before: \d+ frames are missing/);
    expectSameFrames(made.path, source);
    expectSameSound(made.path, source);
  });

  it('interlaced film becomes progressive, frame for frame', async () => {
    const source = film('fields.ts', { filters: ['interlace=lowpass=0', 'fps=25'], rate: 50, video: [...H264, '-flags', '+ildct+ilme', '-x264-params', 'tff=1'] });
    const made = await convert(source);
    expect(made.segments).toBeGreaterThanOrEqual(2);
    const [shown, meant] = [shownSeconds(made.path), shownSeconds(source)];
    expect(shown.length).toBe(meant.length);
    expectSameSound(made.path, source);
  });
});

describe('a film that can\'t be cut', () => {
  it('is made in one piece when its frames carry no times (AVI), and the log says so', async () => {
    const source = film('asp.avi', { video: ['-c:v', 'mpeg4', '-q:v', '3', '-bf', '2', '-g', '50'], audio: ['-c:a', 'libmp3lame'] });
    const made = await convert(source);
    expect(made.segments).toBe(0);
    expect(made.log).toMatch(/can't be cut: some of its frames carry no time/);
    expect(Math.abs(brightness(made.path).length - 538)).toBeLessThanOrEqual(2);
    expectSameSound(made.path, source, 0.045);
  });

  it('is made in one piece when its clock jumps back, and nothing of it is lost', async () => {
    const first = film('first.ts', { seconds: 12 });
    const second = film('second.ts', { seconds: 12 });
    const source = join(folder, 'reset.ts');
    writeFileSync(source, readFileSync(first));
    appendFileSync(source, readFileSync(second));
    const made = await convert(source);
    expect(made.log).toMatch(/its clock is set back/);
    expect(Math.abs(brightness(made.path).length - 600)).toBeLessThanOrEqual(2);
  });

  it('keeps what a damaged source still has, and says what is missing', async () => {
    const source = film('damaged.ts', { video: [...H264, '-threads', '1'] });
    const bytes = readFileSync(source);
    bytes.fill(0x5a, Math.floor(bytes.length * 0.7), Math.floor(bytes.length * 0.7) + 3000);
    writeFileSync(source, bytes);
    const made = await convert(source);
    expect(brightness(made.path).length).toBe(brightness(source).length);
  });
});
