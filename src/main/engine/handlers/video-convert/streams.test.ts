import { copyFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { probeMedia } from '../../media/ffprobe.ts';
import { audioStreams, coverArt, filmStreams, subtitleStreams, type MediaInfo } from '../../media/media-info.ts';
import { createTestTask } from '../test-context.ts';
import { beepSeconds, ffmpeg, ffprobe, makeFilm, rotateMp4 } from '../test-sources.ts';
import { testTools } from '../test-tools.ts';
import { handler } from './index.ts';

const MP4 = { container: 'mp4', videoCodec: 'h264', audioCodec: 'aac', speed: 'fast' };
let folder = '';
/** Two audio tracks with languages, two subtitles, chapters, a title and a font. */
let rich = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'longhaul-streams-'));
  const film = makeFilm(join(folder, 'film.mkv'), { seconds: 6, audio: ['-c:a', 'flac'] });
  writeFileSync(join(folder, 'a.srt'), '1\n00:00:01,000 --> 00:00:02,000\nGuten Tag\n\n2\n00:00:04,000 --> 00:00:05,500\nAuf Wiedersehen\n');
  writeFileSync(join(folder, 'chapters.txt'), ';FFMETADATA1\ntitle=The film\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=3000\ntitle=One\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=3000\nEND=6000\ntitle=Two\n');
  writeFileSync(join(folder, 'letters.ttf'), Buffer.alloc(64, 1));
  rich = join(folder, 'rich.mkv');
  ffmpeg([
    '-i', film, '-f', 'lavfi', '-i', 'sine=f=300:d=6:r=48000', '-i', join(folder, 'a.srt'), '-i', join(folder, 'a.srt'), '-i', join(folder, 'chapters.txt'),
    '-map', '0:v', '-map', '0:a', '-map', '1:a', '-map', '2:s', '-map', '3:s', '-map_metadata', '4', '-map_chapters', '4', '-c:v', 'copy', '-c:a', 'flac', '-c:s:0', 'srt', '-c:s:1', 'ass', '-ac:a:1', '6',
    '-metadata:s:a:0', 'language=deu', '-metadata:s:a:1', 'language=eng', '-metadata:s:a:1', 'title=Comments', '-metadata:s:s:0', 'language=deu', '-metadata:s:s:1', 'language=fra',
    '-disposition:a:0', '0', '-disposition:a:1', 'default', '-disposition:s:0', '0', '-disposition:s:1', 'forced', '-attach', join(folder, 'letters.ttf'), '-metadata:s:t', 'mimetype=application/x-truetype-font', rich,
  ]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Made {
  readonly info: MediaInfo;
  readonly path: string;
  readonly fileName: string;
  readonly warnings: readonly string[];
}

async function convert(input: string, options: Record<string, unknown>): Promise<Made> {
  const task = createTestTask(handler, { inputs: [input], options });
  const [draft] = await task.run();
  const path = join(folder, `out-${Math.random().toString(36).slice(2)}`);
  copyFileSync(draft?.tempPath ?? '', path);
  task.dispose();
  return { path, fileName: draft?.fileName ?? '', warnings: task.warnings, info: await probeMedia(path, { ffprobePath: testTools().ffprobePath, signal: new AbortController().signal }) };
}

describe('what comes along with the film', () => {
  it('MP4 keeps tracks, languages, the default, text subtitles with their times, chapters and the title', async () => {
    const { info, path, warnings } = await convert(rich, MP4);
    expect(audioStreams(info)).toMatchObject([{ codec: 'aac', language: 'deu', isDefault: false, channels: 1 }, { codec: 'aac', language: 'eng', isDefault: true, channels: 6, channelLayout: '5.1' }]);
    expect(subtitleStreams(info)).toMatchObject([{ codec: 'mov_text', language: 'deu' }, { codec: 'mov_text', language: 'fra' }]);
    expect(info.chapterCount).toBe(2);
    expect(ffprobe(['-show_entries', 'format_tags=title', '-of', 'csv=p=0', path]).trim()).toBe('The film');
    const cues = ffprobe(['-select_streams', 's:0', '-show_entries', 'packet=pts_time,size', '-of', 'csv=p=0', path]).split('\n').filter((line) => /,\d\d+/.test(line)).map((line) => Number.parseFloat(line));
    expect(cues).toEqual([1, 4]);
    expect(warnings).toEqual([]);
  });

  it('Matroska keeps styled subtitles and fonts too, WebM has WebVTT and Opus with six channels', async () => {
    const mkv = await convert(rich, { ...MP4, container: 'mkv' });
    expect(subtitleStreams(mkv.info).map(({ codec, isForced }) => ({ codec, isForced }))).toEqual([{ codec: 'subrip', isForced: false }, { codec: 'ass', isForced: true }]);
    expect(ffprobe(['-select_streams', 't', '-show_entries', 'stream_tags=filename,mimetype', '-of', 'csv=p=0', mkv.path]).trim()).toBe('letters.ttf,application/x-truetype-font');
    const webm = await convert(rich, { container: 'webm', videoCodec: 'vp9', audioCodec: 'opus', speed: 'fast' });
    expect(subtitleStreams(webm.info).map(({ codec, language }) => ({ codec, language }))).toEqual([{ codec: 'webvtt', language: 'deu' }, { codec: 'webvtt', language: 'fra' }]);
    expect(audioStreams(webm.info)).toMatchObject([{ codec: 'opus', language: 'deu' }, { codec: 'opus', channels: 6, channelLayout: '5.1' }]);
  });

  it('keeps only the tracks that are wanted, and names one that is not there', async () => {
    const { info } = await convert(rich, { ...MP4, audioTracks: '1', subtitles: 'none' });
    expect(audioStreams(info)).toMatchObject([{ language: 'eng' }]);
    expect(subtitleStreams(info)).toEqual([]);
    await expect(convert(rich, { ...MP4, audioTracks: '4' })).rejects.toMatchObject({ code: 'INPUT_NO_STREAM', message: 'rich.mkv has no audio track 4: it has 2, counted from 0. Choose other tracks or all.' });
  });

  it('keeps subtitle and chapter times of a source that starts at 100 s', async () => {
    const source = join(folder, 'late-start.mkv');
    ffmpeg(['-i', rich, '-map', '0', '-c', 'copy', '-output_ts_offset', '100', source]);
    const { path } = await convert(source, MP4);
    const cues = ffprobe(['-select_streams', 's:0', '-show_entries', 'packet=pts_time,size', '-of', 'csv=p=0', path]).split('\n').filter((line) => /,\d\d+/.test(line)).map((line) => Number.parseFloat(line));
    expect(cues).toEqual([1, 4]);
    expect(beepSeconds(path)[0]).toBeCloseTo(0.5, 2);
  });

  it('leaves out picture subtitles where they do not fit, and says so', async () => {
    const source = join(folder, 'pictures.mkv');
    writeFileSync(join(folder, 'pictures.sup'), Buffer.concat([1, 2].flatMap((second) => [pgsSegment(second, 0x16, [0, 96, 0, 64, 0x10, 0, second, 0x80, 0, 0, 0]), pgsSegment(second, 0x80, [])])));
    ffmpeg(['-i', join(folder, 'film.mkv'), '-i', join(folder, 'pictures.sup'), '-map', '0', '-map', '1', '-c', 'copy', source]);
    const mp4 = await convert(source, MP4);
    expect(mp4.warnings).toEqual(['Subtitle track 2 of pictures.mkv (hdmv_pgs_subtitle) can\'t be kept in mp4 and was left out. Choose mkv to keep it.']);
    expect(subtitleStreams(mp4.info)).toEqual([]);
    const mkv = await convert(source, { ...MP4, container: 'mkv' });
    expect(subtitleStreams(mkv.info)).toMatchObject([{ codec: 'hdmv_pgs_subtitle' }]);
  });
});

/** One segment of a Blu-ray subtitle (`PG`, times at 90 kHz, type, length): an empty picture is enough. */
function pgsSegment(seconds: number, type: number, payload: readonly number[]): Buffer {
  const head = Buffer.alloc(13);
  head.write('PG', 'latin1');
  head.writeUInt32BE(seconds * 90_000, 2);
  head.writeUInt8(type, 10);
  head.writeUInt16BE(payload.length, 11);
  return Buffer.concat([head, Buffer.from(payload)]);
}

describe('the picture', () => {
  it('of a phone held upright comes out upright, and a limit counts for its shorter side', async () => {
    const source = makeFilm(join(folder, 'phone.mp4'), { seconds: 2, size: '1280x720', video: ['-c:v', 'libx264', '-preset', 'ultrafast', '-threads', '1'], rate: 5 });
    rotateMp4(source, 90);
    const { info } = await convert(source, { ...MP4, resolution: '480p' });
    expect(filmStreams(info)[0]).toMatchObject({ width: 480, height: 854, rotationDegrees: 0 });
  });

  it('keeps the shape of pixels, and loses one line where its size is odd', async () => {
    const source = makeFilm(join(folder, 'anamorphic.mkv'), { seconds: 2, size: '97x65', filters: ['setsar=16/15', 'format=yuv444p'], video: ['-c:v', 'ffv1'], audio: null });
    const { info } = await convert(source, MP4);
    expect(filmStreams(info)[0]).toMatchObject({ width: 96, height: 64, sampleAspectRatio: { numerator: 16, denominator: 15 }, pixelFormat: 'yuv420p' });
    expect(audioStreams(info)).toEqual([]);
  });

  it('in HDR stays HDR in H.265 with its data, and becomes BT.709 in H.264', async () => {
    const hdr10 = 'log-level=none:hdr10=1:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1):max-cll=1000,400';
    const source = makeFilm(join(folder, 'hdr.mp4'), { seconds: 2, video: ['-c:v', 'libx265', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p10le', '-x265-params', hdr10] });
    const kept = filmStreams((await convert(source, { ...MP4, videoCodec: 'h265' })).info)[0];
    expect(kept).toMatchObject({ pixelFormat: 'yuv420p10le', colour: { transfer: 'smpte2084', primaries: 'bt2020', space: 'bt2020nc' }, contentLight: { maxContent: 1000, maxAverage: 400 }, masteringDisplay: { red: [0.68, 0.32], green: [0.265, 0.69], maxLuminance: 1000 } });
    const mapped = filmStreams((await convert(source, MP4)).info)[0];
    expect(mapped).toMatchObject({ pixelFormat: 'yuv420p', colour: { transfer: 'bt709', primaries: 'bt709', space: 'bt709' } });
  });
});

describe('sound alone', () => {
  it('becomes MP3 with its cover, WAV, FLAC, M4A and Ogg', async () => {
    const song = join(folder, 'song.mp3');
    ffmpeg(['-f', 'lavfi', '-i', 'sine=d=3', '-f', 'lavfi', '-i', 'color=blue:s=64x64:d=0.1:r=10', '-map', '0', '-map', '1', '-c:v', 'mjpeg', '-c:a', 'libmp3lame', '-disposition:v', 'attached_pic', song]);
    const expected = { mp3: 'mp3', wav: 'pcm_s16le', flac: 'flac', m4a: 'aac', ogg: 'opus' };
    const codecs = { mp3: 'mp3', wav: 'pcm', flac: 'flac', m4a: 'aac', ogg: 'opus' };
    for (const container of ['mp3', 'wav', 'flac', 'm4a', 'ogg'] as const) {
      const { info, fileName } = await convert(song, { container, videoCodec: 'none', audioCodec: codecs[container] });
      expect(fileName).toBe(`song.${container}`);
      expect(audioStreams(info)).toMatchObject([{ codec: expected[container] }]);
      expect(info.durationSeconds).toBeCloseTo(3, 0);
      expect(coverArt(info)).toHaveLength(['mp3', 'flac', 'm4a'].includes(container) ? 1 : 0);
    }
  });

  it('keeps 24 bits in WAV, and says when tracks are left out', async () => {
    const source = join(folder, 'deep.mkv');
    ffmpeg(['-f', 'lavfi', '-i', 'sine=d=1', '-f', 'lavfi', '-i', 'sine=d=1', '-map', '0', '-map', '1', '-c:a', 'pcm_s24le', source]);
    const { info, warnings } = await convert(source, { container: 'wav', videoCodec: 'none', audioCodec: 'pcm' });
    expect(audioStreams(info)).toMatchObject([{ codec: 'pcm_s24le' }]);
    expect(warnings).toEqual(['WAV holds one audio track, so only the first of 2 was kept.']);
  });
});

describe('what can\'t be done is refused with the cause and the cure', () => {
  it('video from an audio file, audio from a silent one, codecs that do not fit', async () => {
    const sound = makeFilm(join(folder, 'sound.mka'), { seconds: 1, output: ['-vn'] });
    const silent = makeFilm(join(folder, 'silent.mp4'), { seconds: 1, audio: null });
    await expect(convert(sound, MP4)).rejects.toMatchObject({ code: 'INPUT_NO_STREAM', message: 'sound.mka has no video. Choose an audio recipe: mp3 or wav.' });
    await expect(convert(silent, { container: 'mp3', videoCodec: 'none', audioCodec: 'mp3' })).rejects.toMatchObject({ code: 'INPUT_NO_STREAM', message: 'silent.mp4 has no audio track. Choose a video recipe: mp4-h264.' });
    await expect(convert(silent, { ...MP4, container: 'webm' })).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  });

  it('a film that was cut short, with or without an index in front', async () => {
    for (const name of ['cut.mkv', 'cut.mp4', 'cut.ts']) {
      const source = makeFilm(join(folder, name), { seconds: 8, output: name.endsWith('mp4') ? ['-movflags', '+faststart'] : [] });
      truncateSync(source, Math.floor(readFileSync(source).length * 0.6));
      const task = createTestTask(handler, { inputs: [source], options: MP4 });
      // Nothing in a transport stream says how long it should be: what is there is converted.
      if (name === 'cut.ts') await expect(task.run()).resolves.toHaveLength(1);
      else await expect(task.run()).rejects.toMatchObject({ code: 'INPUT_DAMAGED', message: expect.stringContaining('cut short') });
      task.dispose();
    }
  });

  it('but not a name with a dash, quotes, a newline, a percent sign and an emoji, or one of 255 bytes', async () => {
    const film = makeFilm(join(folder, 'plain.mp4'), { seconds: 1 });
    for (const name of ['-i "it\'s" %d\n🎬 [x];,.mp4', `${'ü'.repeat(125)}x.mp4`]) {
      copyFileSync(film, join(folder, name));
      const { info, fileName } = await convert(join(folder, name), MP4);
      expect(filmStreams(info)).toHaveLength(1);
      expect(Buffer.byteLength(`${fileName} (99)`)).toBeLessThanOrEqual(255);
    }
  });
});
