/** Encodes one segment into an MP4 part and reads back what is in it. */
import { runTool } from '../../media/child.ts';
import { runFfmpeg, type FfmpegProgress } from '../../media/ffmpeg.ts';
import { inputLimits, inputUrl } from '../../media/ffmpeg-input.ts';
import type { Fraction, VideoStream } from '../../media/media-info.ts';
import type { Tools } from '../../media/tools.ts';
import { burnFilters } from './burn-in.ts';
import { limitFilter } from './frame-limit.ts';
import type { Encoding, Segment } from './plan.ts';
import type { Source } from './source.ts';

export interface SegmentJob {
  readonly source: Source;
  readonly film: VideoStream;
  readonly encoding: Encoding;
  readonly segment: Segment;
  /** The film's first frame, in ticks. */
  readonly firstPts: number;
  /** The work folder: names in arguments are relative to it. */
  readonly cwd: string;
  /** Keyframe to start decoding at, in ticks; null: the start of the file. */
  readonly seekPts: number | null;
  readonly tools: Tools;
  readonly outputPath: string;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: FfmpegProgress) => void;
}

/** A seek goes to the last keyframe at or before its time; a millisecond more makes rounding harmless. */
const SEEK_SLACK_SECONDS = 0.001;
/** A part is minutes long at most: its packets are listed in a second or two. */
const PROBE_TIMEOUT_MS = 120_000;

/** Throws TaskError when FFmpeg fails. The part is not checked yet. */
export async function encodeSegment(job: SegmentJob): Promise<void> {
  await runFfmpeg({ ffmpegPath: job.tools.ffmpegPath, args: segmentArguments(job), inputPath: job.source.path, cwd: job.cwd, signal: job.signal, onProgress: job.onProgress });
}

/** Frames are chosen by integer source time stamps; nothing is rounded, dropped or doubled on the way. */
function segmentArguments({ source, film, encoding, segment, firstPts, seekPts, tools, outputPath }: SegmentJob): string[] {
  const { numerator, denominator } = film.timeBase;
  const seekSeconds = seekPts === null ? null : (seekPts * numerator) / denominator - source.media.startSeconds + SEEK_SLACK_SECONDS;
  const threads = String(tools.threads);
  return [
    '-copyts', ...encoding.deviceArguments,
    ...(seekSeconds === null || seekSeconds <= 0 ? [] : ['-noaccurate_seek', '-ss', seekSeconds.toFixed(6)]),
    '-threads', threads, ...inputLimits(), '-i', inputUrl(source.path),
    '-map', `0:${film.index}`, '-an', '-sn', '-dn', '-map_metadata', '-1', '-map_chapters', '-1',
    '-filter_threads', threads, '-vf', filterChain(encoding, segment, { firstPts, timeBase: film.timeBase }),
    '-fps_mode', 'passthrough', '-enc_time_base', `${numerator}:${denominator}`,
    ...encoding.encoderArguments, '-video_track_timescale', String(trackTimescale(film.timeBase)), '-f', 'mp4', inputUrl(outputPath),
  ];
}

/** Filters that look at neighbours come before the cut; what works on single frames comes after it and sees no frame in vain. */
function filterChain({ picture, uploadFilter, burnIn, frameLimit }: Encoding, { fromPts, toPts }: Segment, { firstPts, timeBase: { numerator, denominator } }: { firstPts: number; timeBase: Fraction }): string {
  const end = toPts === null ? '' : `:end_pts=${toPts}`;
  return [
    ...picture.earlyFilters, `settb=${numerator}/${denominator}`, `trim=start_pts=${fromPts}${end}`, `setpts=PTS-(${fromPts})`,
    ...(frameLimit === null ? [] : [limitFilter(frameLimit, fromPts - firstPts)]), ...picture.lateFilters, ...(burnIn === null ? [] : burnFilters(burnIn, fromPts)),
    ...(uploadFilter === null ? [] : [uploadFilter]),
  ].join(',');
}

/** Ticks of the part's track: those of the source, or finer where the source's tick is no whole fraction of a second. */
export function trackTimescale({ numerator, denominator }: Fraction): number {
  return denominator % numerator === 0 ? denominator / numerator : denominator;
}

export interface PartFacts {
  /** Ascending, in the part's track ticks. */
  readonly pts: Float64Array;
  /** Everything that must be equal in all parts for a join to be whole. */
  readonly signature: string;
}

/** What a finished part holds; null when it can't even be opened. */
export async function readPart(path: string, tools: Tools, signal: AbortSignal): Promise<PartFacts | null> {
  const pts: number[] = [];
  let signature = '';
  const result = await runTool({
    path: tools.ffprobePath,
    args: ['-v', 'error', ...inputLimits(), '-select_streams', 'v:0', '-show_data_hash', 'md5', '-show_entries', 'packet=pts:stream=codec_name,profile,width,height,pix_fmt,level,has_b_frames,time_base,extradata_hash', '-of', 'csv', '-i', inputUrl(path)],
    signal,
    timeoutMs: PROBE_TIMEOUT_MS,
    onStdoutLine: (line) => {
      if (line.startsWith('packet,')) pts.push(Number(line.split(',')[1]));
      else if (line.startsWith('stream,')) signature = line.slice('stream,'.length);
    },
  });
  return result.exitCode === 0 && signature !== '' ? { pts: Float64Array.from(pts).sort(), signature } : null;
}
