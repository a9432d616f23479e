/** How a track is brought to a loudness. Plain values in and out. */
import * as z from 'zod';
import type { VideoConvertOptions } from '../../../../shared/options.ts';
import { loudness, type Loudness } from '../../media/loudness.ts';
import type { AudioStream } from '../../media/media-info.ts';

/** What the first pass found in a track of the source; null: silence. */
export const level = z.object({ stream: z.int().nonnegative(), measured: loudness.nullable() });
export type Level = z.infer<typeof level>;

/** loudnorm's own limits for the target range, which a linear gain does not touch. */
const WIDEST_RANGE_LU = 20;
const NARROWEST_RANGE_LU = 7;
/** loudnorm takes a measured range of 0 for "not measured", and none above 99. */
const LEAST_MEASURED_LU = 0.1;
const MOST_MEASURED_LU = 99;

/** The second pass; nothing where no loudness is wanted, and for silence. */
export function levelFilters(measured: Loudness | null, track: AudioStream, { loudnessLufs, truePeakDb }: Pick<VideoConvertOptions, 'loudnessLufs' | 'truePeakDb'>): string[] {
  if (loudnessLufs === null || measured === null) return [];
  const { integratedLufs, truePeakDb: peak, rangeLu, thresholdLufs } = measured;
  const isLinear = canBeLinear(measured, loudnessLufs, truePeakDb);
  const range = isLinear ? WIDEST_RANGE_LU : Math.min(WIDEST_RANGE_LU, Math.max(NARROWEST_RANGE_LU, rangeLu));
  const measuredRange = Math.max(LEAST_MEASURED_LU, Math.min(rangeLu, isLinear ? WIDEST_RANGE_LU : MOST_MEASURED_LU));
  return [
    `loudnorm=I=${loudnessLufs}:TP=${truePeakDb}:LRA=${range.toFixed(1)}:measured_I=${integratedLufs.toFixed(2)}:measured_TP=${peak.toFixed(2)}:measured_LRA=${measuredRange.toFixed(2)}:measured_thresh=${thresholdLufs.toFixed(2)}:linear=true`,
    // Where it is not linear it works, and would leave, at 192 kHz. (aresample itself fails here in FFmpeg 5.1: "Cannot select channel layout".)
    `aformat=sample_rates=${track.sampleRate}`,
  ];
}

/** A gain alone: nothing is pressed together. Possible while no peak rises above its limit. */
export function canBeLinear({ integratedLufs, truePeakDb: peak }: Loudness, target: number, limit: number): boolean {
  return peak + target - integratedLufs <= limit;
}
