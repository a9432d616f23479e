import { describe, expect, it } from 'vitest';
import type { VideoStream } from '../../media/media-info.ts';
import { outputSize, planPicture } from './picture.ts';

const FILM: VideoStream = {
  kind: 'video', index: 0, codec: 'h264', timeBase: { numerator: 1, denominator: 1000 }, startSeconds: 0, durationSeconds: 10, bitRate: null, language: null, title: null,
  isDefault: true, isForced: false, isAttachedPicture: false, width: 1920, height: 1080, pixelFormat: 'yuv420p', rotationDegrees: 0, sampleAspectRatio: { numerator: 1, denominator: 1 },
  frameRate: { numerator: 25, denominator: 1 }, baseFrameRate: { numerator: 25, denominator: 1 }, colour: { range: null, space: null, transfer: null, primaries: null, chromaLocation: null },
  masteringDisplay: null, contentLight: null, fieldOrder: 'progressive',
};
const HDR: VideoStream = { ...FILM, pixelFormat: 'yuv420p10le', colour: { range: 'tv', space: 'bt2020nc', transfer: 'smpte2084', primaries: 'bt2020', chromaLocation: 'topleft' } };
const ALL = new Set(['zscale', 'tonemap', 'bwdif']);

function plan(film: VideoStream, more: Partial<Parameters<typeof planPicture>[0]> = {}) {
  return planPicture({ path: '/film.mp4', film, codec: 'h264', resolution: 'source', dynamicRange: 'auto', filters: ALL, threads: 2, ...more });
}

describe('outputSize', () => {
  const cases: [Partial<VideoStream>, Parameters<typeof outputSize>[1], number, number][] = [
    [{}, 'source', 1920, 1080],
    [{}, '720p', 1280, 720],
    [{}, '2160p', 1920, 1080],
    [{ width: 1080, height: 1920 }, '720p', 720, 1280],
    [{ rotationDegrees: 90 }, '720p', 720, 1280],
    [{ width: 1919, height: 1079 }, 'source', 1918, 1078],
    [{ width: 853, height: 481 }, '480p', 852, 480],
    [{ width: 1998, height: 1080 }, '360p', 666, 360],
    [{ width: 1, height: 1 }, 'source', 2, 2],
  ];
  it.each(cases)('%j with %s', (change, resolution, width, height) => {
    expect(outputSize({ ...FILM, ...change }, resolution)).toEqual({ width, height });
  });
});

describe('planPicture', () => {
  it('makes 8 bits of 10 for H.264, and keeps 10 for H.265 and AV1', () => {
    const deep = { ...FILM, pixelFormat: 'yuv422p10le' };
    expect(plan(deep).pixelFormat).toBe('yuv420p');
    expect(plan(deep, { codec: 'h265' }).pixelFormat).toBe('yuv420p10le');
    expect(plan(deep, { codec: 'av1' }).pixelFormat).toBe('yuv420p10le');
    expect(plan(deep, { codec: 'vp9' }).pixelFormat).toBe('yuv420p');
  });

  it('tone maps HDR where it is not kept, and says which FFmpeg it needs', () => {
    expect(plan(HDR).isToneMapped).toBe(true);
    expect(plan(HDR, { codec: 'h265' })).toMatchObject({ isToneMapped: false, pixelFormat: 'yuv420p10le' });
    expect(plan(HDR, { codec: 'h265', dynamicRange: 'sdr' })).toMatchObject({ isToneMapped: true, pixelFormat: 'yuv420p' });
    expect(plan(HDR, { dynamicRange: 'keep' })).toMatchObject({ isToneMapped: false, pixelFormat: 'yuv420p10le' });
    expect(() => plan(HDR, { filters: new Set() })).toThrow(/has no zscale or tonemap filter\. Install an FFmpeg with zimg, or keep HDR with the recipe mp4-h265/);
  });

  it('passes mastering data on in the encoders\' own units', () => {
    const mastered: VideoStream = { ...HDR, masteringDisplay: { red: [0.68, 0.32], green: [0.265, 0.69], blue: [0.15, 0.06], white: [0.3127, 0.329], minLuminance: 0.0001, maxLuminance: 1000 }, contentLight: { maxContent: 1000, maxAverage: 400 } };
    expect(plan(mastered, { codec: 'h265' }).encoderArguments.join(' ')).toContain('master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1):max-cll=1000,400');
    expect(plan(mastered, { codec: 'av1' }).encoderArguments.join(' ')).toContain('mastering-display=G(0.2650,0.6900)B(0.1500,0.0600)R(0.6800,0.3200)WP(0.3127,0.3290)L(1000.0000,0.0001):content-light=1000,400');
  });

  it('tags HD without tags as BT.709, also when it is made smaller, and leaves other tags alone', () => {
    expect(plan(FILM, { resolution: '480p' }).encoderArguments).toEqual(['-color_range', 'tv', '-colorspace', 'bt709', '-color_trc', 'bt709', '-color_primaries', 'bt709']);
    expect(plan({ ...FILM, width: 640, height: 480 }).encoderArguments).toEqual(['-color_range', 'tv']);
    expect(plan({ ...FILM, colour: { ...FILM.colour, space: 'smpte170m' } }).encoderArguments).toEqual(['-color_range', 'tv', '-colorspace', 'smpte170m']);
  });

  it('brings full range and RGB to what players expect', () => {
    expect(plan({ ...FILM, pixelFormat: 'yuvj420p' }).lateFilters).toContain('scale=in_range=pc:out_range=tv');
    expect(plan({ ...FILM, pixelFormat: 'gbrp' }).lateFilters).toContain('scale=out_color_matrix=bt709:out_range=tv');
    expect(plan(FILM).lateFilters.join()).not.toMatch(/range/);
  });

  it('makes whole pictures of fields, before any cut', () => {
    expect(plan({ ...FILM, fieldOrder: 'tt' }).earlyFilters).toEqual(['bwdif=mode=send_frame:deint=interlaced']);
    expect(plan(FILM).earlyFilters).toEqual([]);
  });
});
