/** Joins the parts into the output: packets are copied, times come from the plan, names and languages from the source. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { VideoConvertOptions } from '../../../../shared/options.ts';
import { syncFile } from '../../media/durable-file.ts';
import { runFfmpeg } from '../../media/ffmpeg.ts';
import { concatArguments, inputArguments, inputUrl } from '../../media/ffmpeg-input.ts';
import type { Draft } from '../handler.ts';
import { segmentFileName } from './segments.ts';
import { trackTimescale } from './segment-encode.ts';
import { attachmentCount, sideFileNames } from './side-streams.ts';
import { audioTags, finalSubtitleCodec, subtitleTags } from './sound.ts';
import type { SegmentedWork } from './work.ts';

const LIST_NAME = 'join.ffconcat';
/**
 * Opus's pre-skip as libopus sets it (312 samples at 48 kHz). FFmpeg's Matroska muxer first moves all streams so that none starts below zero and then
 * adds the pre-skip once more: audio came 6.5 ms early. Starting it at exactly zero avoids the first step.
 */
const OPUS_PRESKIP_SECONDS = 312 / 48_000;

export const MUXERS: Readonly<Record<VideoConvertOptions['container'], string>> = {
  mp4: 'mp4', mkv: 'matroska', webm: 'webm', mp3: 'mp3', wav: 'wav', m4a: 'ipod', flac: 'flac', ogg: 'ogg',
};

/** Writes the draft and brings it to the disk. All parts have been checked before. */
export async function joinParts(work: SegmentedWork, draft: Draft): Promise<void> {
  const { context, source } = work;
  await writeFile(join(context.workDir, LIST_NAME), concatList(work));
  await runFfmpeg({
    ffmpegPath: context.tools.ffmpegPath,
    args: joinArguments(work, draft.tempPath),
    inputPath: source.path,
    cwd: context.workDir,
    signal: context.signal,
    onLine: (line) => context.log(`join: ${line}`),
  });
  await syncFile(draft.tempPath);
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

/** -copyts: otherwise each input would be moved to its own start, and audio and video apart. */
function joinArguments(work: SegmentedWork, outputPath: string): string[] {
  const { context, source, film, timeline } = work;
  const { container, audioCodec } = context.task.options;
  const { numerator, denominator } = film.timeBase;
  const videoStart = ((timeline.pts[0] ?? 0) * numerator) / denominator - source.media.startSeconds;
  const { audioName, textName } = sideFileNames(context, source);
  const isMatroska = container === 'mkv' || container === 'webm';
  const audioOffset = isMatroska && audioCodec === 'opus' ? ['-itsoffset', OPUS_PRESKIP_SECONDS.toFixed(6)] : [];
  const textIndex = audioName === null ? 1 : 2;
  const sourceIndex = textIndex + (textName === null ? 0 : 1);
  const attachments = attachmentCount(context, source);
  return [
    '-copyts',
    '-itsoffset', videoStart.toFixed(6), ...concatArguments(LIST_NAME),
    ...(audioName === null ? [] : [...audioOffset, ...inputArguments(join(context.workDir, audioName))]),
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
    '-f', MUXERS[container], inputUrl(outputPath),
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
