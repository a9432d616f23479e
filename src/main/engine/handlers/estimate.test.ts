import { describe, expect, it } from 'vitest';
import { OPTION_SCHEMAS } from '../../../shared/options.ts';
import type { MediaInfo } from '../media/media-info.ts';
import { estimateTask } from './estimate.ts';

const MEDIA: MediaInfo = {
  path: '/film.mp4', sizeBytes: 1e9, formatNames: ['mov'], durationSeconds: 600, startSeconds: 0, chapterCount: 0,
  streams: [{
    kind: 'video', index: 0, codec: 'h264', timeBase: { numerator: 1, denominator: 1000 }, startSeconds: 0, durationSeconds: 600, bitRate: null, language: null, title: null,
    isDefault: true, isForced: false, isAttachedPicture: false, width: 1280, height: 720, pixelFormat: 'yuv420p', rotationDegrees: 0, sampleAspectRatio: { numerator: 1, denominator: 1 },
    frameRate: { numerator: 30, denominator: 1 }, baseFrameRate: null, colour: { range: null, space: null, transfer: null, primaries: null, chromaLocation: null }, masteringDisplay: null, contentLight: null, fieldOrder: null,
  }],
};
const CONVERT = OPTION_SCHEMAS.video_convert.parse({ container: 'mp4', videoCodec: 'h264', audioCodec: 'aac' });

describe('estimateTask', () => {
  it('takes the pace of earlier tasks where there is one', () => {
    expect(estimateTask({ type: 'video_convert', options: CONVERT, media: MEDIA, pace: 2 }).seconds).toBe(1202);
    expect(estimateTask({ type: 'transcribe', options: OPTION_SCHEMAS.transcribe.parse({}), media: MEDIA, pace: 0.1 }).seconds).toBe(62);
  });

  it('else goes by codec, effort and size', () => {
    const seconds = (more: Partial<typeof CONVERT>): number => estimateTask({ type: 'video_convert', options: { ...CONVERT, ...more }, media: MEDIA, pace: null }).seconds;
    expect(seconds({})).toBeGreaterThan(200);
    expect(seconds({})).toBeLessThan(600);
    expect(seconds({ speed: 'fast' })).toBeLessThan(seconds({}));
    expect(seconds({ resolution: '360p' })).toBeLessThan(seconds({ resolution: '480p' }));
    expect(seconds({ videoCodec: 'vp9' })).toBeGreaterThan(seconds({}));
    expect(seconds({ videoCodec: 'none' })).toBeLessThan(10);
  });

  it('larger models take longer and more memory', () => {
    const [tiny, large] = ['tiny.en', 'large-v3'].map((model) => estimateTask({ type: 'transcribe', options: OPTION_SCHEMAS.transcribe.parse({ model }), media: MEDIA, pace: null }));
    expect(tiny?.seconds).toBeLessThan(large?.seconds ?? 0);
    expect(tiny?.memoryBytes).toBeLessThan(large?.memoryBytes ?? 0);
    expect(tiny?.tempBytes).toBe(600 * 32_000);
  });

  it('previews and thumbnails of a long film take seconds', () => {
    expect(estimateTask({ type: 'video_preview', options: OPTION_SCHEMAS.video_preview.parse({}), media: MEDIA, pace: null }).seconds).toBeLessThan(20);
    expect(estimateTask({ type: 'video_thumbnail', options: OPTION_SCHEMAS.video_thumbnail.parse({}), media: MEDIA, pace: null }).seconds).toBeLessThan(20);
  });

  it('knows nothing of a file without a length, and says 0 media seconds', () => {
    expect(estimateTask({ type: 'video_convert', options: CONVERT, media: { ...MEDIA, durationSeconds: null }, pace: null }).mediaSeconds).toBe(0);
  });
});
