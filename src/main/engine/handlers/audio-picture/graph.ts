/** The filters that draw sound. Plain values in and out; every value was matched by its option's schema. */
import type { AudioPictureOptions } from '../../../../shared/media-options.ts';
import type { AudioStream } from '../../media/media-info.ts';

/** Ends in [picture]. */
export function pictureGraph(options: AudioPictureOptions, track: AudioStream): string {
  return options.kind === 'waveform' ? waveform(options, track) : spectrogram(options, track);
}

function waveform({ width, height, channels, colour, background, scale, format }: AudioPictureOptions, track: AudioStream): string {
  const hex = `0x${colour.slice(1)}`;
  const isSplit = channels === 'separate' && track.channels > 1;
  // One colour for each channel, else the further ones are drawn in colours of FFmpeg's own.
  const colours = Array.from({ length: isSplit ? track.channels : 1 }, () => hex).join('|');
  const sound = [`[0:${track.index}]`, ...(isSplit ? [] : ['aformat=channel_layouts=mono,'])].join('');
  const wave = `${sound}showwavespic=s=${width}x${height}:split_channels=${isSplit ? 1 : 0}:colors=${colours}:scale=${scale === 'log' ? 'log' : 'lin'}:draw=full`;
  const behind = background ?? (format === 'jpg' ? '#ffffff' : null);
  if (behind === null) return `${wave},format=rgba[picture]`;
  return `${wave},format=rgba[wave];color=c=0x${behind.slice(1)}:s=${width}x${height},format=rgba[behind];[behind][wave]overlay=format=auto:shortest=1,format=${format === 'jpg' ? 'yuvj444p' : 'rgb24'}[picture]`;
}

/** What a legend takes above and below, as showspectrumpic has it. */
const LEGEND_LINES = 128;
/** FFmpeg 5.1 refuses more. */
const MOST_LINES = 4096;

/**
 * FFmpeg adds the legend outside of the size it is given, and turns sound into pitches quickly only where twice the height is a power of two
 * (2160 takes minutes for seconds of sound). So it is drawn in the nearest such height and brought to the size that was asked for.
 */
function spectrogram({ width, height, channels, palette, scale, legend, format }: AudioPictureOptions, track: AudioStream): string {
  const isSplit = channels === 'separate' && track.channels > 1;
  const lines = Math.min(MOST_LINES, 2 ** Math.max(5, Math.round(Math.log2(Math.max(32, height - (legend ? LEGEND_LINES : 0))))));
  const spectrum = `[0:${track.index}]showspectrumpic=s=${width}x${lines}:mode=${isSplit ? 'separate' : 'combined'}:color=${palette}:scale=${scale === 'log' ? 'log' : 'sqrt'}:legend=${legend ? 1 : 0}`;
  return `${spectrum},scale=${width}:${height}:flags=area,format=${format === 'jpg' ? 'yuvj444p' : 'rgb24'}[picture]`;
}
