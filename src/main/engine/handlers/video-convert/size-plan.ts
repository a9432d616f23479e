/** What a film of a given size can be: how large its picture, how many bits for the sound. Plain values in and out. */
import { TaskError } from '../../../../shared/errors.ts';
import type { VideoConvertOptions } from '../../../../shared/options.ts';
import { displayName } from '../../media/display-name.ts';
import type { AudioStream, MediaInfo, VideoStream } from '../../media/media-info.ts';
import { limitedPixels } from '../estimate.ts';
import type { VideoCodec } from './encoders.ts';
import { limitedRate } from './frame-limit.ts';

/** Bits for a pixel from which a picture looks whole rather than smeared, by codec; about half of what medium quality takes. */
const ENOUGH_BITS_PER_PIXEL: Readonly<Record<VideoCodec, number>> = { h264: 0.045, h265: 0.03, vp9: 0.035, av1: 0.025 };
/** Below a quarter of that nothing can be made out any more, whatever the size. */
const HOPELESS_SHARE = 0.25;
const LADDER = ['2160p', '1440p', '1080p', '720p', '480p', '360p'] as const;
/** The sound may take a fifth, as long as speech can be understood. */
const SOUND_SHARE = 0.2;
const LEAST_SOUND_KBPS = 32;
const ASSUMED_RATE = 30;

export interface SizePlan {
  readonly resolution: VideoConvertOptions['resolution'];
  readonly audioBitrateKbps: number;
  /** The picture is smaller than it could have been. */
  readonly isReduced: boolean;
}

export interface SizeInput {
  readonly options: VideoConvertOptions;
  readonly media: MediaInfo;
  readonly film: VideoStream;
  readonly audio: readonly AudioStream[];
  readonly codec: VideoCodec;
  readonly targetBytes: number;
}

/** Throws OPTION_INVALID where the size is too small for anything to be seen, and where the film's length is not known. */
export function planSize({ options, media, film, audio, codec, targetBytes }: SizeInput): SizePlan {
  const name = displayName(media.path);
  const seconds = film.durationSeconds ?? media.durationSeconds;
  if (seconds === null || seconds <= 0) throw new TaskError('OPTION_INVALID', `${name} does not say how long it is, so no size can be planned. Remux it first (recipe remux-mkv), then use the result.`);
  const totalKbps = (targetBytes * 8) / 1000 / seconds;
  const tracks = options.audioCodec === 'none' ? 0 : audio.length;
  const audioBitrateKbps = tracks === 0 ? options.audioBitrateKbps : Math.min(options.audioBitrateKbps, Math.max(LEAST_SOUND_KBPS, Math.floor((SOUND_SHARE * totalKbps) / tracks)));
  const videoBits = 1000 * (totalKbps - tracks * audioBitrateKbps);
  const rate = limitedRate(film.frameRate ?? film.baseFrameRate, options.maxFrameRate) ?? ASSUMED_RATE;
  const bitsPerPixel = (resolution: VideoConvertOptions['resolution']): number => videoBits / (limitedPixels(film, resolution) * rate);
  const enough = ENOUGH_BITS_PER_PIXEL[codec];
  const steps = [options.resolution, ...LADDER.filter((step) => isSmaller(step, options.resolution))];
  const resolution = steps.find((step) => bitsPerPixel(step) >= enough) ?? steps.at(-1) ?? options.resolution;
  if (bitsPerPixel(resolution) < enough * HOPELESS_SHARE) {
    throw new TaskError('OPTION_INVALID', `${name} lasts ${Math.round(seconds)} s, and in ${targetBytes / 1e6} MB nothing of it could be made out. Choose a larger size, or cut out a piece first (recipe trim).`);
  }
  return { resolution, audioBitrateKbps, isReduced: limitedPixels(film, resolution) < limitedPixels(film, options.resolution) };
}

function isSmaller(step: VideoConvertOptions['resolution'], than: VideoConvertOptions['resolution']): boolean {
  return than === 'source' || Number.parseInt(step, 10) < Number.parseInt(than, 10);
}
