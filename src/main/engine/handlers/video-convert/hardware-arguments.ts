/** Constant quality in the words of each family of hardware encoders. */
import type { VideoConvertOptions } from '../../../../shared/options.ts';
import type { HardwareEncoder } from '../../media/hardware.ts';
import type { VideoCodec } from './encoders.ts';

/**
 * Quantiser levels (0–51, AV1 and VP9 0–255) near the software encoders' CRF. Hardware needs about 10–20 % more bits for the same look,
 * so medium sits a little lower than there. Sources: `ffmpeg -h encoder=…` for ranges, HandBrake's hardware presets for levels.
 */
const QUANTISERS: Readonly<Record<VideoCodec, Readonly<Record<VideoConvertOptions['quality'], number>>>> = {
  h264: { low: 28, medium: 22, high: 18 },
  h265: { low: 30, medium: 24, high: 19 },
  vp9: { low: 150, medium: 110, high: 80 },
  av1: { low: 150, medium: 110, high: 80 },
};
/** VideoToolbox counts the other way: 1–100, higher is better. */
const VIDEOTOOLBOX_QUALITY: Readonly<Record<VideoConvertOptions['quality'], number>> = { low: 45, medium: 60, high: 75 };

export function hardwareArguments(encoder: HardwareEncoder, codec: VideoCodec, quality: VideoConvertOptions['quality']): string[] {
  const level = String(QUANTISERS[codec][quality]);
  const name = ['-c:v', encoder.name];
  switch (encoder.family) {
    case 'nvenc':
      return [...name, '-preset', 'p5', '-rc', 'vbr', '-cq', codec === 'av1' ? String(Math.round(QUANTISERS.av1[quality] / 4)) : level, '-b:v', '0'];
    case 'qsv':
      return [...name, '-preset', 'medium', '-global_quality', codec === 'h264' || codec === 'h265' ? level : String(Math.round(QUANTISERS[codec][quality] / 4))];
    case 'vaapi':
      return [...name, '-rc_mode', 'CQP', '-qp', level];
    case 'videotoolbox':
      return [...name, '-q:v', String(VIDEOTOOLBOX_QUALITY[quality])];
    case 'amf':
      return [...name, '-quality', 'balanced', '-rc', 'cqp', '-qp_i', level, '-qp_p', level];
  }
}
