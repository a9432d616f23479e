/** Decides what becomes of audio tracks and subtitles. Plain values in and out. */
import { TaskError } from '../../../../shared/errors.ts';
import type { VideoConvertOptions } from '../../../../shared/options.ts';
import { displayName } from '../../media/display-name.ts';
import { audioStreams, subtitleStreams, type AudioStream, type MediaInfo, type SubtitleStream } from '../../media/media-info.ts';

type AudioCodec = Exclude<VideoConvertOptions['audioCodec'], 'none'>;

interface AudioFacts {
  readonly encoder: string;
  readonly maxChannels: number;
  readonly isLossless: boolean;
  /** kbit/s that a stream may have at most; encoders refuse or ignore more. */
  readonly maxKbps: number;
}

const AUDIO_ENCODERS: Readonly<Record<AudioCodec, AudioFacts>> = {
  aac: { encoder: 'aac', maxChannels: 8, isLossless: false, maxKbps: 1536 },
  opus: { encoder: 'libopus', maxChannels: 8, isLossless: false, maxKbps: 1536 },
  mp3: { encoder: 'libmp3lame', maxChannels: 2, isLossless: false, maxKbps: 320 },
  flac: { encoder: 'flac', maxChannels: 8, isLossless: true, maxKbps: 0 },
  pcm: { encoder: 'pcm_s16le', maxChannels: 64, isLossless: true, maxKbps: 0 },
};

/**
 * Layouts by number of channels that players know and the encoders take: side speakers (5.1(side), as in AC-3 and DTS) become back
 * speakers, which Opus insists on and AAC needs for its plain channel configuration (RFC 7845 §5.1.1.2, ISO/IEC 14496-3 table 1.19).
 */
const LAYOUTS = ['', 'mono', 'stereo', '3.0', 'quad', '5.0', '5.1', '6.1', '7.1'] as const;

/** The tracks that the option names, in its order. Throws INPUT_NO_STREAM for a number that the file does not have. */
export function selectAudio(media: MediaInfo, wanted: VideoConvertOptions['audioTracks']): AudioStream[] {
  const tracks = audioStreams(media);
  if (wanted === 'none') return [];
  if (wanted === 'all') return tracks.filter(({ channels, codec }) => channels > 0 && codec !== null);
  return [...new Set(wanted.split(',').map(Number))].map((number) => {
    const track = tracks[number];
    if (track === undefined) throw new TaskError('INPUT_NO_STREAM', `${displayName(media.path)} has no audio track ${number}: it has ${tracks.length}, counted from 0. Choose other tracks or all.`);
    return track;
  });
}

/** `-c:a:N …` for the track that becomes the output's audio stream N; the filters come after the mix. */
export function audioArguments(codec: AudioCodec, track: AudioStream, index: number, { stereoKbps, filters }: { readonly stereoKbps: number; readonly filters: readonly string[] }): string[] {
  const facts = AUDIO_ENCODERS[codec];
  const channels = Math.min(track.channels, facts.maxChannels);
  const chain = [...mixFilters(codec, track), ...filters];
  return [
    `-c:a:${index}`, codec === 'pcm' ? pcmEncoder(track) : facts.encoder,
    ...(facts.isLossless ? [] : [`-b:a:${index}`, `${Math.min(facts.maxKbps, scaledKbps(stereoKbps, channels))}k`]),
    ...(chain.length === 0 ? [] : [`-filter:a:${index}`, chain.join(',')]),
  ];
}

/** Brings a track to the channels that the codec takes. */
export function mixFilters(codec: AudioCodec, track: AudioStream): string[] {
  const layout = LAYOUTS[Math.min(track.channels, AUDIO_ENCODERS[codec].maxChannels)];
  return layout === undefined || layout === '' ? [] : [`aformat=channel_layouts=${layout}`];
}

/** Languages, titles and dispositions of audio streams, as plain arguments: FFmpeg's own copying forgets them between files. */
export function audioTags(tracks: readonly AudioStream[]): string[] {
  const first = Math.max(0, tracks.findIndex(({ isDefault }) => isDefault));
  return tracks.flatMap((track, index) => [...tagsOf('a', index, track), `-disposition:a:${index}`, index === first ? 'default' : '0']);
}

export function subtitleTags(tracks: readonly SubtitleStream[]): string[] {
  return tracks.flatMap((track, index) => {
    const flags = [track.isDefault ? 'default' : '', track.isForced ? 'forced' : ''].filter((flag) => flag !== '').join('+');
    return [...tagsOf('s', index, track), `-disposition:s:${index}`, flags === '' ? '0' : flags];
  });
}

function tagsOf(kind: 'a' | 's', index: number, { language, title }: AudioStream | SubtitleStream): string[] {
  const pairs: [string, string | null][] = [['language', language], ['title', title]];
  return pairs.flatMap(([name, value]) => (value === null ? [] : [`-metadata:s:${kind}:${index}`, `${name}=${value}`]));
}

/** Subtitles as text, which FFmpeg can turn into one another. */
const TEXT_SUBTITLES = new Set(['subrip', 'srt', 'ass', 'ssa', 'mov_text', 'webvtt', 'text', 'subviewer', 'microdvd', 'sami', 'realtext', 'stl', 'ttml', 'jacosub', 'mpl2', 'pjs', 'vplayer']);
/** Whether FFmpeg can turn a subtitle codec into text. */
export function isTextSubtitle(codec: string): boolean {
  return TEXT_SUBTITLES.has(codec);
}

/** Pictures that Matroska can hold. */
const PICTURE_SUBTITLES = new Set(['hdmv_pgs_subtitle', 'dvd_subtitle', 'dvb_subtitle']);

export interface SubtitleChoice {
  readonly kept: readonly SubtitleStream[];
  readonly dropped: readonly SubtitleStream[];
}

/** Text goes everywhere, pictures only into Matroska. */
export function selectSubtitles(media: MediaInfo, container: VideoConvertOptions['container'], wanted: VideoConvertOptions['subtitles']): SubtitleChoice {
  if (wanted === 'none') return { kept: [], dropped: [] };
  const all = subtitleStreams(media);
  const fits = ({ codec }: SubtitleStream): boolean => codec !== null && (TEXT_SUBTITLES.has(codec) || (container === 'mkv' && PICTURE_SUBTITLES.has(codec)));
  return { kept: all.filter(fits), dropped: all.filter((stream) => !fits(stream)) };
}

/** The codec a subtitle has in a Matroska file on its way: as it is, but MP4's own kind and rare ones become SRT. */
export function storedSubtitleCodec({ codec }: SubtitleStream): string {
  return codec === 'subrip' || codec === 'ass' || codec === 'webvtt' || PICTURE_SUBTITLES.has(codec ?? '') ? 'copy' : codec === 'ssa' ? 'ass' : 'srt';
}

/** And in the end. */
export function finalSubtitleCodec(container: VideoConvertOptions['container']): string {
  return container === 'mp4' || container === 'm4a' ? 'mov_text' : container === 'webm' ? 'webvtt' : 'copy';
}

/** Lossless sources with more than 16 bits keep 24; everything else fits 16. */
function pcmEncoder({ codec, sampleFormat }: AudioStream): string {
  const isLossless = codec !== null && /^(pcm_|flac|alac|truehd|mlp|tta|wavpack|ape|tak|dsd)/.test(codec);
  return isLossless && sampleFormat !== null && !/^(u8|s16)p?$/.test(sampleFormat) ? 'pcm_s24le' : 'pcm_s16le';
}

/** Mono needs more than half of stereo, and each further channel less than a front one (as in AC-3's and Opus's usual rates). */
function scaledKbps(stereoKbps: number, channels: number): number {
  if (channels <= 2) return Math.round(stereoKbps * (channels === 1 ? 0.6 : 1));
  return Math.round(stereoKbps * 0.4 * channels);
}
