/** Opens an edited file as a stranger would: streams, packets, length, chapters, and decoding of what can be decoded quickly. */
import { TaskError } from '../../../../shared/errors.ts';
import { runTool } from '../../media/child.ts';
import { displayName } from '../../media/display-name.ts';
import { inputArguments } from '../../media/ffmpeg-input.ts';
import { probeMedia } from '../../media/ffprobe.ts';
import { audioStreams, filmStreams, subtitleStreams, type MediaInfo } from '../../media/media-info.ts';
import type { Tools } from '../../media/tools.ts';

export interface EditExpectation {
  readonly path: string;
  readonly fileName: string;
  /** FFmpeg's codec names, in order. */
  readonly video: readonly string[];
  readonly audio: readonly string[];
  readonly subtitles: number;
  /** Null: not known. */
  readonly seconds: number | null;
  /** Copying cuts at packets and keyframes; exact work is exact. */
  readonly toleranceSeconds: number;
  /** Null: not asked for. */
  readonly chapters: number | null;
  /** Files that it was copied from: what can't be decoded there can't be decoded here. */
  readonly copiedFrom: readonly string[];
}

export interface CheckTools {
  readonly tools: Tools;
  readonly signal: AbortSignal;
  readonly warn: (sentence: string) => void;
}

/** A copy decodes as fast as its keyframes alone; a decoder that is silent for this long is stuck. */
const DECODE_TIMEOUT_MS = 4 * 3600_000;

/** Throws OUTPUT_CHECK_FAILED (retryable). */
export async function checkEdit(expected: EditExpectation, { tools, signal, warn }: CheckTools): Promise<void> {
  const info = await probeMedia(expected.path, { ffprobePath: tools.ffprobePath, signal }).catch((cause: unknown) => {
    signal.throwIfAborted();
    throw failed(expected, 'it can\'t be opened', cause instanceof Error ? cause.message : String(cause));
  });
  const difference = differenceOf(expected, info);
  if (difference !== null) throw failed(expected, difference);
  const complaint = await decodeComplaint(expected.path, info, { tools, signal });
  if (complaint === null) return;
  for (const path of expected.copiedFrom) {
    const source = await probeMedia(path, { ffprobePath: tools.ffprobePath, signal });
    if ((await decodeComplaint(path, source, { tools, signal })) !== null) {
      warn(`${displayName(path)} is damaged in places, and so is the copy of it.`);
      return;
    }
  }
  throw failed(expected, 'it can\'t be decoded to its end', complaint);
}

function differenceOf({ video, audio, subtitles, seconds, toleranceSeconds, chapters }: EditExpectation, info: MediaInfo): string | null {
  const codecs = (streams: readonly { codec: string | null }[]): string => streams.map(({ codec }) => codec ?? 'unknown').join(', ');
  if (codecs(filmStreams(info)) !== video.join(', ')) return `its video is ${codecs(filmStreams(info)) || 'missing'}, not ${video.join(', ') || 'none'}`;
  if (codecs(audioStreams(info)) !== audio.join(', ')) return `its sound is ${codecs(audioStreams(info)) || 'missing'}, not ${audio.join(', ') || 'none'}`;
  if (subtitleStreams(info).length !== subtitles) return `it has ${subtitleStreams(info).length} subtitle tracks, not ${subtitles}`;
  if (chapters !== null && info.chapterCount !== chapters) return `it has ${info.chapterCount} chapters, not ${chapters}`;
  const length = info.durationSeconds;
  if (seconds !== null && (length === null || Math.abs(length - seconds) > toleranceSeconds)) return `it lasts ${length?.toFixed(2) ?? '?'} s, not ${seconds.toFixed(2)} s`;
  return null;
}

/** What decoders say of all sound and of the keyframes; null: nothing. */
async function decodeComplaint(path: string, info: MediaInfo, { tools, signal }: Pick<CheckTools, 'tools' | 'signal'>): Promise<string | null> {
  const complaints: string[] = [];
  const hasFilm = filmStreams(info).length > 0;
  const result = await runTool({
    path: tools.ffmpegPath,
    args: ['-v', 'error', '-nostdin', '-threads', String(tools.threads), ...(hasFilm ? ['-skip_frame', 'nokey'] : []), ...inputArguments(path), ...(hasFilm ? ['-map', '0:V'] : []), ...(audioStreams(info).length > 0 ? ['-map', '0:a'] : []), '-f', 'null', '-'],
    signal,
    timeoutMs: DECODE_TIMEOUT_MS,
    onStderrLine: (line) => {
      // The null muxer's own trouble with times says nothing about the pictures.
      if (line.trim() !== '' && !/non monoton/i.test(line) && complaints.length < 20) complaints.push(line);
    },
  });
  return result.exitCode === 0 && complaints.length === 0 ? null : complaints.join('\n') || `exit code ${String(result.exitCode)}`;
}

function failed({ fileName }: EditExpectation, what: string, details?: string): TaskError {
  return new TaskError('OUTPUT_CHECK_FAILED', `The result ${displayName(fileName)} did not pass its check: ${what}. The task tries again.`, { retryable: true, ...(details === undefined ? {} : { details }) });
}
