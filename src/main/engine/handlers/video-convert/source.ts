/** Looks at the input once: what it is, which film and tracks are meant, what this FFmpeg can do with it. */
import { TaskError } from '../../../../shared/errors.ts';
import type { VideoConvertOptions } from '../../../../shared/options.ts';
import { capabilitiesOf, type Capabilities } from '../../media/capabilities.ts';
import { displayName } from '../../media/display-name.ts';
import { probeMedia } from '../../media/ffprobe.ts';
import { audioStreams, coverArt, filmStreams, type AudioStream, type MediaInfo, type VideoStream } from '../../media/media-info.ts';
import { identifySource, isSameSource, type SourceIdentity } from '../../media/source-identity.ts';
import type { AttemptContext } from '../handler.ts';
import { selectAudio, selectSubtitles, type SubtitleChoice } from './sound.ts';

export interface Source {
  readonly path: string;
  readonly media: MediaInfo;
  readonly identity: SourceIdentity;
  readonly capabilities: Capabilities;
  readonly audio: readonly AudioStream[];
  readonly subtitles: SubtitleChoice;
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
  const { options, inputs } = context.task;
  const path = inputs[0];
  if (path === undefined) throw new TaskError('USAGE', 'A conversion needs an input file. Add the task again with one.');
  requireFit(options);
  const media = await probeMedia(path, { ffprobePath: context.tools.ffprobePath, signal: context.signal });
  const [identity, capabilities] = await Promise.all([identifySource(path), capabilitiesOf(context.tools.ffmpegPath, context.signal)]);
  const audio = options.audioCodec === 'none' ? [] : selectAudio(media, options.audioTracks);
  return { path, media, identity, capabilities, audio, subtitles: selectSubtitles(media, options.container, options.videoCodec === 'none' ? 'none' : options.subtitles) };
}

/** The film to convert: the default one, else the first. Cover art is none. */
export function requireFilm({ media, path }: Source): VideoStream {
  const films = filmStreams(media);
  const film = films.find(({ isDefault }) => isDefault) ?? films[0];
  if (film !== undefined) return film;
  const what = coverArt(media).length > 0 ? 'has only a cover picture and no video' : 'has no video';
  throw new TaskError('INPUT_NO_STREAM', `${displayName(path)} ${what}. Choose an audio recipe: mp3 or wav.`);
}

export function requireAudio({ media, path, audio }: Source): readonly AudioStream[] {
  if (audio.length > 0) return audio;
  const hasAny = audioStreams(media).length > 0;
  throw new TaskError('INPUT_NO_STREAM', `${displayName(path)} has no ${hasAny ? 'chosen ' : ''}audio track. ${hasAny ? 'Choose other tracks' : 'Choose a video recipe: mp4-h264'}.`);
}

/** Throws INPUT_CHANGED when the file is not the one that work began on. */
export async function requireUnchanged({ path, identity }: Source): Promise<void> {
  const now = await identifySource(path).catch((cause: unknown) => {
    throw new TaskError('INPUT_MISSING', `${displayName(path)} went away while it was worked on. Put it back, then retry.`, { cause });
  });
  if (!isSameSource(identity, now)) throw new TaskError('INPUT_CHANGED', `${displayName(path)} changed while it was worked on. If it is still being copied or recorded, wait for its end; the task starts again by itself.`, { retryable: true });
}

function requireFit({ container, videoCodec, audioCodec }: VideoConvertOptions): void {
  const { video, audio } = CONTAINERS[container];
  if (!video.includes(videoCodec)) throw new TaskError('OPTION_INVALID', `${container} can't hold the video codec ${videoCodec}. Choose ${video.join(', ')}, or another container.`);
  if (!audio.includes(audioCodec)) throw new TaskError('OPTION_INVALID', `${container} can't hold the audio codec ${audioCodec}. Choose ${audio.join(', ')}, or another container.`);
  if (videoCodec === 'none' && audioCodec === 'none') throw new TaskError('OPTION_INVALID', 'With neither video nor audio nothing is left to convert. Choose a codec for one of them.');
}
