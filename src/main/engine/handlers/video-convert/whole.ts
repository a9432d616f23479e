/** Conversions in one go: sound alone, and films whose frames can't be known beforehand. Nothing of them survives a kill. */
import type { VideoStream } from '../../media/media-info.ts';
import { TaskError } from '../../../../shared/errors.ts';
import { displayName } from '../../media/display-name.ts';
import { syncFile } from '../../media/durable-file.ts';
import { runFfmpeg } from '../../media/ffmpeg.ts';
import { inputLimits, inputUrl } from '../../media/ffmpeg-input.ts';
import { coverArt } from '../../media/media-info.ts';
import type { Draft } from '../handler.ts';
import { burnFilters } from './burn-in.ts';
import type { Expectation } from './check.ts';
import { limitedRate } from './frame-limit.ts';
import { MUXERS } from './join.ts';
import { attachmentCount } from './side-streams.ts';
import { audioArguments, audioTags, finalSubtitleCodec, storedSubtitleCodec, subtitleTags } from './sound.ts';
import { requireAudio, trackWish, type Source } from './source.ts';
import type { ConvertContext, FilmWork } from './work.ts';

/** Containers that can carry a cover picture beside the sound, and the pictures they take. */
const COVER_CONTAINERS = new Set(['mp3', 'm4a', 'flac']);
const COVER_CODECS = new Set(['mjpeg', 'png']);
/** Those that hold one track only. */
const SINGLE_TRACK_CONTAINERS = new Set(['mp3', 'wav', 'flac', 'ogg']);

/** The sound alone. Returns what the check must find. */
export async function convertSound(context: ConvertContext, source: Source, draft: Draft): Promise<Expectation> {
  const { container, audioCodec } = context.task.options;
  if (audioCodec === 'none') throw new TaskError('OPTION_INVALID', 'With neither video nor audio nothing is left to convert. Choose a codec for one of them.');
  const all = requireAudio(source);
  const tracks = SINGLE_TRACK_CONTAINERS.has(container) ? all.slice(0, 1) : all;
  if (tracks.length < all.length) context.warn(`${container.toUpperCase()} holds one audio track, so only the first of ${all.length} was kept.`);
  const [cover] = COVER_CONTAINERS.has(container) ? coverArt(source.media).filter(({ codec }) => codec !== null && COVER_CODECS.has(codec)) : [];
  const { outSeconds } = await run(context, source, draft, [
    ...tracks.flatMap((track, index) => ['-map', `0:${track.index}`, ...audioArguments(audioCodec, track, index, trackWish(context, source, track))]),
    ...audioTags(tracks),
    ...(cover === undefined ? ['-vn'] : ['-map', `0:${cover.index}`, '-c:v', 'copy', '-disposition:v', 'attached_pic']), '-sn', '-dn',
    // Above 4 GB a plain WAV can't say its length.
    ...(container === 'wav' ? ['-rf64', 'auto'] : []), ...(container === 'mp3' ? ['-id3v2_version', '3'] : []), ...(container === 'm4a' ? ['-movflags', '+faststart'] : []),
  ]);
  const startSeconds = Math.max(0, (tracks[0]?.startSeconds ?? 0) - source.media.startSeconds);
  return { path: draft.tempPath, fileName: draft.fileName, video: null, audioTracks: tracks.length, subtitleTracks: 0, audioSeconds: outSeconds - startSeconds, videoLeadSeconds: null };
}

/** The film in one go, with FFmpeg's own handling of missing and jumping times. */
export async function convertWhole({ context, source, film, encoding }: FilmWork, draft: Draft): Promise<Expectation> {
  const { container, audioCodec } = context.task.options;
  const { picture, uploadFilter, burnIn } = encoding;
  const { maxFrameRate } = context.task.options;
  // Here FFmpeg's clock starts at zero with the film.
  const added = [...(encoding.frameLimit === null || maxFrameRate === null ? [] : [`fps=${maxFrameRate}`]), ...picture.lateFilters, ...(burnIn === null ? [] : burnFilters({ ...burnIn, startTicks: 0 }, 0))];
  const { kept } = source.subtitles;
  const { frames } = await run(context, source, draft, [
    '-map', `0:${film.index}`, '-vf', [...picture.earlyFilters, ...added, ...(uploadFilter === null ? [] : [uploadFilter])].join(','),
    ...encoding.encoderArguments, '-disposition:v:0', 'default',
    ...(audioCodec === 'none' ? [] : source.audio.flatMap((track, index) => ['-map', `0:${track.index}`, ...audioArguments(audioCodec, track, index, trackWish(context, source, track))])),
    ...audioTags(source.audio),
    ...kept.flatMap((stream, index) => ['-map', `0:${stream.index}`, `-c:s:${index}`, container === 'mkv' ? storedSubtitleCodec(stream) : finalSubtitleCodec(container)]), ...subtitleTags(kept),
    ...(attachmentCount(context, source) === 0 ? [] : ['-map', '0:t', '-c:t', 'copy']),
    '-dn', ...(container === 'mp4' ? ['-movflags', '+faststart'] : []),
  ], [...encoding.deviceArguments, '-threads', String(context.tools.threads)]);
  requirePlausible(source, film, { frames, maxFrameRate });
  return {
    path: draft.tempPath, fileName: draft.fileName,
    video: { codec: codecName(encoding.codec), width: picture.width, height: picture.height, frameSeconds: null, frames },
    audioTracks: source.audio.length, subtitleTracks: kept.length, audioSeconds: null, videoLeadSeconds: null,
  };
}

/** ffprobe's names for our codecs. */
export function codecName(codec: FilmWork['encoding']['codec']): string {
  return codec === 'h265' ? 'hevc' : codec;
}

async function run(context: ConvertContext, source: Source, draft: Draft, outputArguments: readonly string[], before: readonly string[] = []): Promise<{ outSeconds: number; frames: number }> {
  const total = source.media.durationSeconds ?? 0;
  const reached = { outSeconds: 0, frames: 0 };
  const { isInputCutShort } = await runFfmpeg({
    ffmpegPath: context.tools.ffmpegPath,
    args: [...before, ...inputLimits(), '-i', inputUrl(source.path), ...outputArguments, '-f', MUXERS[context.task.options.container], inputUrl(draft.tempPath)],
    inputPath: source.path,
    cwd: context.workDir,
    signal: context.signal,
    onProgress: ({ outSeconds, speed, frame }) => {
      reached.outSeconds = outSeconds ?? reached.outSeconds;
      reached.frames = frame;
      context.progress({ current: Math.min(reached.outSeconds, total), total, message: speed === null ? 'encoding' : `encoding, ${speed.toFixed(1)}x` });
    },
  });
  if (isInputCutShort) throw cutShort(source.path);
  await syncFile(draft.tempPath);
  return reached;
}

/** An interrupted copy or download: what is there could be converted, but nobody would know that the rest is missing. */
export function cutShort(path: string): TaskError {
  return new TaskError('INPUT_DAMAGED', `${displayName(path)} ends before its own index says so, as after a copy or download that was cut short. Copy or download it again, or repair it first.`);
}

/** With no plan to compare with, the source's own figures must do: half the frames gone is no rounding. */
function requirePlausible({ path, media }: Source, film: VideoStream, { frames, maxFrameRate }: { frames: number; maxFrameRate: number | null }): void {
  const seconds = film.durationSeconds ?? media.durationSeconds;
  const rate = film.frameRate === null ? null : limitedRate(film.frameRate, maxFrameRate);
  if (frames > 0 && (seconds === null || rate === null || frames > 0.5 * seconds * rate)) return;
  throw new TaskError('INPUT_DAMAGED', `Most of ${displayName(path)} can't be decoded: only ${frames} frames came out. Copy or download it again, or repair it first.`);
}
