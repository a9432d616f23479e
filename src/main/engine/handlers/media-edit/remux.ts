/** Another container around the same streams. */
import { displayName } from '../../media/display-name.ts';
import { inputArguments, inputUrl } from '../../media/ffmpeg-input.ts';
import type { FilmSource } from '../film-source.ts';
import { outputName } from '../output-name.ts';
import { chooseContainer, type Container, type SubtitlePlan } from './containers.ts';
import { copyStreams, timingArguments } from './copy-streams.ts';
import { writeDraft, type EditContext, type Edited } from './work.ts';

/** A container rounds lengths to its own clock, and counts the last packet in or out. */
const TOLERANCE_SECONDS = 0.5;

export async function remux(context: EditContext, source: FilmSource): Promise<Edited> {
  const { media, path } = source;
  const container = chooseContainer(media, context.task.options.container);
  const copy = copyStreams(media, container);
  sayDropped(context, path, copy.subtitles, container);
  const draft = context.draft(outputName(path, context.task.suffix, container.name));
  await writeDraft(context, source, draft, {
    args: [...timingArguments(media), ...inputArguments(path), ...copy.args, ...container.outputArguments, '-f', container.muxer, inputUrl(draft.tempPath)],
    totalSeconds: media.durationSeconds ?? 0, message: 'copying',
  });
  return {
    draft,
    expected: {
      path: draft.tempPath, fileName: draft.fileName, video: copy.video, audio: copy.audio, subtitles: copy.subtitles.kept.length, chapters: keepsChapters(container) ? media.chapterCount : null,
      // Raw streams and some transport streams do not say their length truly: it is what the copy makes of their packets.
      seconds: isLengthTrue(source) ? media.durationSeconds : null, toleranceSeconds: TOLERANCE_SECONDS, copiedFrom: [path],
    },
  };
}

/** Tells which subtitles the container can't hold. */
export function sayDropped({ warn }: EditContext, path: string, { dropped }: SubtitlePlan, container: Container): void {
  for (const { index, codec } of dropped) warn(`Subtitle track ${index} of ${displayName(path)} (${codec ?? 'unknown'}) can't be kept in ${container.name} and was left out. Choose mkv to keep it.`);
}

/** WAV and FLAC have none, MP3's and Ogg's are not written by every FFmpeg. */
export function keepsChapters({ muxer }: Container): boolean {
  return muxer === 'mp4' || muxer === 'mov' || muxer === 'ipod' || muxer === 'matroska' || muxer === 'webm';
}

const ESTIMATED_LENGTHS = new Set(['avi', 'mpegts', 'mpeg', 'mpegvideo', 'h264', 'hevc', 'm4v', 'aac', 'ac3', 'mp3', 'vc1', 'dts']);

function isLengthTrue({ media }: FilmSource): boolean {
  return !media.formatNames.some((name) => ESTIMATED_LENGTHS.has(name));
}
