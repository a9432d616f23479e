import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { probeMedia } from '../../media/ffprobe.ts';
import { audioStreams, filmStreams, subtitleStreams, type MediaInfo } from '../../media/media-info.ts';
import { createTestTask } from '../test-context.ts';
import { beepSeconds, brightness, ffmpeg, ffprobe, makeFilm, shownSeconds } from '../test-sources.ts';
import { testTools } from '../test-tools.ts';
import { handler } from './index.ts';

const SRT = '1\n00:00:01,000 --> 00:00:02,000\nGuten Tag\n\n2\n00:00:03,000 --> 00:00:04,500\nAuf Wiedersehen\n';
let folder = '';
/** 10 s, a keyframe every 2 s, two audio tracks, subtitles, chapters, a title. */
let rich = '';
let film = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'longhaul-edit-'));
  film = makeFilm(join(folder, 'film.mp4'), { seconds: 10 });
  writeFileSync(join(folder, 'a.srt'), SRT);
  writeFileSync(join(folder, 'chapters.txt'), ';FFMETADATA1\ntitle=The film\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=5000\ntitle=One\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=5000\nEND=10000\ntitle=Two\n');
  rich = join(folder, 'rich.mkv');
  ffmpeg([
    '-i', film, '-f', 'lavfi', '-i', 'sine=f=300:d=10:r=48000', '-i', join(folder, 'a.srt'), '-i', join(folder, 'chapters.txt'),
    '-map', '0:v', '-map', '0:a', '-map', '1:a', '-map', '2:s', '-map_metadata', '3', '-map_chapters', '3', '-c:v', 'copy', '-c:a:0', 'copy', '-c:a:1', 'libopus', '-c:s', 'srt',
    '-metadata:s:a:0', 'language=deu', '-metadata:s:a:1', 'language=eng', '-metadata:s:s:0', 'language=deu', rich,
  ]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Made {
  readonly info: MediaInfo;
  readonly path: string;
  readonly fileName: string;
  readonly warnings: readonly string[];
}

async function edit(input: string, options: Record<string, unknown>): Promise<Made> {
  const { path, fileName, warnings } = await editFile(input, options);
  return { path, fileName, warnings, info: await probeMedia(path, { ffprobePath: testTools().ffprobePath, signal: new AbortController().signal }) };
}

async function editFile(input: string, options: Record<string, unknown>): Promise<Omit<Made, 'info'>> {
  const task = createTestTask(handler, { inputs: [input], options });
  try {
    const [draft] = await task.run();
    const path = join(folder, `out-${Math.random().toString(36).slice(2)}-${draft?.fileName ?? ''}`);
    copyFileSync(draft?.tempPath ?? '', path);
    return { path, fileName: draft?.fileName ?? '', warnings: task.warnings };
  } finally {
    task.dispose();
  }
}

/** MP4 and M4A carry the chapters' names as a stream of data beside these. */
const codecs = ({ streams }: MediaInfo): (string | null)[] => streams.filter(({ kind }) => kind !== 'data' && kind !== 'attachment').map(({ codec }) => codec);
const title = (path: string): string => ffprobe(['-show_entries', 'format_tags=title', '-of', 'csv=p=0', path]).trim();
/** Of every packet of the film: equal only when nothing was encoded again. */
const packetSizes = (path: string): string => ffprobe(['-select_streams', 'v:0', '-show_entries', 'packet=size', '-of', 'csv=p=0', path]).replace(/,/g, '');

describe('remux', () => {
  it('puts the same packets into MP4, with tracks, languages, text, chapters and title', async () => {
    const { info, path, fileName, warnings } = await edit(rich, { action: 'remux', container: 'mp4' });
    expect(fileName).toBe('rich.mp4');
    expect(codecs(info)).toEqual(['h264', 'aac', 'opus', 'mov_text']);
    expect(audioStreams(info)).toMatchObject([{ language: 'deu' }, { language: 'eng' }]);
    expect(subtitleStreams(info)).toMatchObject([{ language: 'deu' }]);
    expect(info.chapterCount).toBe(2);
    expect(title(path)).toBe('The film');
    expect(packetSizes(path).split('\n')).toHaveLength(packetSizes(rich).split('\n').length);
    expect(brightness(path)).toEqual(brightness(rich));
    expect(warnings).toEqual([]);
  });

  it('puts MP4 into Matroska and a transport stream into the nearest that holds it', async () => {
    const mkv = await edit(film, { action: 'remux', container: 'mkv' });
    expect(codecs(mkv.info)).toEqual(['h264', 'aac']);
    expect(brightness(mkv.path)).toEqual(brightness(film));
    const ts = join(folder, 'film.ts');
    ffmpeg(['-i', film, '-c', 'copy', '-f', 'mpegts', ts]);
    const { info, fileName, path } = await edit(ts, { action: 'remux' });
    expect(fileName).toBe('film.mp4');
    expect(filmStreams(info)).toHaveLength(1);
    expect(shownSeconds(path)).toHaveLength(250);
  });

  it('refuses what the container can\'t hold, and says which does', async () => {
    await expect(edit(rich, { action: 'remux', container: 'webm' })).rejects.toMatchObject({ code: 'OPTION_INVALID', message: expect.stringContaining('h264 video, which webm can\'t hold') });
  });
});

describe('trim', () => {
  it('copies from the keyframe at or before the start, and says where it was really cut', async () => {
    const { path, warnings, info } = await edit(film, { action: 'trim', startSeconds: 5, endSeconds: 8 });
    const [whole, piece] = [brightness(film), brightness(path)];
    expect(piece[0]).toBe(whole[100]);
    expect(piece.slice(0, 95)).toEqual(whole.slice(100, 195));
    expect(info.durationSeconds).toBeCloseTo(4, 0);
    expect(warnings).toEqual([expect.stringMatching(/from 4\.00 s to 8\.\d\d s of film\.mp4, not from 5 s.*cut=exact/)]);
    // Sound stays with its picture: the beep of second 4.5 comes half a second after the cut.
    expect(beepSeconds(path)[0]).toBeCloseTo(0.5, 1);
  });

  it.each(['film.mkv', 'film.ts', 'film.mov'])('begins at the same picture in %s', async (name) => {
    const input = join(folder, `t-${name}`);
    ffmpeg(['-i', film, '-c', 'copy', ...(name.endsWith('.ts') ? ['-f', 'mpegts'] : []), input]);
    const { path } = await edit(input, { action: 'trim', startSeconds: 4.5, endSeconds: 9 });
    expect(brightness(path)[0]).toBe(brightness(film)[100]);
    expect(beepSeconds(path)[0]).toBeCloseTo(0.5, 1);
  });

  it('says nothing where the start is a keyframe, and begins exactly there when asked to encode', async () => {
    expect((await edit(film, { action: 'trim', startSeconds: 4, endSeconds: 6 })).warnings).toEqual([]);
    const { path, info, warnings } = await edit(film, { action: 'trim', startSeconds: 5.2, endSeconds: 7.2, cut: 'exact' });
    expect(shownSeconds(path)).toHaveLength(50);
    const whole = brightness(film);
    expect(Math.max(...brightness(path).map((value, index) => Math.abs(value - (whole[130 + index] ?? NaN))))).toBeLessThan(8);
    expect(info.durationSeconds).toBeCloseTo(2, 1);
    expect(warnings).toEqual([]);
  });

  it('trims sound to the packet, and keeps chapters that lie in the piece', async () => {
    const sound = join(folder, 'sound.mp3');
    ffmpeg(['-i', film, '-vn', '-c:a', 'libmp3lame', sound]);
    const { fileName, info } = await edit(sound, { action: 'trim', startSeconds: 2, endSeconds: 5 });
    expect(fileName).toBe('sound.mp3');
    expect(info.durationSeconds).toBeCloseTo(3, 1);
    expect((await edit(rich, { action: 'trim', startSeconds: 6 })).info.chapterCount).toBe(1);
  });

  it('refuses a piece in which nothing lies', async () => {
    await expect(edit(film, { action: 'trim', startSeconds: 12 })).rejects.toMatchObject({ code: 'OPTION_INVALID', message: expect.stringContaining('which lasts 10.') });
    await expect(edit(film, { action: 'trim', startSeconds: 5, endSeconds: 4 })).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  });
});

describe('join', () => {
  it('copies files whose streams agree, whatever they are called', async () => {
    const nasty = join(folder, "it's 'a' list\\ #1");
    mkdirSync(nasty);
    const second = join(nasty, "b'; file 'etc passwd");
    copyFileSync(film, `${second}.mp4`);
    const { path, info, fileName } = await edit(film, { action: 'join', files: [`${second}.mp4`] });
    expect(fileName).toBe('film.mp4');
    expect(info.durationSeconds).toBeCloseTo(20, 0);
    const whole = brightness(film);
    expect(brightness(path)).toEqual([...whole, ...whole]);
    expect(beepSeconds(path)).toHaveLength(20);
    expect(Math.max(...beepSeconds(path).map((at, index) => Math.abs(at - index - 0.5)))).toBeLessThan(0.06);
  });

  it('refuses files that differ with what differs, and makes them alike when asked, each a checkpoint', async () => {
    const other = makeFilm(join(folder, 'other.mp4'), { seconds: 4, size: '128x64', rate: 30, audio: null });
    await expect(edit(film, { action: 'join', files: [other] })).rejects.toMatchObject({ code: 'OPTION_INVALID', message: expect.stringMatching(/film\.mp4 has 2 tracks and other\.mp4 has 1.*mismatch=convert/) });
    const differing = makeFilm(join(folder, 'differing.mp4'), { seconds: 4, size: '128x64' });
    await expect(edit(film, { action: 'join', files: [differing] })).rejects.toMatchObject({ code: 'OPTION_INVALID', message: expect.stringMatching(/h264 96x64.*h264 128x64/) });
    const task = createTestTask(handler, { inputs: [film], options: { action: 'join', files: [other, film], mismatch: 'convert' } });
    const stop = new AbortController();
    task.checkpoint.onPartSaved = (index) => {
      if (index === 1) stop.abort(new Error('stopped by the test'));
    };
    await expect(task.run(stop.signal)).rejects.toThrow('stopped by the test');
    task.checkpoint.onPartSaved = () => undefined;
    const [draft] = await task.run();
    expect(task.checkpoint.savedParts).toEqual([0, 1, 2]);
    const path = join(folder, 'alike.mp4');
    copyFileSync(draft?.tempPath ?? '', path);
    task.dispose();
    expect(shownSeconds(path)).toHaveLength(600);
    expect(ffprobe(['-select_streams', 'v', '-show_entries', 'stream=width,height', '-of', 'csv=p=0', path]).trim()).toBe('96,64');
    // Silence in the middle, and the third file's sound where its picture is.
    const beeps = beepSeconds(path);
    expect(beeps.filter((at) => at > 10.1 && at < 13.9)).toEqual([]);
    expect(beeps.find((at) => at > 14)).toBeCloseTo(14.5, 1);
  }, 120_000);

  it('sees that parameter sets differ where everything else agrees', async () => {
    const twin = makeFilm(join(folder, 'twin.mp4'), { seconds: 4, video: ['-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '2', '-g', '50', '-crf', '35', '-pix_fmt', 'yuv420p', '-threads', '1'] });
    await expect(edit(film, { action: 'join', files: [twin] })).rejects.toMatchObject({ message: expect.stringContaining('encoded with other settings') });
  });

  it('opens no list in the guise of a film, and asks for files when there is one only', async () => {
    const trap = join(folder, 'trap.mp4');
    writeFileSync(trap, `ffconcat version 1.0\nfile '${film}'\n`);
    await expect(edit(film, { action: 'join', files: [trap] })).rejects.toMatchObject({ code: 'INPUT_NOT_ALLOWED' });
    await expect(edit(film, { action: 'join' })).rejects.toMatchObject({ code: 'OPTION_INVALID', message: expect.stringContaining('--set files=') });
    await expect(edit(film, { action: 'join', files: ['two.mp4'] })).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  });

  it('never replaces a file that it is made from', async () => {
    const task = createTestTask(handler, { inputs: [film], options: { action: 'join', overwrite: true, files: [] } });
    const beside = join(task.outputDir, 'film.mp4');
    copyFileSync(film, beside);
    const again = createTestTask(handler, { inputs: [film], options: { action: 'join', overwrite: true, files: [beside] } });
    const context = again.nextAttempt();
    await expect(handler.perform({ ...context, outputDir: task.outputDir })).rejects.toMatchObject({ code: 'OUTPUT_IS_INPUT' });
    task.dispose();
    again.dispose();
  });
});

describe('tracks', () => {
  it.each([[0, 'rich.m4a', 'aac'], [1, 'rich.ogg', 'opus']])('audio track %d comes out as %s without encoding', async (audioTrack, fileName, codec) => {
    const made = await edit(rich, { action: 'audio', audioTrack });
    expect(made.fileName).toBe(fileName);
    // Chapters come along as a text track in M4A.
    expect(audioStreams(made.info)).toMatchObject([{ codec }]);
    expect(filmStreams(made.info)).toEqual([]);
    expect(made.info.durationSeconds).toBeCloseTo(10, 0);
  });

  it.each(['srt', 'vtt', 'ass'])('subtitles come out as %s', async (subtitleFormat) => {
    const { fileName, path } = await editFile(rich, { action: 'subtitles', subtitleFormat });
    expect(fileName).toBe(`rich.${subtitleFormat}`);
    const text = readFileSync(path, 'utf8');
    expect(text).toContain('Auf Wiedersehen');
    expect(text).toMatch(/0?0?:?00:03[.,]0/);
  });

  it('says which tracks there are where the wanted one is not', async () => {
    await expect(edit(rich, { action: 'audio', audioTrack: 5 })).rejects.toMatchObject({ code: 'INPUT_NO_STREAM', message: expect.stringContaining('it has 2') });
    await expect(edit(film, { action: 'subtitles' })).rejects.toMatchObject({ code: 'INPUT_NO_STREAM', message: expect.stringContaining('transcript') });
  });

  it('adds subtitle files as tracks, with the language that their names say, beside those that are there', async () => {
    const english = join(folder, 'words.eng.srt');
    writeFileSync(english, SRT);
    for (const container of ['mp4', 'mkv']) {
      const { info, path } = await edit(rich, { action: 'addSubtitles', container, files: [english] });
      expect(subtitleStreams(info)).toMatchObject([{ language: 'deu' }, { language: 'eng' }]);
      expect(brightness(path)).toEqual(brightness(rich));
      expect(info.chapterCount).toBe(2);
      const cues = ffprobe(['-select_streams', 's:1', '-show_entries', 'packet=pts_time,size', '-of', 'csv=p=0', path]).split('\n').filter((line) => Number(line.split(',')[1]) > 2).map((line) => Number.parseFloat(line));
      expect(cues).toEqual([1, 3]);
    }
  });
});
