/** The software video encoders: quality, effort and cost, as data. */
import type { VideoConvertOptions } from '../../../../shared/options.ts';

export type VideoCodec = Exclude<VideoConvertOptions['videoCodec'], 'none'>;
type Quality = VideoConvertOptions['quality'];
type Speed = VideoConvertOptions['speed'];

interface EncoderFacts {
  /** FFmpeg's encoder. */
  readonly name: string;
  /** Constant quality (CRF): lower is better and larger. */
  readonly quality: Readonly<Record<Quality, number>>;
  /** The encoder's own word for its effort. */
  readonly speed: Readonly<Record<Speed, string>>;
  /** CPU seconds for a million pixels, measured with FFmpeg 5.1 on 720p of mixed content with two threads. */
  readonly cpuSecondsPerMegapixel: Readonly<Record<Speed, number>>;
  /** Bytes of memory for a pixel of the picture: frames in flight, look-ahead, references. Measured as peak size at 720p. */
  readonly bytesPerPixel: number;
  /** Bits for a pixel at medium quality, of film that is neither still nor wild. For disk estimates only. */
  readonly bitsPerPixel: number;
}

/**
 * Quality. H.264: 23 is x264's default, 17–28 its sane range, 18 "visually lossless" (FFmpeg wiki, Encode/H.264). H.265: x265's 28 looks like
 * x264's 23 at half the size (wiki, Encode/H.265); 26 errs to the good side. VP9: Google recommends 31–33 for 1080p–720p on demand
 * (developers.google.com/media/vp9/settings/vod). AV1: SVT-AV1's default is 35, and 23–33 is its users' high end (SVT-AV1 CommonQuestions).
 * Effort. Medium must finish an hour of 720p in about half an hour on two cores with H.264 and look good: `fast` costs little quality
 * against x264's default `medium` at the same CRF. Fast is for drafts; slow is where more effort stops paying.
 */
export const SOFTWARE_ENCODERS: Readonly<Record<VideoCodec, EncoderFacts>> = {
  h264: {
    name: 'libx264',
    quality: { low: 29, medium: 23, high: 18 },
    speed: { fast: 'veryfast', medium: 'fast', slow: 'slow' },
    cpuSecondsPerMegapixel: { fast: 0.018, medium: 0.035, slow: 0.055 },
    bytesPerPixel: 300,
    bitsPerPixel: 0.09,
  },
  h265: {
    name: 'libx265',
    quality: { low: 32, medium: 26, high: 20 },
    speed: { fast: 'superfast', medium: 'fast', slow: 'slow' },
    cpuSecondsPerMegapixel: { fast: 0.031, medium: 0.06, slow: 0.2 },
    bytesPerPixel: 320,
    bitsPerPixel: 0.06,
  },
  vp9: {
    name: 'libvpx-vp9',
    quality: { low: 40, medium: 32, high: 24 },
    speed: { fast: '5', medium: '4', slow: '2' },
    cpuSecondsPerMegapixel: { fast: 0.08, medium: 0.09, slow: 0.13 },
    bytesPerPixel: 250,
    bitsPerPixel: 0.07,
  },
  av1: {
    name: 'libsvtav1',
    quality: { low: 42, medium: 33, high: 25 },
    speed: { fast: '10', medium: '8', slow: '6' },
    cpuSecondsPerMegapixel: { fast: 0.033, medium: 0.06, slow: 0.137 },
    bytesPerPixel: 380,
    bitsPerPixel: 0.05,
  },
};

/** `-c:v …` for a software encoder. Threads are a number, never "auto": x264's output depends on them, and parts must fit each other. */
export function softwareArguments(codec: VideoCodec, quality: Quality, speed: Speed, threads: number): string[] {
  const { name, quality: levels, speed: efforts } = SOFTWARE_ENCODERS[codec];
  const level = String(levels[quality]);
  const effort = efforts[speed];
  switch (codec) {
    case 'h264':
    case 'h265':
      return ['-c:v', name, '-preset', effort, '-crf', level, '-threads', String(threads)];
    case 'vp9':
      // -b:v 0 makes CRF the only rule; row-mt and tiles let it use more than one thread at all. A keyframe every 10 s at 24 fps keeps seeking quick.
      return ['-c:v', name, '-crf', level, '-b:v', '0', '-deadline', 'good', '-cpu-used', effort, '-row-mt', '1', '-tile-columns', '1', '-g', '240', '-threads', String(threads)];
    case 'av1':
      return ['-c:v', name, '-preset', effort, '-crf', level, '-g', '240', '-threads', String(threads)];
  }
}

/** Whether FFmpeg can spread bits over a whole film that it has seen once before. SVT-AV1's first pass is not offered by FFmpeg 5.1. */
export function hasTwoPasses(codec: VideoCodec): boolean {
  return codec !== 'av1';
}

export interface BitrateWish {
  readonly kbps: number;
  readonly speed: Speed;
  readonly threads: number;
  /** null: one pass only. */
  readonly pass: 1 | 2 | null;
  /** Where the first pass leaves what it saw: the start of file names in the process's folder. */
  readonly logName: string;
}

/** `-c:v …` with a mean bitrate instead of a constant quality; for x265 the rest is in bitrateParameters. */
export function bitrateArguments(codec: VideoCodec, { kbps, speed, threads, pass, logName }: BitrateWish): string[] {
  const { name, speed: efforts } = SOFTWARE_ENCODERS[codec];
  const rate = ['-b:v', `${kbps}k`, '-threads', String(threads)];
  const passes = pass === null ? [] : ['-pass', String(pass), '-passlogfile', logName];
  switch (codec) {
    case 'h264':
      return ['-c:v', name, '-preset', efforts[speed], ...rate, ...passes];
    case 'h265':
      return ['-c:v', name, '-preset', efforts[speed], ...rate];
    case 'vp9':
      return ['-c:v', name, '-deadline', 'good', '-cpu-used', efforts[speed], '-row-mt', '1', '-tile-columns', '1', '-g', '240', ...rate, ...passes];
    case 'av1':
      return ['-c:v', name, '-preset', efforts[speed], '-g', '240', ...rate];
  }
}

/** x265 takes its passes among its own parameters only. */
export function bitrateParameters(codec: VideoCodec, { pass, logName }: BitrateWish): string[] {
  return codec === 'h265' && pass !== null ? [`pass=${pass}`, `stats=${logName}.log`] : [];
}
