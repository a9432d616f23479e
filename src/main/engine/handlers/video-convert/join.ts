/** Joins the parts into the output: packets are copied, times come from the plan, names and languages from the source. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { VideoConvertOptions } from '../../../../shared/options.ts';
import { syncFile } from '../../media/durable-file.ts';
import { runFfmpeg } from '../../media/ffmpeg.ts';
import { firstFrameSeconds } from '../../media/packets.ts';
import { concatArguments, inputArguments, inputUrl } from '../../media/ffmpeg-input.ts';
import type { Draft } from '../handler.ts';
import { segmentFileName } from './segments.ts';
import { trackTimescale } from './segment-encode.ts';
import { attachmentCount, sideFileNames } from './side-streams.ts';
import { audioTags, finalSubtitleCodec, subtitleTags } from './sound.ts';
import type { SegmentedWork } from './work.ts';

const LIST_NAME = 'join.ffconcat';
/** Enough of the film to see where both streams start. */
const TRIAL_SECONDS = 3;
/** Matroska's clock ticks in milliseconds and both starts are rounded to it; the pre-skip is 6.5 ms. */
const SMALLEST_CORRECTION_SECONDS = 0.003;

export const MUXERS: Readonly<Record<VideoConvertOptions['container'], string>> = {
  mp4: 'mp4', mkv: 'matroska', webm: 'webm', mp3: 'mp3', wav: 'wav', m4a: 'ipod', flac: 'flac', ogg: 'ogg',
};

/** Writes the draft and brings it to the disk. All parts have been checked before. */
export async function joinParts(work: SegmentedWork, draft: Draft): Promise<void> {
  const { context } = work;
  await writeFile(join(context.workDir, LIST_NAME), concatList(work));
  await runJoin(work, joinArguments(work, { outputPath: draft.tempPath, audioDelaySeconds: await audioCorrection(work), outputOptions: [] }));
  await syncFile(draft.tempPath);
}

async function runJoin({ context, source }: SegmentedWork, args: readonly string[]): Promise<void> {
  await runFfmpeg({ ffmpegPath: context.tools.ffmpegPath, args, inputPath: source.path, cwd: context.workDir, signal: context.signal, onLine: (line) => context.log(`join: ${line}`) });
}

/**
 * What Opus must be delayed by so that it meets the video. FFmpeg's Matroska muxer counts Opus's pre-skip differently from version to version
 * (5.1 puts it 6.5 ms too early, 9.0 does not), so a join of the first seconds shows what this one does. Other codecs' priming is no part of Matroska.
 */
async function audioCorrection(work: SegmentedWork): Promise<number> {
  const { context, plan } = work;
  const { container, audioCodec } = context.task.options;
  const startSeconds = context.checkpoint.parts.get(plan.segments.length)?.audioStartSeconds ?? null;
  if (audioCodec !== 'opus' || (container !== 'mkv' && container !== 'webm') || startSeconds === null) return 0;
  const outputPath = join(context.workDir, `trial.${context.task.attempt}.part`);
  await runJoin(work, joinArguments(work, { outputPath, audioDelaySeconds: 0, outputOptions: ['-t', String(TRIAL_SECONDS)] }));
  const probe = { ffprobePath: context.tools.ffprobePath, signal: context.signal };
  const [video, audio] = [await firstFrameSeconds(outputPath, 'v:0', probe), await firstFrameSeconds(outputPath, 'a:0', probe)];
  await rm(outputPath);
  if (video === null || audio === null) return 0;
  const delay = video - audio - (videoStartSeconds(work) - startSeconds);
  return Math.abs(delay) < SMALLEST_CORRECTION_SECONDS ? 0 : delay;
}

/** On the output's clock, whose zero is the source's start. */
export function videoStartSeconds({ film, timeline, source }: SegmentedWork): number {
  return ((timeline.pts[0] ?? 0) * film.timeBase.numerator) / film.timeBase.denominator - source.media.startSeconds;
}

/** Each part with its length: the distance between two rounded absolute times, so that nothing adds up. */
function concatList({ plan, timeline, film }: SegmentedWork): string {
  const { numerator, denominator } = film.timeBase;
  const start = plan.segments[0]?.fromPts ?? 0;
  const micros = (pts: number): number => Math.round(((pts - start) * numerator * 1e6) / denominator);
  const lines = plan.segments.map(({ fromPts, toPts }, index) => {
    const length = micros(toPts ?? timeline.endPts) - micros(fromPts);
    return `file '${segmentFileName(index)}'\nduration ${(length / 1e6).toFixed(6)}\n`;
  });
  return `ffconcat version 1.0\n${lines.join('')}`;
}

interface JoinWish {
  readonly outputPath: string;
  readonly audioDelaySeconds: number;
  readonly outputOptions: readonly string[];
}

/** -copyts: otherwise each input would be moved to its own start, and audio and video apart. */
function joinArguments(work: SegmentedWork, { outputPath, audioDelaySeconds, outputOptions }: JoinWish): string[] {
  const { context, source, film } = work;
  const { container } = context.task.options;
  const { audioName, textName } = sideFileNames(context, source);
  const textIndex = audioName === null ? 1 : 2;
  const sourceIndex = textIndex + (textName === null ? 0 : 1);
  const attachments = attachmentCount(context, source);
  return [
    '-copyts',
    '-itsoffset', videoStartSeconds(work).toFixed(6), ...concatArguments(LIST_NAME),
    ...(audioName === null ? [] : ['-itsoffset', audioDelaySeconds.toFixed(6), ...inputArguments(join(context.workDir, audioName))]),
    ...(textName === null ? [] : inputArguments(join(context.workDir, textName))),
    // For its names and chapters only; none of its streams is read. Its clock starts where ours is zero.
    '-itsoffset', (-source.media.startSeconds).toFixed(6), ...inputArguments(source.path),
    '-map', '0:v', ...(audioName === null ? [] : ['-map', '1:a']),
    ...(source.subtitles.kept.length === 0 ? [] : ['-map', `${textIndex}:s`]),
    ...(attachments === 0 ? [] : ['-map', `${textIndex}:t`]),
    '-map_metadata', String(sourceIndex), '-map_chapters', String(sourceIndex),
    ...Array.from({ length: attachments }, (_, index) => [`-map_metadata:s:t:${index}`, `${textIndex}:s:t:${index}`]).flat(),
    '-c', 'copy', ...(source.subtitles.kept.length === 0 ? [] : ['-c:s', finalSubtitleCodec(container)]),
    ...videoTags(work), ...audioTags(source.audio), ...subtitleTags(source.subtitles.kept),
    ...(container === 'mp4' ? ['-video_track_timescale', String(trackTimescale(film.timeBase)), '-movflags', '+faststart'] : []),
    ...outputOptions, '-f', MUXERS[container], inputUrl(outputPath),
  ];
}

function videoTags({ context, film, encoding }: SegmentedWork): string[] {
  return [
    '-disposition:v:0', 'default',
    ...(film.language === null ? [] : ['-metadata:s:v:0', `language=${film.language}`]),
    ...(film.title === null ? [] : ['-metadata:s:v:0', `title=${film.title}`]),
    ...(encoding.codec === 'h265' && context.task.options.container === 'mp4' ? ['-tag:v', 'hvc1'] : []),
  ];
}
