/** Decides what the picture becomes: size, pixel format, colours, filters. Plain values in and out. */
import { TaskError } from '../../../../shared/errors.ts';
import type { VideoConvertOptions } from '../../../../shared/options.ts';
import { displayName } from '../../media/display-name.ts';
import { isHdr, shownSize, type VideoStream } from '../../media/media-info.ts';
import type { VideoCodec } from './encoders.ts';
import { hdrParameters } from './hdr.ts';
import { shapePicture, type Shape } from './shape.ts';

export interface PictureInput {
  readonly path: string;
  readonly film: VideoStream;
  readonly codec: VideoCodec;
  readonly resolution: VideoConvertOptions['resolution'] | '240p';
  readonly dynamicRange: VideoConvertOptions['dynamicRange'];
  /** Filters of this FFmpeg. */
  readonly filters: ReadonlySet<string>;
  readonly threads: number;
  /** The source's shape when absent. */
  readonly shape?: Shape;
  /** flagged when absent. */
  readonly fields?: Fields;
}

/** What becomes of fields. flagged: pictures that say they are made of two; tff, bff: every picture, by which field is first. */
export type Fields = 'none' | 'flagged' | 'tff' | 'bff';

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Filters that look at neighbouring frames; they must see the frames before a cut. */
  readonly earlyFilters: readonly string[];
  /** Filters that look at one frame only. */
  readonly lateFilters: readonly string[];
  readonly pixelFormat: string;
  /** `-color_…` and the encoder's own parameters (`-x265-params`). */
  readonly encoderArguments: readonly string[];
  readonly isToneMapped: boolean;
}

/** Sources at least this high are HD, whose colours are BT.709 where nothing else is said (as players assume). */
const HD_SHORTER_SIDE = 720;

export function planPicture(input: PictureInput): Picture {
  const { film, codec } = input;
  const keepsHdr = isHdr(film) && wantsHdr(input);
  const isToneMapped = isHdr(film) && !keepsHdr;
  const shaped = input.shape === undefined ? null : shapePicture(film, input.shape, limitOf(input.resolution));
  const size = shaped === null ? outputSize(film, input.resolution) : { width: shaped.width, height: shaped.height };
  const isDeep = keepsHdr || (isTenBit(film) && (codec === 'h265' || codec === 'av1') && !isToneMapped);
  const pixelFormat = isDeep ? 'yuv420p10le' : 'yuv420p';
  return {
    ...size,
    earlyFilters: fieldFilters(input),
    lateFilters: [...(shaped?.filters ?? sizeFilters(film, size)), ...(isToneMapped ? toneMapFilters(input) : rangeFilters(film)), `format=${pixelFormat}`],
    pixelFormat,
    encoderArguments: [...colourArguments(film, isToneMapped), ...codecParameters(codec, keepsHdr ? film : null, input.threads)],
    isToneMapped,
  };
}

/**
 * Size after rotation, limit and rounding to even numbers, which 4:2:0 needs. The limit is for the shorter side, so 1080p fits a phone's
 * upright film too. Without scaling an odd row or column is cut off: a pixel lost, where scaling would blur all and padding would add a line.
 */
export function outputSize(film: VideoStream, resolution: PictureInput['resolution']): { width: number; height: number } {
  const shown = shownSize(film);
  const limit = limitOf(resolution);
  const factor = Math.min(1, limit / Math.min(shown.width, shown.height));
  const even = (length: number): number => Math.max(2, factor === 1 ? Math.floor(length / 2) * 2 : Math.round((length * factor) / 2) * 2);
  return { width: even(shown.width), height: even(shown.height) };
}

function limitOf(resolution: PictureInput['resolution']): number {
  return resolution === 'source' ? Infinity : Number.parseInt(resolution, 10);
}

function fieldFilters({ film, fields = 'flagged', filters }: PictureInput): string[] {
  if (!filters.has('bwdif') || fields === 'none' || (fields === 'flagged' && !isInterlaced(film))) return [];
  return [`bwdif=mode=send_frame:${fields === 'flagged' ? 'deint=interlaced' : `parity=${fields}:deint=all`}`];
}

function sizeFilters(film: VideoStream, size: { width: number; height: number }): string[] {
  const shown = shownSize(film);
  const isCropped = shown.width - size.width <= 1 && shown.height - size.height <= 1 && (shown.width !== size.width || shown.height !== size.height);
  const crop = isCropped ? ['crop=floor(iw/2)*2:floor(ih/2)*2:0:0'] : [];
  // Also where nothing changes: a source that changes its size midway must not change the output's.
  const scale = `scale=${size.width}:${size.height}:flags=bicubic`;
  // Rounding to even must not put a shape of 1279:1280 into the file.
  const { numerator, denominator } = film.sampleAspectRatio;
  const isTurned = film.rotationDegrees % 180 !== 0;
  return [...crop, scale, `setsar=${isTurned ? denominator : numerator}/${isTurned ? numerator : denominator}`];
}

/** Full range and RGB become what every player expects of video: limited range, BT.709 for RGB. */
function rangeFilters(film: VideoStream): string[] {
  if (isRgb(film)) return ['scale=out_color_matrix=bt709:out_range=tv'];
  return film.colour.range === 'pc' || film.pixelFormat?.startsWith('yuvj') === true ? ['scale=in_range=pc:out_range=tv'] : [];
}

/** HDR to standard range, BT.709; throws TOOL_MISSING where this FFmpeg can't. */
export function toneMapFilters({ film, path, filters }: Pick<PictureInput, 'film' | 'path' | 'filters'>): string[] {
  if (!filters.has('zscale') || !filters.has('tonemap')) {
    throw new TaskError('TOOL_MISSING', `${displayName(path)} is HDR and this FFmpeg can't convert it to standard range: it has no zscale or tonemap filter. Install an FFmpeg with zimg, or keep HDR with the recipe mp4-h265.`);
  }
  const { transfer, primaries, space } = film.colour;
  return [
    `zscale=transferin=${transfer ?? 'smpte2084'}:primariesin=${zscaleName(primaries) ?? '2020'}:matrixin=${zscaleName(space) ?? '2020_ncl'}:transfer=linear:npl=${NOMINAL_PEAK}`,
    'format=gbrpf32le', 'zscale=primaries=709', 'tonemap=tonemap=mobius:desat=0', 'zscale=transfer=709:matrix=709:range=limited',
  ];
}

/**
 * cd/m² that become SDR's white: the white of paper and graphics in HDR (ITU-R BT.2408). Mobius leaves what is darker as it is and bends
 * what is brighter; against the film before it was HDR, 203 with Mobius came nearest of 100 and 203 with Hable and Mobius.
 */
const NOMINAL_PEAK = 203;

/** zimg's names for what FFmpeg calls otherwise. */
function zscaleName(name: string | null): string | null {
  const names: Readonly<Record<string, string>> = { bt2020: '2020', bt2020nc: '2020_ncl', bt2020c: '2020_cl', bt709: '709', smpte432: 'smpte432', smpte431: 'smpte431', smpte170m: '170m', bt470bg: '470bg' };
  return name === null ? null : (names[name] ?? null);
}

/** Tags are passed on as they are; RGB and tone-mapped pictures are BT.709 now, and so is untagged HD, also after it was made smaller. */
function colourArguments(film: VideoStream, isToneMapped: boolean): string[] {
  if (isToneMapped || isRgb(film)) return tags('tv', 'bt709', 'bt709', 'bt709');
  const { space, transfer, primaries } = film.colour;
  const isUntaggedHd = space === null && transfer === null && primaries === null && Math.min(film.width, film.height) >= HD_SHORTER_SIDE;
  return isUntaggedHd ? tags('tv', 'bt709', 'bt709', 'bt709') : tags('tv', space, transfer, primaries);
}

function tags(range: string, space: string | null, transfer: string | null, primaries: string | null): string[] {
  const named: [string, string | null][] = [['-color_range', range], ['-colorspace', space], ['-color_trc', transfer], ['-color_primaries', primaries]];
  return named.flatMap(([name, value]) => (value === null ? [] : [name, value]));
}

function codecParameters(codec: VideoCodec, hdrFilm: VideoStream | null, threads: number): string[] {
  const hdr = hdrFilm === null ? [] : hdrParameters(codec, hdrFilm);
  if (codec === 'h265') return ['-x265-params', ['log-level=error', `pools=${threads}`, ...hdr].join(':')];
  if (codec === 'av1') return ['-svtav1-params', [`lp=${threads}`, ...hdr].join(':')];
  return [];
}

function wantsHdr({ dynamicRange, codec }: PictureInput): boolean {
  return dynamicRange === 'keep' || (dynamicRange === 'auto' && (codec === 'h265' || codec === 'av1'));
}

/** Fields rather than whole pictures, as the container says. */
export function isInterlaced(film: VideoStream): boolean {
  return film.fieldOrder !== null && film.fieldOrder !== 'progressive';
}

function isTenBit(film: VideoStream): boolean {
  return /p(10|12|14|16)(le|be)$|^p010|^p012|^p016|^y210|^x2/.test(film.pixelFormat ?? '');
}

function isRgb(film: VideoStream): boolean {
  return film.colour.space === 'gbr' || /^(gbr|rgb|bgr|argb|abgr|0rgb|0bgr|pal8|x2rgb|x2bgr)/.test(film.pixelFormat ?? '');
}
