import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { integratedLoudness, measureLoudness } from '../../media/loudness.ts';
import { createTestTask } from '../test-context.ts';
import { ffmpeg, makeFilm } from '../test-sources.ts';
import { testTools } from '../test-tools.ts';
import { handler } from './index.ts';
import { levelFilters } from './level.ts';

const SOUND = { container: 'm4a', videoCodec: 'none', audioCodec: 'aac' };
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'longhaul-loudness-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function makeSound(name: string, expression: string, seconds = 12): string {
  const path = join(folder, name);
  ffmpeg(['-f', 'lavfi', '-i', `aevalsrc='${expression}':s=48000:d=${seconds}`, '-c:a', 'flac', path]);
  return path;
}

const meter = (path: string, stream = 0) => integratedLoudness({ ffmpegPath: testTools().ffmpegPath, path, stream, filters: [], signal: new AbortController().signal });

/** What the result measures by another meter than the one that normalised. */
async function normalised(input: string, options: Record<string, unknown>): Promise<{ path: string; warnings: readonly string[]; lufs: number | null }> {
  const task = createTestTask(handler, { inputs: [input], options });
  const [draft] = await task.run();
  const path = join(folder, `out-${Math.random().toString(36).slice(2)}`);
  copyFileSync(draft?.tempPath ?? '', path);
  task.dispose();
  return { path, warnings: task.warnings, lufs: options['videoCodec'] === 'none' ? await meter(path) : null };
}

describe('loudness normalisation', () => {
  it.each([[-16], [-23]])('brings quiet speech-like sound to %d LUFS with a gain alone', async (target) => {
    // Bursts of a tone with its overtones: a range, pauses, no peak far above the rest.
    const input = makeSound(`quiet${target}.flac`, 'if(lt(mod(t,1.5),1.1),0.02*(sin(2*PI*200*t)+0.5*sin(2*PI*900*t)),0.0005*random(0))');
    expect(Math.abs((await meter(input) ?? 0) - target)).toBeGreaterThan(3);
    const { lufs, warnings } = await normalised(input, { ...SOUND, loudnessLufs: target });
    expect(lufs).toBeGreaterThan(target - 0.5);
    expect(lufs).toBeLessThan(target + 0.5);
    expect(warnings).toEqual([]);
  });

  it('keeps the true peak under its limit where a gain alone would not, and tells what it reached', async () => {
    // A click 40 dB above the rest every two seconds.
    const input = makeSound('peaks.flac', '0.004*sin(2*PI*300*t)+if(lt(mod(t,2),0.002),0.8*sin(2*PI*1000*t),0)');
    const { path, lufs, warnings } = await normalised(input, { ...SOUND, container: 'flac', audioCodec: 'flac', loudnessLufs: -16 });
    const after = await measureLoudness({ ffmpegPath: testTools().ffmpegPath, path, stream: 0, filters: [], signal: new AbortController().signal });
    expect(after?.truePeakDb).toBeLessThan(-0.5);
    expect(lufs).toBeLessThan(-17);
    expect(warnings).toEqual([expect.stringContaining(`reached ${lufs} LUFS instead of -16`)]);
  });

  it('leaves silence alone and says so', async () => {
    const input = makeSound('silence.flac', '0', 3);
    const { lufs, warnings } = await normalised(input, { ...SOUND, loudnessLufs: -16 });
    expect(lufs).toBeNull();
    expect(warnings).toEqual([expect.stringContaining('is silent')]);
  });

  it('normalises every track of a film on its own and keeps the picture', async () => {
    const path = join(folder, 'two.mkv');
    const film = makeFilm(join(folder, 'film.mp4'), { seconds: 8, audio: null });
    ffmpeg(['-i', film, '-f', 'lavfi', '-i', 'sine=f=500:d=8:r=48000', '-f', 'lavfi', '-i', 'sine=f=300:d=8:r=44100,volume=-20dB', '-map', '0:v', '-map', '1:a', '-map', '2:a', '-c:v', 'copy', '-c:a', 'flac', path]);
    const { path: made } = await normalised(path, { container: 'mp4', videoCodec: 'h264', audioCodec: 'aac', speed: 'fast', loudnessLufs: -23 });
    for (const stream of [1, 2]) {
      const lufs = await meter(made, stream);
      expect(lufs).toBeGreaterThan(-23.5);
      expect(lufs).toBeLessThan(-22.5);
    }
  });

  it('does not listen again after an interruption', async () => {
    const film = makeFilm(join(folder, 'again.mp4'), { seconds: 21 });
    const task = createTestTask(handler, { inputs: [film], options: { container: 'mp4', videoCodec: 'h264', audioCodec: 'aac', speed: 'fast', loudnessLufs: -23 }, pace: 30 });
    const stop = new AbortController();
    task.checkpoint.onPartSaved = () => stop.abort(new Error('stopped by the test'));
    await expect(task.run(stop.signal)).rejects.toThrow('stopped by the test');
    task.checkpoint.onPartSaved = () => undefined;
    const measuring = (): number => task.progress.filter(({ message }) => message.startsWith('measuring')).length;
    const before = measuring();
    expect(before).toBeGreaterThan(0);
    await task.run();
    expect(measuring()).toBe(before);
    task.dispose();
  }, 120_000);

  it('is linear exactly while peaks stay under the limit', () => {
    const track = { kind: 'audio', index: 1, codec: 'aac', timeBase: { numerator: 1, denominator: 48_000 }, startSeconds: 0, durationSeconds: 1, bitRate: null, language: null, title: null, isDefault: true, isForced: false, channels: 2, channelLayout: 'stereo', sampleRate: 44_100, sampleFormat: 'fltp' } as const;
    const measured = { integratedLufs: -24, truePeakDb: -10, rangeLu: 30, thresholdLufs: -34 };
    // 30 LU would be a reason for loudnorm not to be linear: a gain changes no range, so it is told another one.
    expect(levelFilters(measured, track, { loudnessLufs: -16, truePeakDb: -1 })).toEqual(['loudnorm=I=-16:TP=-1:LRA=20.0:measured_I=-24.00:measured_TP=-10.00:measured_LRA=20.00:measured_thresh=-34.00:linear=true', 'aformat=sample_rates=44100']);
    expect(levelFilters(measured, track, { loudnessLufs: -14, truePeakDb: -1 })[0]).toContain('measured_LRA=30.00');
    expect(levelFilters(null, track, { loudnessLufs: -16, truePeakDb: -1 })).toEqual([]);
  });
});
