import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync, copyFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TaskError, type ErrorCode } from '../../../shared/errors.ts';
import { probeMedia } from './ffprobe.ts';
import { audioStreams, coverArt, filmStreams, isHdr, type MediaInfo } from './media-info.ts';
import { rotateMp4 } from '../handlers/test-sources.ts';
import { testTools } from '../handlers/test-tools.ts';

const { ffmpegPath, ffprobePath } = testTools();
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'longhaul-probe-'));
  make('clip.mp4', ['-metadata:s:a:0', 'language=deu', '-c:v', 'libx264', '-c:a', 'aac']);
  make('front.mp4', ['-c:v', 'libx264', '-c:a', 'aac', '-movflags', '+faststart']);
  make('drm.mp4', ['-c:v', 'libx264', '-c:a', 'aac', '-encryption_scheme', 'cenc-aes-ctr', '-encryption_key', '76a6c65c5ea762046bd749a2e632ccbb', '-encryption_kid', 'a7e61c373e219033c21091fa607bf3b8']);
  copyFileSync(join(folder, 'clip.mp4'), join(folder, 'cut-short.mp4'));
  truncateSync(join(folder, 'cut-short.mp4'), 9000);
  writeFileSync(join(folder, 'empty.mp4'), '');
  writeFileSync(join(folder, 'text.mp4'), 'Dear diary, this is no film.\n'.repeat(50));
  writeFileSync(join(folder, 'text.txt'), '\u001b[31mcolours\u001b[0m\n'.repeat(50));
  writeFileSync(join(folder, 'noise.mp3'), Buffer.from(Array.from({ length: 50_000 }, (_, index) => (index * index * 31 + (index >> 3)) & 255)));
  writeFileSync(join(folder, 'list.mp4'), `ffconcat version 1.0\nfile ${join(folder, 'clip.mp4')}\n`);
  writeFileSync(join(folder, 'hls.mp4'), '#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:3,\nclip.mp4\n#EXT-X-ENDLIST\n');
  writeFileSync(join(folder, 'dash.mp4'), '<?xml version="1.0"?>\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" profiles="urn:mpeg:dash:profile:isoff-live:2011"></MPD>\n');
  writeFileSync(join(folder, 'subtitles.mp4'), '1\n00:00:00,000 --> 00:00:02,000\nHello\n\n'.repeat(5));
  mkdirSync(join(folder, 'folder.mp4'));
  execFileSync(ffmpegPath, ['-v', 'error', '-y', '-i', join(folder, 'clip.mp4'), '-frames:v', '1', '-f', 'image2pipe', '-c:v', 'png', join(folder, 'picture.mp4')]);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function make(name: string, outputArguments: string[]): void {
  execFileSync(ffmpegPath, ['-v', 'error', '-y', '-f', 'lavfi', '-i', 'testsrc2=s=64x64:r=10:d=2', '-f', 'lavfi', '-i', 'sine=d=2', ...outputArguments, join(folder, name)]);
}

function probe(name: string): Promise<MediaInfo> {
  return probeMedia(join(folder, name), { ffprobePath, signal: new AbortController().signal });
}

describe('probeMedia', () => {
  it('reads streams, sizes, languages and times of a film', async () => {
    const info = await probe('clip.mp4');
    expect(info.formatNames).toContain('mp4');
    expect(info.durationSeconds).toBeCloseTo(2, 1);
    expect(filmStreams(info)[0]).toMatchObject({ codec: 'h264', width: 64, height: 64, pixelFormat: 'yuv420p', rotationDegrees: 0, timeBase: { numerator: 1, denominator: 10240 } });
    expect(audioStreams(info)[0]).toMatchObject({ codec: 'aac', channels: 1, sampleRate: 44100, language: 'deu' });
  });

  it('opens a film whose name starts with a dash and holds quotes, a newline and an emoji', async () => {
    const name = `-i "it's" $(x)\n%d🎬.mp4`;
    copyFileSync(join(folder, 'clip.mp4'), join(folder, name));
    expect(filmStreams(await probe(name))).toHaveLength(1);
  });

  it('reads HDR10 data, whether the container or only the bitstream carries it', async () => {
    const hdr10 = 'hdr10=1:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1):max-cll=1000,400:log-level=none';
    make('hdr.ts', ['-c:v', 'libx265', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p10le', '-x265-params', hdr10, '-c:a', 'aac']);
    const film = filmStreams(await probe('hdr.ts'))[0];
    expect(film && isHdr(film)).toBe(true);
    expect(film).toMatchObject({ contentLight: { maxContent: 1000, maxAverage: 400 }, masteringDisplay: { red: [0.68, 0.32], maxLuminance: 1000 } });
  });

  it('tells cover art from film', async () => {
    execFileSync(ffmpegPath, ['-v', 'error', '-y', '-i', join(folder, 'clip.mp4'), '-f', 'lavfi', '-i', 'color=s=32x32:d=0.1:r=10', '-map', '0:a', '-map', '1:v', '-c:v', 'mjpeg', '-frames:v', '1', '-disposition:v', 'attached_pic', join(folder, 'song.mp3')]);
    const info = await probe('song.mp3');
    expect(filmStreams(info)).toEqual([]);
    expect(coverArt(info)).toHaveLength(1);
  });

  it('reads rotation as degrees clockwise', async () => {
    copyFileSync(join(folder, 'clip.mp4'), join(folder, 'turned.mp4'));
    rotateMp4(join(folder, 'turned.mp4'), 90);
    expect(filmStreams(await probe('turned.mp4'))[0]?.rotationDegrees).toBe(90);
  });
});

describe('what is no usable media', () => {
  const cases: [string, ErrorCode, RegExp][] = [
    ['absent.mp4', 'INPUT_MISSING', /absent\.mp4 is not there/],
    ['empty.mp4', 'INPUT_EMPTY', /0 bytes/],
    ['folder.mp4', 'INPUT_UNREADABLE', /is a folder/],
    ['text.mp4', 'INPUT_NOT_MEDIA', /not a video or audio file/],
    ['text.txt', 'INPUT_NOT_MEDIA', /not a video or audio file/],
    ['noise.mp3', 'INPUT_NOT_MEDIA', /not a video or audio file/],
    ['subtitles.mp4', 'INPUT_NOT_MEDIA', /not a video or audio file/],
    ['picture.mp4', 'INPUT_NOT_MEDIA', /is a picture/],
    ['cut-short.mp4', 'INPUT_DAMAGED', /cut short/],
    ['drm.mp4', 'INPUT_ENCRYPTED', /encrypted \(DRM\)/],
    ['list.mp4', 'INPUT_NOT_ALLOWED', /playlist/],
    ['hls.mp4', 'INPUT_NOT_ALLOWED', /playlist/],
    ['dash.mp4', 'INPUT_NOT_ALLOWED', /playlist/],
  ];
  it.each(cases)('%s is refused as %s', async (name, code, message) => {
    const error = await probe(name).then(() => undefined, (thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TaskError);
    expect(error).toMatchObject({ code, retryable: false });
    expect(error).toHaveProperty('message', expect.stringMatching(message));
  });

  it.skipIf(process.getuid?.() === 0)('a file without read permission is refused as INPUT_UNREADABLE (not as root, who may read all)', async () => {
    copyFileSync(join(folder, 'clip.mp4'), join(folder, 'secret.mp4'));
    chmodSync(join(folder, 'secret.mp4'), 0);
    await expect(probe('secret.mp4')).rejects.toMatchObject({ code: 'INPUT_UNREADABLE' });
  });
});
