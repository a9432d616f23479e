/** What a conversion will do, stored before it begins; and whether a stored one still fits. */
import * as z from 'zod';
import type { VideoConvertOptions } from '../../../../shared/options.ts';
import { storedFile } from '../../media/durable-file.ts';
import { findHardwareEncoder, type HardwareEncoder } from '../../media/hardware.ts';
import type { VideoStream } from '../../media/media-info.ts';
import { basis, type Basis } from '../basis.ts';
import type { AttemptContext } from '../handler.ts';
import { prepareBurnIn, type BurnIn } from './burn-in.ts';
import { SOFTWARE_ENCODERS, softwareArguments, type VideoCodec } from './encoders.ts';
import { chooseFields } from './fields.ts';
import { frameLimit, type FrameLimit } from './frame-limit.ts';
import { hardwareArguments } from './hardware-arguments.ts';
import { level } from './level.ts';
import { planPicture, type Picture } from './picture.ts';
import type { Source } from './source.ts';

const segment = z.object({
  /** First frame, and the first of the next segment (null: to the end), in ticks of the source's time base. */
  fromPts: z.number(),
  toPts: z.number().nullable(),
  frames: z.int().positive(),
});
export type Segment = z.infer<typeof segment>;

export const convertPlan = z.object({
  basis,
  timeline: storedFile,
  segments: z.array(segment).min(1),
  /** The first pass of loudness normalisation, so that a resume need not listen again. */
  levels: z.array(level).default([]),
});
export type ConvertPlan = z.infer<typeof convertPlan>;

/** A finished part: a video segment, or (as the last one) all audio and subtitles. */
export const convertPart = z.object({
  files: z.array(storedFile),
  /** Codec, size and extradata of a video segment; all segments must agree to be joined. */
  signature: z.string(),
  /** Frames that the source lists but no decoder brings out of it, in ticks. */
  lostPts: z.array(z.number()),
  /** Length of the audio, of all tracks the longest; 0 for video. */
  audioSeconds: z.number().nonnegative(),
  /** Where the first audio track starts on the output's clock; null for video. */
  audioStartSeconds: z.number().nullable(),
});
export type ConvertPart = z.infer<typeof convertPart>;

/** How video is encoded, the same for every segment. */
export interface Encoding {
  readonly codec: VideoCodec;
  readonly encoderName: string;
  readonly picture: Picture;
  readonly isHardware: boolean;
  /** Stand before the input. */
  readonly deviceArguments: readonly string[];
  /** After the picture's filters. */
  readonly uploadFilter: string | null;
  /** `-c:v` and all that belongs to it. */
  readonly encoderArguments: readonly string[];
  /** Subtitles to be drawn. */
  readonly burnIn: BurnIn | null;
  readonly frameLimit: FrameLimit | null;
}

export async function planEncoding(context: AttemptContext<VideoConvertOptions, unknown, unknown>, source: Source, film: VideoStream, codec: VideoCodec): Promise<Encoding> {
  const { options } = context.task;
  const { threads } = context.tools;
  const hardware = options.encoder === 'hardware' ? await chooseHardware(context, codec) : null;
  const picture = planPicture({ path: source.path, film, codec, resolution: options.resolution, dynamicRange: options.dynamicRange, filters: source.capabilities.filters, threads, shape: options, fields: await chooseFields(context, source, film) });
  const encoder = hardware === null ? softwareArguments(codec, options.quality, options.speed, threads) : hardwareArguments(hardware, codec, options.quality);
  // Apple's players want H.265 under this name, and all others take it.
  const tag = codec === 'h265' ? ['-tag:v', 'hvc1'] : [];
  const colours = hardware === null ? picture.encoderArguments : withoutParameters(picture.encoderArguments);
  return {
    codec,
    encoderName: hardware?.name ?? SOFTWARE_ENCODERS[codec].name,
    picture,
    isHardware: hardware !== null,
    deviceArguments: hardware?.deviceArguments ?? [],
    uploadFilter: hardware?.uploadFilter ?? null,
    encoderArguments: [...encoder, ...(hardware?.uploadFilter ? [] : ['-pix_fmt', picture.pixelFormat]), ...colours, ...tag],
    burnIn: await prepareBurnIn(context, source, film.timeBase),
    frameLimit: frameLimit(film, options.maxFrameRate),
  };
}

/** What an attempt's parts depend on. */
export function basisOf(source: Source, film: VideoStream, encoding: Encoding, soundArguments: readonly string[]): Basis {
  const { picture, deviceArguments, uploadFilter, encoderArguments, burnIn, frameLimit: limit } = encoding;
  return {
    source: source.identity,
    ffmpeg: source.capabilities.fingerprint,
    arguments: [`stream ${film.index}`, ...deviceArguments, ...picture.earlyFilters, ...picture.lateFilters, uploadFilter ?? '', ...encoderArguments, ...soundArguments, ...(burnIn === null ? [] : [`subtitles ${burnIn.sha256}`]), ...(limit === null ? [] : [`${limit.numerator}/${limit.denominator} frames a tick`])],
  };
}

async function chooseHardware(context: AttemptContext<VideoConvertOptions, unknown, unknown>, codec: VideoCodec): Promise<HardwareEncoder | null> {
  const found = await findHardwareEncoder(context.tools.ffmpegPath, codec, context.signal);
  if (found === null) context.warn(`No hardware encoder for ${codec} works on this machine, so software (${SOFTWARE_ENCODERS[codec].name}) was used.`);
  else context.log(`hardware encoder ${found.name}`);
  return found;
}

/** Hardware encoders know nothing of x265's and SVT-AV1's parameters. */
function withoutParameters(args: readonly string[]): string[] {
  const at = args.findIndex((argument) => argument === '-x265-params' || argument === '-svtav1-params');
  return at < 0 ? [...args] : [...args.slice(0, at), ...args.slice(at + 2)];
}
