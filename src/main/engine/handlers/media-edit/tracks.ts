/** One track out of a file, and subtitle files into it. */
import { rm, stat, writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { TaskError } from '../../../../shared/errors.ts';
import { runTool } from '../../media/child.ts';
import { displayName } from '../../media/display-name.ts';
import { inputArguments, inputUrl } from '../../media/ffmpeg-input.ts';
import { audioStreams, filmStreams, subtitleStreams } from '../../media/media-info.ts';
import { readSubtitleFile, SUBTITLE_DEMUXERS, type SubtitleKind } from '../../media/subtitle-file.ts';
import type { FilmSource } from '../film-source.ts';
import { outputName } from '../output-name.ts';
import { findSubtitleFiles } from '../subtitle-source.ts';
import { isTextSubtitle } from '../video-convert/sound.ts';
import { audioContainerOf, chooseContainer, containerOf } from './containers.ts';
import { copyStreams, timingArguments } from './copy-streams.ts';
import { keepsChapters, sayDropped } from './remux.ts';
import { writeDraft, type EditContext, type Edited } from './work.ts';

const COPY_TOLERANCE_SECONDS = 0.5;
const CHECK_TIMEOUT_MS = 120_000;

/** An audio track as it is, in the container in which players expect its codec. */
export async function extractAudio(context: EditContext, source: FilmSource): Promise<Edited> {
  const { media, path } = source;
  const { audioTrack, container: wanted } = context.task.options;
  const tracks = audioStreams(media);
  const track = tracks[audioTrack];
  if (track === undefined || track.codec === null) throw new TaskError('INPUT_NO_STREAM', `${displayName(path)} has no audio track ${audioTrack}: it has ${tracks.length}, counted from 0. Choose another one.`);
  const container = wanted === 'source' ? audioContainerOf(track.codec) : containerOf(wanted);
  if (container.audio !== null && !container.audio.has(track.codec)) throw new TaskError('OPTION_INVALID', `${container.name} can't hold ${track.codec} sound as it is. Choose mka, or a recipe that converts: mp3 or wav.`);
  const draft = context.draft(outputName(path, context.task.suffix, container.name));
  await writeDraft(context, source, draft, {
    args: [...timingArguments(media), ...inputArguments(path), '-map', `0:${track.index}`, '-vn', '-sn', '-dn', '-c', 'copy', '-map_metadata', '0', '-map_chapters', '0', ...container.outputArguments, '-f', container.muxer, inputUrl(draft.tempPath)],
    totalSeconds: media.durationSeconds ?? 0, message: 'copying',
  });
  return {
    draft,
    expected: {
      path: draft.tempPath, fileName: draft.fileName, video: [], audio: [track.codec], subtitles: 0, chapters: keepsChapters(container) ? media.chapterCount : null,
      // Without the film, what the track itself lasts counts; a late start is not part of a file of sound.
      seconds: track.durationSeconds, toleranceSeconds: COPY_TOLERANCE_SECONDS, copiedFrom: [path],
    },
  };
}

/** A subtitle track as a text file. */
export async function extractSubtitles(context: EditContext, source: FilmSource): Promise<Edited> {
  const { media, path } = source;
  const { subtitleTrack, subtitleFormat } = context.task.options;
  const tracks = subtitleStreams(media);
  const track = tracks[subtitleTrack];
  if (tracks.length === 0) throw new TaskError('INPUT_NO_STREAM', `${displayName(path)} has no subtitles. Make a transcript instead.`);
  if (track === undefined) throw new TaskError('INPUT_NO_STREAM', `${displayName(path)} has no subtitle track ${subtitleTrack}: it has ${tracks.length}, counted from 0. Choose another one.`);
  if (track.codec === null || !isTextSubtitle(track.codec)) throw new TaskError('INPUT_NO_STREAM', `Subtitle track ${subtitleTrack} of ${displayName(path)} consists of pictures (${track.codec ?? 'unknown'}), which are no text. Choose a text track, or make a transcript.`);
  const draft = context.draft(outputName(path, context.task.suffix, subtitleFormat));
  await writeDraft(context, source, draft, {
    args: [...inputArguments(path), '-map', `0:${track.index}`, '-c:s', { srt: 'srt', vtt: 'webvtt', ass: 'ass' }[subtitleFormat], '-f', SUBTITLE_DEMUXERS[subtitleFormat], inputUrl(draft.tempPath)],
    totalSeconds: media.durationSeconds ?? 0, message: 'reading subtitles',
  });
  await requireCues(context, draft.tempPath, { kind: subtitleFormat, path, track: subtitleTrack });
  return { draft, expected: null };
}

/** Read again by FFmpeg's own demuxer: a file without a cue is no result. */
async function requireCues({ tools, signal }: EditContext, tempPath: string, { kind, path, track }: { kind: SubtitleKind; path: string; track: number }): Promise<void> {
  const { size } = await stat(tempPath);
  const { stdout, exitCode } = await runTool({ path: tools.ffprobePath, args: ['-v', 'error', '-protocol_whitelist', 'file', '-f', SUBTITLE_DEMUXERS[kind], '-show_entries', 'packet=pts_time', '-of', 'csv=p=0', '-i', inputUrl(tempPath)], signal, timeoutMs: CHECK_TIMEOUT_MS });
  if (exitCode === 0 && size > 0 && stdout.trim() !== '') return;
  throw new TaskError('INPUT_NO_STREAM', `Subtitle track ${track} of ${displayName(path)} is empty. Choose another one, or make a transcript.`);
}

/** Text files as tracks that can be switched on; the film and its sound are copied. */
export async function addSubtitles(context: EditContext, source: FilmSource): Promise<Edited> {
  const { media, path } = source;
  const { options } = context.task;
  if (filmStreams(media).length === 0) throw new TaskError('INPUT_NO_STREAM', `${displayName(path)} has no video to which subtitles could be added. Choose a film.`);
  const container = chooseContainer(media, options.container);
  if (container.subtitles === null) throw new TaskError('OPTION_INVALID', `${container.name} can't hold subtitles. Choose mp4 or mkv.`);
  const copy = copyStreams(media, container);
  sayDropped(context, path, copy.subtitles, container);
  const files = await findSubtitleFiles(context, options.files);
  const texts = await copiesOf(context, files);
  const languages = languagesOf(files, options.languages);
  const first = copy.subtitles.kept.length;
  const draft = context.draft(outputName(path, context.task.suffix, container.name));
  await writeDraft(context, source, draft, {
    args: [
      ...timingArguments(media), ...inputArguments(path), ...texts.flatMap(({ copyPath, kind }) => ['-protocol_whitelist', 'file', '-f', SUBTITLE_DEMUXERS[kind], '-i', inputUrl(copyPath)]),
      ...copy.args, ...texts.flatMap((_, index) => ['-map', `${index + 1}:s:0`]),
      ...texts.flatMap(({ kind }, index) => [`-c:s:${first + index}`, container.subtitles === 'matroska' ? (kind === 'ass' ? 'ass' : 'srt') : (container.subtitles ?? 'copy')]),
      ...languages.flatMap((language, index) => (language === null ? [] : [`-metadata:s:s:${first + index}`, `language=${language}`])),
      ...container.outputArguments, '-f', container.muxer, inputUrl(draft.tempPath),
    ],
    totalSeconds: media.durationSeconds ?? 0, message: 'copying',
  });
  for (const { copyPath } of texts) await rm(copyPath);
  return {
    draft,
    expected: {
      path: draft.tempPath, fileName: draft.fileName, video: copy.video, audio: copy.audio, subtitles: first + texts.length, chapters: keepsChapters(container) ? media.chapterCount : null,
      // A last line of text may stand longer than the film.
      seconds: null, toleranceSeconds: COPY_TOLERANCE_SECONDS, copiedFrom: [path],
    },
  };
}

/** FFmpeg reads copies in UTF-8 under names of ours. */
async function copiesOf(context: EditContext, files: readonly string[]): Promise<{ copyPath: string; kind: SubtitleKind }[]> {
  const copies = [];
  for (const [index, file] of files.entries()) {
    const { kind, text } = await readSubtitleFile(file);
    const copyPath = join(context.workDir, `text${index}.${context.task.attempt}.${kind}`);
    await writeFile(copyPath, text);
    copies.push({ copyPath, kind });
  }
  return copies;
}

/** As named, else as the file's name says: `film.eng.srt`. */
function languagesOf(files: readonly string[], named: string): (string | null)[] {
  const given = named === '' ? [] : named.split(',');
  return files.map((file, index) => given[index] ?? /\.([a-z]{2,3})$/i.exec(basename(file, extname(file)))?.[1]?.toLowerCase() ?? null);
}
