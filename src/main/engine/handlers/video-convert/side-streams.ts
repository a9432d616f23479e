/** Audio and subtitles: encoded once, whole, in one reading of the source, into files of their own. */
import { TaskError } from '../../../../shared/errors.ts';
import { join } from 'node:path';
import { isIntact, keepFile } from '../../media/durable-file.ts';
import { probeMedia } from '../../media/ffprobe.ts';
import { audioStreams, longestAudio } from '../../media/media-info.ts';
import { runFfmpeg } from '../../media/ffmpeg.ts';
import { inputArguments, inputUrl } from '../../media/ffmpeg-input.ts';
import type { ConvertPart } from './plan.ts';
import { audioArguments, storedSubtitleCodec } from './sound.ts';
import { trackWish, type Source } from './source.ts';
import type { ConvertContext, SegmentedWork } from './work.ts';

/** Where a file of side streams lies, when there is one. */
export interface SideFiles {
  readonly audioName: string | null;
  /** Subtitles, and for Matroska its attachments (fonts). */
  readonly textName: string | null;
}

/**
 * MP4 keeps the encoder's priming as an edit list, so audio stays where it was (Matroska forgets AAC's and MP3's: 21–23 ms late).
 * FLAC and PCM have no priming and do not fit MP4.
 */
export function sideFileNames(context: ConvertContext, source: Source): SideFiles {
  const { audioCodec } = context.task.options;
  const inMp4 = audioCodec === 'aac' || audioCodec === 'opus' || audioCodec === 'mp3';
  return {
    audioName: source.audio.length === 0 ? null : inMp4 ? 'audio.mp4' : 'audio.mka',
    textName: source.subtitles.kept.length + attachmentCount(context, source) === 0 ? null : 'text.mks',
  };
}

/** Fonts and the like travel only from Matroska to Matroska. */
export function attachmentCount(context: ConvertContext, { media }: Source): number {
  return context.task.options.container === 'mkv' ? media.streams.filter(({ kind, codec }) => kind === 'attachment' && codec !== null).length : 0;
}

/** Arguments after the input, with names of files in the work folder in place of paths: part of the plan's basis. */
export function sideArguments(context: ConvertContext, source: Source, pathOf: (name: string) => string): string[] {
  const { audioName, textName } = sideFileNames(context, source);
  const { audioCodec } = context.task.options;
  const audio = audioName === null || audioCodec === 'none' ? [] : [
    ...source.audio.flatMap((track, index) => ['-map', `0:${track.index}`, ...audioArguments(audioCodec, track, index, trackWish(context, source, track))]),
    '-vn', '-sn', '-dn', '-map_metadata', '-1', '-map_chapters', '-1', '-f', audioName.endsWith('.mp4') ? 'mp4' : 'matroska', pathOf(audioName),
  ];
  const text = textName === null ? [] : [
    ...source.subtitles.kept.flatMap((stream, index) => ['-map', `0:${stream.index}`, `-c:s:${index}`, storedSubtitleCodec(stream)]),
    ...(attachmentCount(context, source) === 0 ? [] : ['-map', '0:t', '-c:t', 'copy']),
    '-vn', '-an', '-dn', '-map_chapters', '-1', '-f', 'matroska', pathOf(textName),
  ];
  return [...audio, ...text];
}

/** Makes them unless a stored part is intact; says whether it had to. The part's index is the one after the last segment. */
export async function encodeSideStreams({ context, source, plan }: SegmentedWork, signal: AbortSignal): Promise<boolean> {
  const index = plan.segments.length;
  const { audioName, textName } = sideFileNames(context, source);
  const names = [audioName, textName].filter((name) => name !== null);
  const stored = context.checkpoint.parts.get(index);
  if (names.length === 0 || (stored !== undefined && (await areIntact(context, stored)))) return false;
  const tempPath = (name: string): string => join(context.workDir, `${name}.${context.task.attempt}.part`);
  await runFfmpeg({
    ffmpegPath: context.tools.ffmpegPath,
    args: [...inputArguments(source.path), ...sideArguments(context, source, (name) => inputUrl(tempPath(name)))],
    inputPath: source.path,
    signal,
  });
  const files = [];
  for (const name of names) files.push(await keepFile(tempPath(name), join(context.workDir, name)));
  const audio = audioName === null ? { audioSeconds: 0, audioStartSeconds: null } : await measureAudio(join(context.workDir, audioName), context, signal);
  await context.checkpoint.savePart(index, { files, signature: '', lostPts: [], ...audio });
  return true;
}

async function measureAudio(path: string, { tools, task }: ConvertContext, signal: AbortSignal): Promise<Pick<ConvertPart, 'audioSeconds' | 'audioStartSeconds'>> {
  const info = await probeMedia(path, { ffprobePath: tools.ffprobePath, signal }).catch((cause: unknown) => {
    signal.throwIfAborted();
    // A file of ours: whatever is wrong with it, the user's is not to blame, and it is made again.
    throw new TaskError('OUTPUT_CHECK_FAILED', `The sound encoded for ${task.inputs[0] ?? 'the task'} does not open again: FFmpeg has not written all of it. The task makes it anew.`, { retryable: true, cause, details: String(cause) });
  });
  return { audioSeconds: longestAudio(info), audioStartSeconds: audioStreams(info)[0]?.startSeconds ?? null };
}

async function areIntact(context: ConvertContext, { files }: ConvertPart): Promise<boolean> {
  for (const file of files) if (!(await isIntact(context.workDir, file))) return false;
  return true;
}
