/** Looks at the input once: what it is, which film and tracks are meant, what this FFmpeg can do with it. */
import { TaskError } from '../../../../shared/errors.ts';
import type { VideoConvertOptions } from '../../../../shared/options.ts';
import { displayName } from '../../media/display-name.ts';
import { audioStreams, type AudioStream } from '../../media/media-info.ts';
import { openFilmSource, type FilmSource } from '../film-source.ts';
import type { AttemptContext } from '../handler.ts';
import { levelFilters, type Level } from './level.ts';
import { selectAudio, selectSubtitles, type SubtitleChoice } from './sound.ts';

export interface Source extends FilmSource {
  readonly audio: readonly AudioStream[];
  readonly subtitles: SubtitleChoice;
  /** What the first pass of loudness normalisation found; empty where none is wanted. */
  readonly levels: readonly Level[];
}

/** What each container can hold, as FFmpeg's muxers know it. */
const CONTAINERS: Readonly<Record<VideoConvertOptions['container'], { video: readonly string[]; audio: readonly string[] }>> = {
  mp4: { video: ['h264', 'h265', 'vp9', 'av1', 'none'], audio: ['aac', 'opus', 'mp3', 'none'] },
  mkv: { video: ['h264', 'h265', 'vp9', 'av1', 'none'], audio: ['aac', 'opus', 'mp3', 'flac', 'pcm', 'none'] },
  webm: { video: ['vp9', 'av1', 'none'], audio: ['opus', 'none'] },
  mp3: { video: ['none'], audio: ['mp3'] },
  wav: { video: ['none'], audio: ['pcm'] },
  m4a: { video: ['none'], audio: ['aac'] },
  flac: { video: ['none'], audio: ['flac'] },
  ogg: { video: ['none'], audio: ['opus', 'flac'] },
};

export async function openSource(context: AttemptContext<VideoConvertOptions, unknown, unknown>): Promise<Source> {
  const { options } = context.task;
  requireFit(options);
  const source = await openFilmSource(context);
  return {
    ...source,
    audio: options.audioCodec === 'none' ? [] : selectAudio(source.media, options.audioTracks),
    subtitles: selectSubtitles(source.media, options.container, options.videoCodec === 'none' ? 'none' : options.subtitles),
    levels: [],
  };
}

/** How a track is encoded. */
export function trackWish(context: AttemptContext<VideoConvertOptions, unknown, unknown>, { levels }: Source, track: AudioStream): { stereoKbps: number; filters: string[] } {
  const { options } = context.task;
  return { stereoKbps: options.audioBitrateKbps, filters: levelFilters(levels.find(({ stream }) => stream === track.index)?.measured ?? null, track, options) };
}

export function requireAudio({ media, path, audio }: Source): readonly AudioStream[] {
  if (audio.length > 0) return audio;
  const hasAny = audioStreams(media).length > 0;
  throw new TaskError('INPUT_NO_STREAM', `${displayName(path)} has no ${hasAny ? 'chosen ' : ''}audio track. ${hasAny ? 'Choose other tracks' : 'Choose a video recipe: mp4-h264'}.`);
}

function requireFit({ container, videoCodec, audioCodec, targetMegabytes }: VideoConvertOptions): void {
  const { video, audio } = CONTAINERS[container];
  if (!video.includes(videoCodec)) throw new TaskError('OPTION_INVALID', `${container} can't hold the video codec ${videoCodec}. Choose ${video.join(', ')}, or another container.`);
  if (!audio.includes(audioCodec)) throw new TaskError('OPTION_INVALID', `${container} can't hold the audio codec ${audioCodec}. Choose ${audio.join(', ')}, or another container.`);
  if (videoCodec === 'none' && audioCodec === 'none') throw new TaskError('OPTION_INVALID', 'With neither video nor audio nothing is left to convert. Choose a codec for one of them.');
  if (videoCodec === 'none' && targetMegabytes !== null) throw new TaskError('OPTION_INVALID', 'A size can be kept for films only. For sound alone choose a bitrate instead: --set audioBitrateKbps=64.');
}
