/** HDR10 data in the words of the encoders. */
import type { MasteringDisplay, VideoStream } from '../../media/media-info.ts';
import type { VideoCodec } from './encoders.ts';

/** Parameters that make the encoder repeat the source's HDR data; empty where it can't carry any. */
export function hdrParameters(codec: VideoCodec, film: VideoStream): string[] {
  if (codec === 'h265') {
    return [
      // PQ only: HLG carries its meaning in the transfer alone.
      ...(film.colour.transfer === 'smpte2084' ? ['hdr10=1', 'hdr10-opt=1'] : []),
      ...(film.masteringDisplay === null ? [] : [`master-display=${x265Mastering(film.masteringDisplay)}`]),
      ...(film.contentLight === null ? [] : [`max-cll=${film.contentLight.maxContent},${film.contentLight.maxAverage}`]),
    ];
  }
  if (codec === 'av1') {
    return [
      'enable-hdr=1',
      ...(film.masteringDisplay === null ? [] : [`mastering-display=${svtMastering(film.masteringDisplay)}`]),
      ...(film.contentLight === null ? [] : [`content-light=${film.contentLight.maxContent},${film.contentLight.maxAverage}`]),
    ];
  }
  return [];
}

/** x265: chromaticities in units of 0.00002, luminance in 0.0001 cd/m² (x265 docs, --master-display). */
function x265Mastering({ red, green, blue, white, minLuminance, maxLuminance }: MasteringDisplay): string {
  const point = ([x, y]: readonly [number, number]): string => `(${Math.round(x * 50_000)},${Math.round(y * 50_000)})`;
  return `G${point(green)}B${point(blue)}R${point(red)}WP${point(white)}L(${Math.round(maxLuminance * 10_000)},${Math.round(minLuminance * 10_000)})`;
}

/** SVT-AV1: the same as plain decimals (SVT-AV1 Parameters, --mastering-display). */
function svtMastering({ red, green, blue, white, minLuminance, maxLuminance }: MasteringDisplay): string {
  const point = ([x, y]: readonly [number, number]): string => `(${x.toFixed(4)},${y.toFixed(4)})`;
  return `G${point(green)}B${point(blue)}R${point(red)}WP${point(white)}L(${maxLuminance.toFixed(4)},${minLuminance.toFixed(4)})`;
}
