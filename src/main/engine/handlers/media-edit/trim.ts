/** One piece of a file: copied from a keyframe on, or encoded again to begin and end exactly. */
import { TaskError } from '../../../../shared/errors.ts';
import { displayName } from '../../media/display-name.ts';
import { inputArguments, inputLimits, inputUrl } from '../../media/ffmpeg-input.ts';
import { probeMedia } from '../../media/ffprobe.ts';
import { audioStreams, filmStreams, isHdr, type VideoStream } from '../../media/media-info.ts';
import { KEY_FLAG, listPackets, type PacketList } from '../../media/packets.ts';
import type { FilmSource } from '../film-source.ts';
import type { Draft } from '../handler.ts';
import { outputName } from '../output-name.ts';
import { SOFTWARE_ENCODERS, softwareArguments, type VideoCodec } from '../video-convert/encoders.ts';
import { planPicture } from '../video-convert/picture.ts';
import { audioArguments } from '../video-convert/sound.ts';
import { chooseContainer, containerOf, planSubtitles, type Container } from './containers.ts';
import { copyStreams, timingArguments } from './copy-streams.ts';
import { keepsChapters, sayDropped } from './remux.ts';
import { writeDraft, type EditContext, type Edited } from './work.ts';

/**
 * FFmpeg may seek further back than asked (in Matroska and transport streams by 0.13 s, for B-frames), so what comes before the cut is left
 * out by time; a millisecond keeps rounding from leaving out the keyframe as well.
 */
const SEEK_SLACK_SECONDS = 0.001;
/** Sound ends with whole packets, film with whole frames and what B-frames still need. */
const COPY_TOLERANCE_SECONDS = 0.35;
/** A frame at 10 a second, and a packet of sound. */
const EXACT_TOLERANCE_SECONDS = 0.15;
/** Nearer than this to what was asked for, nobody sees that it is not the same. */
const UNSEEN_SECONDS = 0.05;
const SOUND_KBPS = 192;

export async function trim(context: EditContext, source: FilmSource): Promise<Edited> {
  const { startSeconds, endSeconds, cut } = context.task.options;
  const total = source.media.durationSeconds;
  const name = displayName(source.path);
  const end = endSeconds === null ? total : total === null ? endSeconds : Math.min(endSeconds, total);
  if (end !== null && startSeconds >= end) throw new TaskError('OPTION_INVALID', `Nothing lies between ${startSeconds} s and ${end.toFixed(2)} s of ${name}${total === null ? '' : `, which lasts ${total.toFixed(2)} s`}. Set startSeconds and endSeconds so that the end comes after the start.`);
  const [film] = filmStreams(source.media);
  const piece = { startSeconds, endSeconds: end };
  return cut === 'exact' && film !== undefined ? encodePiece(context, source, film, piece) : copyPiece(context, source, film, piece);
}

interface Piece {
  readonly startSeconds: number;
  /** Null: to the end, wherever that is. */
  readonly endSeconds: number | null;
}

async function copyPiece(context: EditContext, source: FilmSource, film: VideoStream | undefined, piece: Piece): Promise<Edited> {
  const { media, path } = source;
  const container = chooseContainer(media, context.task.options.container);
  const copy = copyStreams(media, container);
  sayDropped(context, path, copy.subtitles, container);
  const cutAt = film === undefined ? piece.startSeconds : await keyframeBefore(context, source, film, piece.startSeconds);
  const draft = context.draft(outputName(path, context.task.suffix, container.name));
  const seconds = piece.endSeconds === null ? null : piece.endSeconds - cutAt;
  const seekSeconds = cutAt - SEEK_SLACK_SECONDS;
  await writeDraft(context, source, draft, {
    args: [
      ...timingArguments(media), ...(cutAt > 0 ? ['-noaccurate_seek', '-ss', seekSeconds.toFixed(6)] : []), ...inputArguments(path),
      ...(seconds === null ? [] : ['-t', (seconds + cutAt - seekSeconds).toFixed(6)]), ...copy.args, '-copypriorss', '0',
      '-avoid_negative_ts', 'make_zero', ...container.outputArguments, '-f', container.muxer, inputUrl(draft.tempPath),
    ],
    totalSeconds: seconds ?? media.durationSeconds ?? 0, message: 'copying',
  });
  const made = await madeSeconds(context, draft);
  const wanted = seconds ?? (media.durationSeconds === null ? null : media.durationSeconds - cutAt);
  tell(context, source, draft, { asked: piece, from: cutAt, made });
  return {
    draft,
    expected: {
      path: draft.tempPath, fileName: draft.fileName, video: copy.video, audio: copy.audio, subtitles: copy.subtitles.kept.length, chapters: null,
      seconds: wanted, toleranceSeconds: COPY_TOLERANCE_SECONDS, copiedFrom: [path],
    },
  };
}

/** Says where it was really cut; nothing where nobody would see a difference. */
function tell(context: EditContext, { path }: FilmSource, draft: Draft, { asked, from, made }: { asked: Piece; from: number; made: number | null }): void {
  const to = made === null ? null : from + made;
  const end = asked.endSeconds === null || to === null ? '' : ` to ${to.toFixed(2)} s`;
  const sentence = `${displayName(draft.fileName)} goes from ${from.toFixed(2)} s${end} of ${displayName(path)}`;
  if (asked.startSeconds - from <= UNSEEN_SECONDS) context.log(sentence);
  else context.warn(`${sentence}, not from ${asked.startSeconds} s: copying can only begin at a keyframe. Set cut=exact to begin exactly there, which encodes the piece again.`);
}

/** From the start of the file, in seconds. */
async function keyframeBefore(context: EditContext, { path, media }: FilmSource, film: VideoStream, startSeconds: number): Promise<number> {
  if (startSeconds === 0) return 0;
  const packets = await listPackets(path, { ffprobePath: context.tools.ffprobePath, signal: context.signal, stream: String(film.index), onPackets: (count) => context.progress({ current: 0, total: 0, message: `reading, ${count} frames` }) });
  const seconds = keyframeSeconds(packets, film).map((at) => at - media.startSeconds);
  if (seconds.length === 0) throw new TaskError('INPUT_DAMAGED', `The frames of ${displayName(path)} carry no times, so it can't be cut by copying. Set cut=exact, or convert it first.`);
  return Math.max(0, seconds.findLast((at) => at <= startSeconds + UNSEEN_SECONDS / 2) ?? 0);
}

function keyframeSeconds({ pts, flags }: PacketList, film: VideoStream): number[] {
  const tick = film.timeBase.numerator / film.timeBase.denominator;
  return [...pts].filter((value, index) => !Number.isNaN(value) && ((flags[index] ?? 0) & KEY_FLAG) !== 0).sort((one, other) => one - other).map((value) => value * tick);
}

async function madeSeconds({ tools, signal }: EditContext, draft: Draft): Promise<number | null> {
  return (await probeMedia(draft.tempPath, { ffprobePath: tools.ffprobePath, signal }).catch(() => null))?.durationSeconds ?? null;
}

/** The film's own codec where we encode it, in high quality. Starts over when interrupted: a piece is short against what it is cut from. */
async function encodePiece(context: EditContext, source: FilmSource, film: VideoStream, { startSeconds, endSeconds }: Piece): Promise<Edited> {
  const { media, path } = source;
  const codec = codecFor(film);
  const container = encodedContainer(context, source);
  const audioCodec = container.name === 'webm' ? 'opus' : 'aac';
  const picture = planPicture({ path, film, codec, resolution: 'source', dynamicRange: 'auto', filters: source.capabilities.filters, threads: context.tools.threads });
  const tracks = audioStreams(media);
  const subtitles = planSubtitles(media, container);
  const textCodecs = subtitles.codecs.map((name) => (name === 'copy' ? 'copy' : name));
  sayDropped(context, path, subtitles, container);
  const draft = context.draft(outputName(path, context.task.suffix, container.name));
  const seconds = endSeconds === null ? null : endSeconds - startSeconds;
  await writeDraft(context, source, draft, {
    args: [
      ...(startSeconds > 0 ? ['-ss', startSeconds.toFixed(6)] : []), '-threads', String(context.tools.threads), ...inputLimits(), '-i', inputUrl(path),
      ...(seconds === null ? [] : ['-t', seconds.toFixed(6)]),
      '-map', `0:${film.index}`, '-vf', [...picture.earlyFilters, ...picture.lateFilters].join(','), ...softwareArguments(codec, 'high', 'medium', context.tools.threads), '-pix_fmt', picture.pixelFormat, ...picture.encoderArguments,
      ...(codec === 'h265' && container.muxer !== 'matroska' ? ['-tag:v', 'hvc1'] : []),
      ...tracks.flatMap((track, index) => ['-map', `0:${track.index}`, ...audioArguments(audioCodec, track, index, { stereoKbps: SOUND_KBPS, filters: [] })]),
      ...subtitles.kept.flatMap(({ index }, order) => ['-map', `0:${index}`, `-c:s:${order}`, textCodecs[order] ?? 'copy']),
      '-map_metadata', '0', '-map_chapters', '0', ...container.outputArguments, '-f', container.muxer, inputUrl(draft.tempPath),
    ],
    totalSeconds: seconds ?? media.durationSeconds ?? 0, message: 'encoding',
  });
  context.log(`the piece was encoded again with ${SOFTWARE_ENCODERS[codec].name}`);
  const wanted = seconds ?? (media.durationSeconds === null ? null : media.durationSeconds - startSeconds);
  return {
    draft,
    expected: {
      path: draft.tempPath, fileName: draft.fileName, video: [codec === 'h265' ? 'hevc' : codec], audio: tracks.map(() => audioCodec), subtitles: subtitles.kept.length, chapters: keepsChapters(container) ? null : 0,
      seconds: wanted, toleranceSeconds: EXACT_TOLERANCE_SECONDS, copiedFrom: [path],
    },
  };
}

function codecFor(film: VideoStream): VideoCodec {
  if (film.codec === 'hevc' || isHdr(film)) return 'h265';
  return film.codec === 'vp9' || film.codec === 'vp8' ? 'vp9' : film.codec === 'av1' ? 'av1' : 'h264';
}

/** What is encoded again fits MP4; a film that came in Matroska or WebM goes back there. */
function encodedContainer({ task }: EditContext, { media, path }: FilmSource): Container {
  const { container } = task.options;
  if (container === 'm4a' || container === 'mka') throw new TaskError('OPTION_INVALID', `${container} holds sound only. Choose mp4 or mkv for ${displayName(path)}.`);
  if (container !== 'source') return containerOf(container);
  if (!media.formatNames.includes('matroska')) return containerOf(path.toLowerCase().endsWith('.mov') ? 'mov' : 'mp4');
  return containerOf(path.toLowerCase().endsWith('.webm') ? 'webm' : 'mkv');
}
