/** What ffprobe knows of a file, in our words. */

export interface Fraction {
  readonly numerator: number;
  readonly denominator: number;
}

interface StreamBase {
  /** FFmpeg's index in the file, as in `-map 0:3`. */
  readonly index: number;
  /** FFmpeg's codec name; null when it knows none. */
  readonly codec: string | null;
  readonly timeBase: Fraction;
  /** Null when the container does not say. */
  readonly startSeconds: number | null;
  readonly durationSeconds: number | null;
  readonly bitRate: number | null;
  /** As tagged, usually ISO 639-2 (`eng`); null for none or `und`. */
  readonly language: string | null;
  readonly title: string | null;
  readonly isDefault: boolean;
  readonly isForced: boolean;
}

/** Mastering display (SMPTE ST 2086): chromaticities as fractions of 1, luminance in cd/m². */
export interface MasteringDisplay {
  readonly red: readonly [number, number];
  readonly green: readonly [number, number];
  readonly blue: readonly [number, number];
  readonly white: readonly [number, number];
  readonly minLuminance: number;
  readonly maxLuminance: number;
}

/** Content light level (CTA-861.3), cd/m². */
export interface ContentLight {
  readonly maxContent: number;
  readonly maxAverage: number;
}

/** FFmpeg's names; null where unspecified. */
export interface ColourTags {
  readonly range: string | null;
  readonly space: string | null;
  readonly transfer: string | null;
  readonly primaries: string | null;
  readonly chromaLocation: string | null;
}

export interface VideoStream extends StreamBase {
  readonly kind: 'video';
  /** Cover art rather than film. */
  readonly isAttachedPicture: boolean;
  /** Stored size, before rotation. */
  readonly width: number;
  readonly height: number;
  readonly pixelFormat: string | null;
  /** Degrees clockwise that a player turns the picture by: 0, 90, 180 or 270. */
  readonly rotationDegrees: number;
  readonly sampleAspectRatio: Fraction;
  /** avg_frame_rate, and the base rate r_frame_rate; null where unknown. */
  readonly frameRate: Fraction | null;
  readonly baseFrameRate: Fraction | null;
  readonly colour: ColourTags;
  readonly masteringDisplay: MasteringDisplay | null;
  readonly contentLight: ContentLight | null;
  /** progressive, tt, bb, tb, bt; null where unknown. */
  readonly fieldOrder: string | null;
}

export interface AudioStream extends StreamBase {
  readonly kind: 'audio';
  readonly channels: number;
  readonly channelLayout: string | null;
  readonly sampleRate: number;
  /** FFmpeg's name of the decoded samples: `s16`, `fltp`. */
  readonly sampleFormat: string | null;
}

export interface SubtitleStream extends StreamBase {
  readonly kind: 'subtitle';
}

export interface AttachmentStream extends StreamBase {
  readonly kind: 'attachment' | 'data';
}

export type MediaStream = VideoStream | AudioStream | SubtitleStream | AttachmentStream;

export interface MediaInfo {
  /** Absolute. */
  readonly path: string;
  readonly sizeBytes: number;
  /** FFmpeg's demuxer names: `mov`, `mp4`, …. */
  readonly formatNames: readonly string[];
  /** Null when the container does not say and FFmpeg can't tell. */
  readonly durationSeconds: number | null;
  /** Time of the first packet; players and FFmpeg take it for zero. */
  readonly startSeconds: number;
  readonly streams: readonly MediaStream[];
  readonly chapterCount: number;
}

/** Film streams: cover art is not one. */
export function filmStreams(info: MediaInfo): VideoStream[] {
  return info.streams.filter((stream) => stream.kind === 'video').filter((stream) => !stream.isAttachedPicture);
}

/** Pictures that come with an audio file or a film. */
export function coverArt(info: MediaInfo): VideoStream[] {
  return info.streams.filter((stream) => stream.kind === 'video').filter((stream) => stream.isAttachedPicture);
}

export function audioStreams(info: MediaInfo): AudioStream[] {
  return info.streams.filter((stream) => stream.kind === 'audio');
}

/** Seconds of the longest audio track; Matroska says only how long all of it is. */
export function longestAudio(info: MediaInfo): number {
  return Math.max(0, ...audioStreams(info).map(({ durationSeconds }) => durationSeconds ?? info.durationSeconds ?? 0));
}

export function subtitleStreams(info: MediaInfo): SubtitleStream[] {
  return info.streams.filter((stream) => stream.kind === 'subtitle');
}

/** Whether the picture is high dynamic range: PQ (HDR10, Dolby Vision) or HLG. */
export function isHdr(stream: VideoStream): boolean {
  return stream.colour.transfer === 'smpte2084' || stream.colour.transfer === 'arib-std-b67';
}

/** Size as shown: rotation applied, in square-pixel terms not. */
export function shownSize(stream: VideoStream): { width: number; height: number } {
  const isTurned = stream.rotationDegrees === 90 || stream.rotationDegrees === 270;
  return isTurned ? { width: stream.height, height: stream.width } : { width: stream.width, height: stream.height };
}
