/** What containers can hold without encoding again, as FFmpeg's muxers take it (5.1 calls FLAC in MP4 experimental). Plain values in and out. */
import { extname } from 'node:path';
import { TaskError } from '../../../../shared/errors.ts';
import type { MediaEditOptions } from '../../../../shared/media-options.ts';
import { displayName } from '../../media/display-name.ts';
import { audioStreams, filmStreams, subtitleStreams, type MediaInfo, type SubtitleStream } from '../../media/media-info.ts';

/** Names are extensions of results as well. */
export type ContainerName = Exclude<MediaEditOptions['container'], 'source'> | 'mp3' | 'wav' | 'flac' | 'ogg';

export interface Container {
  readonly name: ContainerName;
  /** FFmpeg's. */
  readonly muxer: string;
  /** FFmpeg's codec names; null: any. */
  readonly video: ReadonlySet<string> | null;
  readonly audio: ReadonlySet<string> | null;
  /** What text subtitles become; null: none can be held. */
  readonly subtitles: 'mov_text' | 'webvtt' | 'matroska' | null;
  readonly outputArguments: readonly string[];
}

const set = (text: string): ReadonlySet<string> => new Set(text.split(' '));
const NONE: ReadonlySet<string> = new Set();
const FAST_START = ['-movflags', '+faststart'] as const;

const CONTAINERS: Readonly<Record<ContainerName, Omit<Container, 'name'>>> = {
  mp4: { muxer: 'mp4', video: set('h264 hevc av1 vp9 mpeg4 mpeg2video mpeg1video mjpeg'), audio: set('aac mp3 mp2 ac3 eac3 opus alac'), subtitles: 'mov_text', outputArguments: FAST_START },
  mov: { muxer: 'mov', video: set('h264 hevc mpeg4 mjpeg prores dnxhd dvvideo png qtrle'), audio: set('aac mp3 ac3 alac pcm_s16le pcm_s16be pcm_s24le pcm_s24be pcm_s32le pcm_f32le'), subtitles: 'mov_text', outputArguments: FAST_START },
  mkv: { muxer: 'matroska', video: null, audio: null, subtitles: 'matroska', outputArguments: [] },
  webm: { muxer: 'webm', video: set('vp8 vp9 av1'), audio: set('vorbis opus'), subtitles: 'webvtt', outputArguments: [] },
  m4a: { muxer: 'ipod', video: NONE, audio: set('aac alac'), subtitles: null, outputArguments: FAST_START },
  mka: { muxer: 'matroska', video: NONE, audio: null, subtitles: null, outputArguments: [] },
  mp3: { muxer: 'mp3', video: NONE, audio: set('mp3'), subtitles: null, outputArguments: ['-id3v2_version', '3'] },
  wav: { muxer: 'wav', video: NONE, audio: set('pcm_s16le pcm_s24le pcm_s32le pcm_u8 pcm_f32le'), subtitles: null, outputArguments: ['-rf64', 'auto'] },
  flac: { muxer: 'flac', video: NONE, audio: set('flac'), subtitles: null, outputArguments: [] },
  ogg: { muxer: 'ogg', video: NONE, audio: set('opus vorbis flac'), subtitles: null, outputArguments: [] },
};
/** Those that hold one track of sound. */
const SINGLE_TRACK: ReadonlySet<ContainerName> = new Set(['mp3', 'wav', 'flac', 'ogg']);

/** Throws OPTION_INVALID where the chosen one can't hold the film or the sound; `source` takes the nearest that can. */
export function chooseContainer(media: MediaInfo, wanted: MediaEditOptions['container']): Container {
  const candidates: readonly ContainerName[] = wanted === 'source' ? candidatesFor(media) : [wanted];
  const found = candidates.find((name) => misfit(media, name) === null);
  if (found !== undefined) return containerOf(found);
  const [first = 'mkv'] = candidates;
  throw new TaskError('OPTION_INVALID', `${displayName(media.path)} has ${misfit(media, first) ?? 'streams'}, which ${first} can't hold without encoding. Choose mkv, or a recipe that converts: mp4-h264.`);
}

export function containerOf(name: ContainerName): Container {
  return { name, ...CONTAINERS[name] };
}

/** For a single track of sound: the container in which players expect its codec. */
export function audioContainerOf(codec: string): Container {
  const names: Readonly<Record<string, ContainerName>> = { aac: 'm4a', alac: 'm4a', mp3: 'mp3', flac: 'flac', opus: 'ogg', vorbis: 'ogg' };
  return containerOf(names[codec] ?? (CONTAINERS.wav.audio?.has(codec) === true ? 'wav' : 'mka'));
}

export interface SubtitlePlan {
  readonly kept: readonly SubtitleStream[];
  readonly dropped: readonly SubtitleStream[];
  /** `-c:s:N` of each kept one. */
  readonly codecs: readonly string[];
}

const PICTURES = set('hdmv_pgs_subtitle dvd_subtitle dvb_subtitle');
const AS_THEY_ARE = set('subrip ass ssa webvtt');

/** Text is written the way the container knows; pictures go into Matroska only. */
export function planSubtitles(media: MediaInfo, container: Container): SubtitlePlan {
  const codecOf = ({ codec }: SubtitleStream): string | null => {
    if (container.subtitles === null || codec === null) return null;
    if (container.subtitles === 'matroska') return PICTURES.has(codec) || AS_THEY_ARE.has(codec) ? 'copy' : codec === 'mov_text' || codec === 'text' ? 'srt' : null;
    return PICTURES.has(codec) || codec === 'dvb_teletext' || codec === 'eia_608' ? null : container.subtitles;
  };
  const all = subtitleStreams(media);
  const kept = all.filter((stream) => codecOf(stream) !== null);
  return { kept, dropped: all.filter((stream) => codecOf(stream) === null), codecs: kept.map((stream) => codecOf(stream) ?? 'copy') };
}

function misfit(media: MediaInfo, name: ContainerName): string | null {
  const { video, audio } = CONTAINERS[name];
  const films = filmStreams(media);
  const film = films.find(({ codec }) => codec === null || (video !== null && !video.has(codec)));
  if (film !== undefined) return `${film.codec ?? 'unknown'} video`;
  const tracks = audioStreams(media);
  const track = tracks.find(({ codec }) => codec === null || (audio !== null && !audio.has(codec)));
  if (track !== undefined) return `${track.codec ?? 'unknown'} sound`;
  return tracks.length > 1 && SINGLE_TRACK.has(name) ? `${tracks.length} audio tracks` : null;
}

/** Its own kind first, then what most players open, then what holds everything. */
function candidatesFor(media: MediaInfo): ContainerName[] {
  const extension = extname(media.path).slice(1).toLowerCase();
  const hasFilm = filmStreams(media).length > 0;
  const codec = audioStreams(media)[0]?.codec ?? null;
  if (!hasFilm) return [...(codec === null ? [] : [audioContainerOf(codec).name]), 'mka'];
  const isMatroska = media.formatNames.includes('matroska');
  const own: ContainerName[] = isMatroska ? (extension === 'webm' ? ['webm', 'mkv'] : ['mkv']) : extension === 'mov' || extension === 'qt' ? ['mov'] : [];
  return [...own, 'mp4', 'mkv'];
}
