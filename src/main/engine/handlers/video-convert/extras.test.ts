/** What a conversion does to pictures beyond codec and size: fields, subtitles, shapes, frame rates. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { capabilitiesOf } from '../../media/capabilities.ts';
import { createTestTask } from '../test-context.ts';
import { ffmpeg, ffprobe, makeFilm, shownSeconds } from '../test-sources.ts';
import { testTools } from '../test-tools.ts';
import { handler } from './index.ts';

const MP4 = { container: 'mp4', videoCodec: 'h264', audioCodec: 'aac', speed: 'fast' };
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'longhaul-extras-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Made {
  readonly path: string;
  readonly segments: number;
  readonly log: string;
}

async function convert(input: string, options: Record<string, unknown>, pace: number | null = null): Promise<Made> {
  const task = createTestTask(handler, { inputs: [input], options: { ...MP4, ...options }, pace });
  try {
    const [draft] = await task.run();
    const path = join(folder, `out-${Math.random().toString(36).slice(2)}.mp4`);
    copyFileSync(draft?.tempPath ?? '', path);
    return { path, segments: task.checkpoint.plan?.segments.length ?? 0, log: task.logLines.join('\n') };
  } finally {
    task.dispose();
  }
}

const size = (path: string): string => ffprobe(['-select_streams', 'v:0', '-show_entries', 'stream=width,height', '-of', 'csv=p=0', path]).trim();

/** Grey values of one frame, row by row. */
function greys(path: string, atSeconds: number, width: number, height: number): Uint8Array {
  return execFileSync(testTools().ffmpegPath, ['-v', 'error', '-nostdin', '-ss', String(atSeconds), '-i', path, '-frames:v', '1', '-vf', `scale=${width}:${height},format=gray`, '-f', 'rawvideo', '-'], { maxBuffer: 10_000_000 });
}

/** How many pixels are (nearly) white: drawn letters on a dark film. */
const whites = (path: string, atSeconds: number): number => greys(path, atSeconds, 320, 180).filter((value) => value > 180).length;

describe('fields', () => {
  /** Combed pictures that nobody flagged, bottom field first. */
  function combed(name: string): string {
    const path = join(folder, name);
    ffmpeg(['-f', 'lavfi', '-i', 'testsrc2=s=320x240:r=50:d=12,scroll=h=0.01', '-vf', 'tinterlace=mode=interleave_bottom,setfield=prog', '-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '12', '-pix_fmt', 'yuv420p', path]);
    return path;
  }

  it('are found in the pictures when asked for, and left where off', async () => {
    const input = combed('combed.mp4');
    const detected = await convert(input, { deinterlace: 'detect' });
    expect(detected.log).toContain('fields (bff)');
    const untouched = await convert(input, { deinterlace: 'off' });
    expect(untouched.log).not.toContain('fields');
    // What is left of the comb: rows that differ from both neighbours in the same direction.
    expect(comb(detected.path)).toBeLessThan(comb(untouched.path) * 0.5);
    expect(shownSeconds(detected.path)).toHaveLength(shownSeconds(input).length);
  }, 120_000);

  it('are not seen in a film of whole pictures', async () => {
    const path = join(folder, 'whole.mp4');
    ffmpeg(['-f', 'lavfi', '-i', 'testsrc2=s=320x240:r=25:d=12', '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', path]);
    expect((await convert(path, { deinterlace: 'detect' })).log).toContain('show no fields');
  }, 60_000);

  function comb(path: string): number {
    const [width, height] = [320, 240];
    const rows = greys(path, 5, width, height);
    let sum = 0;
    for (let index = width; index < width * (height - 1); index += 1) {
      const [above = 0, here = 0, below = 0] = [rows[index - width], rows[index], rows[index + width]];
      sum += Math.max(0, (here - above) * (here - below));
    }
    return sum;
  }
});

describe('burnt-in subtitles', () => {
  const SRT = '1\n00:00:12,000 --> 00:00:14,000\nWWWW WWWW\n';
  const dark = (path: string, more: string[] = []): string => {
    ffmpeg(['-f', 'lavfi', '-i', 'color=c=black:s=320x180:r=25:d=22', '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '50', '-pix_fmt', 'yuv420p', ...more, path]);
    return path;
  };

  it('stand in the picture at their time in every segment, and only then', async () => {
    const input = dark(join(folder, 'dark.mp4'));
    const subtitleFile = join(folder, 'dark-text.srt');
    writeFileSync(subtitleFile, SRT);
    const { path, segments } = await convert(input, { burnSubtitles: 'file', subtitleFile }, 30);
    expect(segments).toBeGreaterThan(1);
    expect([11.5, 12.5, 13.8, 14.5].map((at) => whites(path, at) > 50)).toEqual([false, true, true, false]);
    expect(shownSeconds(path)).toHaveLength(550);
  }, 120_000);

  it('are at their time in a film whose clock does not start at zero', async () => {
    const input = dark(join(folder, 'late.ts'), ['-f', 'mpegts', '-output_ts_offset', '1000']);
    const subtitleFile = join(folder, 'late-text.srt');
    writeFileSync(subtitleFile, SRT);
    const { path } = await convert(input, { burnSubtitles: 'file', subtitleFile }, 30);
    expect([11.5, 12.5, 13.8, 14.5].map((at) => whites(path, at) > 50)).toEqual([false, true, true, false]);
  }, 120_000);

  it('are at their time where FFmpeg decides the times, and so is every frame of a limited rate', async () => {
    const input = dark(join(folder, 'untimed.avi'), ['-c:v', 'mpeg4', '-bf', '2', '-r', '50']);
    const subtitleFile = join(folder, 'untimed-text.srt');
    writeFileSync(subtitleFile, SRT);
    const { path, segments } = await convert(input, { burnSubtitles: 'file', subtitleFile, maxFrameRate: 25 });
    expect(segments).toBe(0);
    expect([11.5, 12.5, 13.8, 14.5].map((at) => whites(path, at) > 50)).toEqual([false, true, true, false]);
    expect(Math.abs(shownSeconds(path).length - 550)).toBeLessThanOrEqual(1);
  }, 120_000);

  it('come from a track, and a name that is a filter of its own does nothing', async () => {
    const nasty = join(folder, "a'b,drawbox=c=white:t=fill;[x]\\:%{y}");
    mkdirSync(nasty);
    const film = dark(join(nasty, "f'i:l,m=[1];.mp4"));
    const text = join(nasty, "t'e:x,t=[2];\\.srt");
    writeFileSync(text, SRT);
    const fromFile = await convert(film, { burnSubtitles: 'file', subtitleFile: text });
    expect([1, 12.5].map((at) => whites(fromFile.path, at) > 50)).toEqual([false, true]);
    const muxed = join(nasty, 'muxed.mkv');
    ffmpeg(['-i', film, '-i', text, '-map', '0', '-map', '1', '-c:v', 'copy', '-c:s', 'srt', muxed]);
    const fromTrack = await convert(muxed, { burnSubtitles: 'track:0', subtitles: 'none' });
    expect([1, 12.5].map((at) => whites(fromTrack.path, at) > 50)).toEqual([false, true]);
  }, 120_000);

  it('are found beside the film; without any, and with something else, the task says what to do', async () => {
    const input = dark(join(folder, 'beside.mp4'));
    await expect(convert(input, { burnSubtitles: 'file' })).rejects.toMatchObject({ code: 'INPUT_MISSING', message: expect.stringContaining('beside.srt') });
    await expect(convert(input, { burnSubtitles: 'track:0' })).rejects.toMatchObject({ code: 'INPUT_NO_STREAM' });
    const playlist = join(folder, 'trap.srt');
    writeFileSync(playlist, '#EXTM3U\nfile:///etc/passwd\n');
    await expect(convert(input, { burnSubtitles: 'file', subtitleFile: playlist })).rejects.toMatchObject({ code: 'INPUT_NOT_MEDIA' });
    // Latin-1, as old subtitles are.
    writeFileSync(join(folder, 'beside.de.srt'), Buffer.from(SRT.replace('WWWW WWWW', 'Grüße ÄÖÜ'), 'latin1'));
    const { path } = await convert(input, { burnSubtitles: 'file' });
    expect([1, 12.5].map((at) => whites(path, at) > 15)).toEqual([false, true]);
  }, 120_000);
});

describe('another shape', () => {
  const shapes: [Record<string, unknown>, string][] = [
    [{ shape: '9:16' }, '202,360'], [{ shape: '1:1' }, '360,360'], [{ shape: '4:5' }, '288,360'], [{ shape: '1:1', resolution: '360p', shapeFit: 'pad' }, '360,360'],
    [{ shape: '9:16', shapeFit: 'pad' }, '640,1138'],
  ];
  it.each(shapes)('%j of 640x360 is %s', async (options, expected) => {
    const input = join(folder, 'wide.mp4');
    // White with a black left edge: cut off by a crop, kept by bars.
    ffmpeg(['-f', 'lavfi', '-i', 'color=c=white:s=640x360:r=25:d=2,drawbox=x=0:y=0:w=40:h=360:c=black:t=fill', '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', input]);
    const { path } = await convert(input, options);
    expect(size(path)).toBe(expected);
    const corners = [...greys(path, 1, 64, 64)];
    const middle = corners[32 * 64 + 32] ?? 0;
    expect(middle).toBeGreaterThan(200);
    expect((corners[32 * 64] ?? 0) > 200).toBe(options['shapeFit'] !== 'pad');
    expect((corners[32] ?? 0) > 200).toBe(options['shapeFit'] !== 'pad');
  }, 60_000);
});

describe('a frame rate limit', () => {
  it('leaves frames out evenly, keeps the times of the others, in every segment', async () => {
    const input = makeFilm(join(folder, 'fast.mp4'), { seconds: 21, rate: 50 });
    const { path, segments } = await convert(input, { maxFrameRate: 25 }, 30);
    expect(segments).toBeGreaterThan(1);
    const shown = shownSeconds(path);
    expect(shown).toHaveLength(525);
    expect(Math.max(...shown.map((seconds, index) => Math.abs(seconds - index / 25)))).toBeLessThan(0.0001);
  }, 120_000);

  it('holds on a clock of milliseconds and for a rate that does not divide, and leaves slower films alone', async () => {
    const input = makeFilm(join(folder, 'fast.mkv'), { seconds: 12, rate: 60, audio: null });
    expect(shownSeconds((await convert(input, { maxFrameRate: 30 })).path)).toHaveLength(360);
    expect(shownSeconds((await convert(input, { maxFrameRate: 24 })).path).length).toBeCloseTo(288, -1);
    expect(shownSeconds((await convert(input, { maxFrameRate: 120 })).path)).toHaveLength(720);
  }, 120_000);
});

it('this FFmpeg has what these tests need', async () => {
  const { filters } = await capabilitiesOf(testTools().ffmpegPath, new AbortController().signal);
  expect(['subtitles', 'bwdif', 'idet', 'loudnorm', 'ebur128'].filter((name) => !filters.has(name))).toEqual([]);
});
