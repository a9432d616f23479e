/** ffprobe's JSON, parsed into MediaInfo. Field names as in FFmpeg's `ffprobe.xsd`. */
import * as z from 'zod';
import type { ContentLight, Fraction, MasteringDisplay, MediaInfo, MediaStream } from './media-info.ts';

/** Numbers come as text, and `N/A` or nothing where unknown. */
const numberText = z.union([z.string(), z.number()]).transform((value) => {
  const number = Number(value);
  return value !== '' && Number.isFinite(number) ? number : null;
}).nullish().transform((value) => value ?? null);

const fractionText = z.string().transform(parseFraction).nullish().transform((value) => value ?? null);
/** A fraction as one number; 0 is a value here. */
const quotientText = z.string().transform((text) => {
  const [numerator, denominator] = text.split('/').map(Number);
  return numerator !== undefined && denominator !== undefined && denominator > 0 && numerator >= 0 ? numerator / denominator : null;
}).nullish().transform((value) => value ?? null);
/** `unknown` and `unspecified` say nothing. */
const nameText = z.string().nullish().transform((value) => (value === undefined || value === null || /^(unknown|unspecified|reserved)$/.test(value) ? null : value));
const tags = z.record(z.string(), z.string()).default({}).transform((record) => new Map(Object.entries(record).map(([name, value]) => [name.toLowerCase(), value] as const)));

/** Loose: the kinds differ in their fields, and other kinds than these are of no interest. */
const sideData = z.object({
  side_data_type: z.string().default(''),
  rotation: numberText,
  red_x: fractionText, red_y: fractionText, green_x: fractionText, green_y: fractionText, blue_x: fractionText, blue_y: fractionText,
  white_point_x: fractionText, white_point_y: fractionText, min_luminance: quotientText, max_luminance: quotientText,
  max_content: numberText, max_average: numberText,
});
type SideData = z.infer<typeof sideData>;

const stream = z.object({
  index: z.int(),
  codec_type: z.string().default('data'),
  codec_name: nameText,
  width: z.int().default(0),
  height: z.int().default(0),
  pix_fmt: nameText,
  sample_aspect_ratio: z.string().transform((text) => parseFraction(text.replace(':', '/'))).nullish(),
  r_frame_rate: fractionText,
  avg_frame_rate: fractionText,
  time_base: fractionText,
  start_time: numberText,
  duration: numberText,
  bit_rate: numberText,
  color_range: nameText,
  color_space: nameText,
  color_transfer: nameText,
  color_primaries: nameText,
  chroma_location: nameText,
  field_order: nameText,
  channels: z.int().default(0),
  channel_layout: nameText,
  sample_rate: numberText,
  sample_fmt: nameText,
  disposition: z.record(z.string(), z.number()).default({}),
  tags,
  side_data_list: z.array(sideData).default([]),
});

/** The whole answer to -show_format -show_streams -show_chapters. */
export const probeOutput = z.object({
  streams: z.array(stream).default([]),
  chapters: z.array(z.unknown()).default([]),
  format: z.object({ format_name: z.string(), duration: numberText, start_time: numberText, probe_score: z.number().default(100) }),
});

/** The answer to -show_frames of one frame: HDR data that only the bitstream carries. */
export const frameOutput = z.object({ frames: z.array(z.object({ side_data_list: z.array(sideData).default([]) })).default([]) });

export function toMediaInfo(path: string, sizeBytes: number, probed: z.infer<typeof probeOutput>): MediaInfo {
  const { format } = probed;
  return {
    path,
    sizeBytes,
    formatNames: format.format_name.split(','),
    durationSeconds: format.duration !== null && format.duration > 0 ? format.duration : null,
    startSeconds: format.start_time ?? 0,
    streams: probed.streams.map(toStream),
    chapterCount: probed.chapters.length,
  };
}

/** Mastering data among side data, wherever it was found. */
export function hdrData(list: readonly SideData[]): { masteringDisplay: MasteringDisplay | null; contentLight: ContentLight | null } {
  return { masteringDisplay: firstOf(list, toMastering), contentLight: firstOf(list, toContentLight) };
}

function toStream(probed: z.infer<typeof stream>): MediaStream {
  const language = probed.tags.get('language');
  const base = {
    index: probed.index,
    codec: probed.codec_name,
    timeBase: probed.time_base ?? { numerator: 1, denominator: 1000 },
    startSeconds: probed.start_time,
    durationSeconds: probed.duration,
    bitRate: probed.bit_rate,
    language: language === undefined || language === 'und' || language === '' ? null : language,
    title: probed.tags.get('title') ?? null,
    isDefault: probed.disposition['default'] === 1,
    isForced: probed.disposition['forced'] === 1,
  };
  if (probed.codec_type === 'video') {
    return {
      ...base,
      kind: 'video',
      isAttachedPicture: probed.disposition['attached_pic'] === 1,
      width: probed.width,
      height: probed.height,
      pixelFormat: probed.pix_fmt,
      rotationDegrees: rotationOf(probed.side_data_list),
      sampleAspectRatio: probed.sample_aspect_ratio ?? { numerator: 1, denominator: 1 },
      frameRate: probed.avg_frame_rate,
      baseFrameRate: probed.r_frame_rate,
      colour: { range: probed.color_range, space: probed.color_space, transfer: probed.color_transfer, primaries: probed.color_primaries, chromaLocation: probed.chroma_location },
      ...hdrData(probed.side_data_list),
      fieldOrder: probed.field_order,
    };
  }
  if (probed.codec_type === 'audio') return { ...base, kind: 'audio', channels: probed.channels, channelLayout: probed.channel_layout, sampleRate: probed.sample_rate ?? 0, sampleFormat: probed.sample_fmt };
  if (probed.codec_type === 'subtitle') return { ...base, kind: 'subtitle' };
  return { ...base, kind: probed.codec_type === 'attachment' ? 'attachment' : 'data' };
}

/** The display matrix turns anticlockwise; players count clockwise. Odd angles are left to FFmpeg's autorotate. */
function rotationOf(list: readonly SideData[]): number {
  const anticlockwise = list.find((data) => data.rotation !== null)?.rotation ?? 0;
  return (((Math.round(-anticlockwise / 90) * 90) % 360) + 360) % 360;
}

function toMastering(data: SideData): MasteringDisplay | null {
  const red = point(data.red_x, data.red_y);
  const green = point(data.green_x, data.green_y);
  const blue = point(data.blue_x, data.blue_y);
  const white = point(data.white_point_x, data.white_point_y);
  if (!red || !green || !blue || !white || data.min_luminance === null || !data.max_luminance) return null;
  return { red, green, blue, white, minLuminance: data.min_luminance, maxLuminance: data.max_luminance };
}

function toContentLight(data: SideData): ContentLight | null {
  if (data.max_content === null || data.max_average === null) return null;
  return { maxContent: data.max_content, maxAverage: data.max_average };
}

function firstOf<T>(list: readonly SideData[], read: (data: SideData) => T | null): T | null {
  for (const data of list) {
    const found = read(data);
    if (found !== null) return found;
  }
  return null;
}

function point(x: Fraction | null, y: Fraction | null): readonly [number, number] | null {
  return x && y ? [quotient(x), quotient(y)] : null;
}

function quotient(fraction: Fraction): number {
  return fraction.numerator / fraction.denominator;
}

/** Null for 0/0, 0/1 and what is no fraction: FFmpeg's ways to say "unknown". */
function parseFraction(text: string): Fraction | null {
  const match = /^(\d+)\/(\d+)$/.exec(text);
  const numerator = Number(match?.[1]);
  const denominator = Number(match?.[2]);
  return numerator > 0 && denominator > 0 ? { numerator, denominator } : null;
}
