/** Forecasts a picture of sound. Plain values in and out. */
import type { AudioPictureOptions } from '../../../../shared/media-options.ts';
import type { Estimate } from '../../../../shared/task.ts';

/** All of the sound is decoded once: about 300 times as fast as it plays. A spectrogram adds a transform for each column, which is little. */
const DECODE_PACE = 0.004;
const OVERHEAD_SECONDS = 1;
const FFMPEG_BYTES = 90_000_000;
/** showwavespic keeps all samples until the end (two bytes each of 48 000 a second and channel); showspectrumpic keeps columns as well. */
const KEPT_BYTES_PER_SECOND = 2 * 2 * 48_000;

export function estimateAudioPicture({ width, height }: AudioPictureOptions, mediaSeconds: number, pace: number | null): Estimate {
  return {
    seconds: mediaSeconds * (pace ?? DECODE_PACE) + OVERHEAD_SECONDS,
    memoryBytes: FFMPEG_BYTES + mediaSeconds * KEPT_BYTES_PER_SECOND + width * height * 16,
    tempBytes: width * height * 4,
    mediaSeconds,
  };
}
