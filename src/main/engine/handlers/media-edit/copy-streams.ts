/** Arguments that copy a file's streams into a container, with their names, languages, chapters and metadata. Plain values in and out. */
import { coverArt, audioStreams, filmStreams, type MediaInfo } from '../../media/media-info.ts';
import { subtitleTags } from '../video-convert/sound.ts';
import { planSubtitles, type Container, type SubtitlePlan } from './containers.ts';

export interface StreamCopy {
  readonly args: readonly string[];
  readonly subtitles: SubtitlePlan;
  /** What comes out, in order. */
  readonly video: readonly string[];
  readonly audio: readonly string[];
}

/** Covers that sound files carry. */
const COVER_CONTAINERS: ReadonlySet<string> = new Set(['mp3', 'm4a', 'flac', 'mp4', 'mkv']);
const COVER_CODECS = new Set(['mjpeg', 'png']);

/** Streams of input `input` of the command. */
export function copyStreams(media: MediaInfo, container: Container, input = 0): StreamCopy {
  const films = filmStreams(media);
  const tracks = audioStreams(media);
  const subtitles = planSubtitles(media, container);
  const covers = COVER_CONTAINERS.has(container.name) ? coverArt(media).filter(({ codec }) => codec !== null && COVER_CODECS.has(codec)).slice(0, 1) : [];
  // Matroska keeps a cover as an attachment, which copying a picture stream does not make of it.
  const pictures = container.muxer === 'matroska' ? [] : covers;
  const attachments = container.muxer === 'matroska' ? media.streams.filter(({ kind, codec }) => kind === 'attachment' && codec !== null) : [];
  return {
    args: [
      ...[...films, ...pictures, ...tracks, ...subtitles.kept, ...attachments].flatMap(({ index }) => ['-map', `${input}:${index}`]),
      '-c:v', 'copy', '-c:a', 'copy', ...(attachments.length === 0 ? [] : ['-c:t', 'copy']), ...subtitles.codecs.flatMap((codec, index) => [`-c:s:${index}`, codec]), ...subtitleTags(subtitles.kept),
      ...pictures.flatMap((_, index) => [`-disposition:v:${films.length + index}`, 'attached_pic']),
      '-map_metadata', String(input), '-map_chapters', String(input),
      // Apple's players want H.265 under this name, and all others take it.
      ...(container.muxer === 'mp4' || container.muxer === 'mov' ? films.flatMap(({ codec }, index) => (codec === 'hevc' ? [`-tag:v:${index}`, 'hvc1'] : [])) : []),
    ],
    subtitles,
    video: films.map(({ codec }) => codec ?? 'unknown'),
    audio: tracks.map(({ codec }) => codec ?? 'unknown'),
  };
}

/** Formats whose packets may come without times, which most containers need. */
const UNTIMED_FORMATS = new Set(['avi', 'mpeg', 'mpegvideo', 'h264', 'hevc', 'm4v', 'vc1']);

/** Stand before the input. */
export function timingArguments({ formatNames }: MediaInfo): string[] {
  return formatNames.some((name) => UNTIMED_FORMATS.has(name)) ? ['-fflags', '+genpts'] : [];
}
