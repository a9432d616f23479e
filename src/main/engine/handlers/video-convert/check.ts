/** Opens the output as a stranger would: streams, every frame's time, and decoding to the end. */
import { TaskError } from '../../../../shared/errors.ts';
import { runTool } from '../../media/child.ts';
import { displayName } from '../../media/display-name.ts';
import { inputArguments } from '../../media/ffmpeg-input.ts';
import { probeMedia } from '../../media/ffprobe.ts';
import { audioStreams, filmStreams, longestAudio, subtitleStreams, type AudioStream, type MediaInfo, type VideoStream } from '../../media/media-info.ts';
import { listPackets } from '../../media/packets.ts';
import type { Tools } from '../../media/tools.ts';

/** What the output must be. Seconds are relative to the output's start. */
export interface Expectation {
  readonly path: string;
  /** For messages: the draft's path says nothing to the user. */
  readonly fileName: string;
  readonly video: {
    readonly codec: string;
    readonly width: number;
    readonly height: number;
    /** Every frame's time, ascending from 0; null: only the number is known. */
    readonly frameSeconds: Float64Array | null;
    readonly frames: number;
  } | null;
  readonly audioTracks: number;
  readonly subtitleTracks: number;
  /** Length of the longest audio track; null: not known. */
  readonly audioSeconds: number | null;
  /** Video's first frame minus audio's first sample, in seconds; null: not known. */
  readonly videoLeadSeconds: number | null;
}

export interface CheckTools {
  readonly tools: Tools;
  readonly signal: AbortSignal;
}

/** Matroska rounds times to a millisecond; MP4 is exact and passes with room to spare. */
const FRAME_TOLERANCE_SECONDS = 0.0011;
/** Audio is counted in packets of up to 0.1 s, and encoders add and cut a few at either end. */
const AUDIO_TOLERANCE_SECONDS = 0.5;
/** Start times are rounded to milliseconds and, in Matroska, moved by the audio encoder's priming (at most 2048 samples). */
const LEAD_TOLERANCE_SECONDS = 0.01;
const PRIMING_SAMPLES = 2048;
/** The last seconds are decoded frame by frame: a file that was cut off shows it there. */
const TAIL_SECONDS = 3;
/** A decoder that says nothing for this long is stuck: it prints no progress, so this is the longest check. */
const DECODE_TIMEOUT_MS = 4 * 3600_000;

/** Throws OUTPUT_CHECK_FAILED (retryable). */
export async function checkOutput(expected: Expectation, { tools, signal }: CheckTools): Promise<void> {
  const info = await probeMedia(expected.path, { ffprobePath: tools.ffprobePath, signal }).catch((cause: unknown) => {
    signal.throwIfAborted();
    throw failed(expected, 'it can\'t be opened', cause instanceof Error ? cause.message : String(cause));
  });
  checkStreams(expected, info);
  await checkFrames(expected, info, { tools, signal });
  const keyframesOnly = expected.video === null ? [] : ['-skip_frame', 'nokey'];
  await decode(expected, [...keyframesOnly, ...inputArguments(expected.path), ...(expected.video === null ? [] : ['-map', '0:v']), ...(expected.audioTracks === 0 ? [] : ['-map', '0:a'])], { tools, signal });
  const duration = info.durationSeconds ?? 0;
  if (expected.video !== null) await decode(expected, ['-ss', Math.max(0, info.startSeconds + duration - TAIL_SECONDS).toFixed(3), ...inputArguments(expected.path), '-map', '0:v'], { tools, signal });
}

function checkStreams(expected: Expectation, info: MediaInfo): void {
  const film = filmStreams(info)[0];
  const audio = audioStreams(info);
  if (expected.video !== null) {
    if (film === undefined) throw failed(expected, 'it has no video');
    if (film.codec !== expected.video.codec || film.width !== expected.video.width || film.height !== expected.video.height) throw failed(expected, `its video is ${film.codec} ${film.width}x${film.height}, not ${expected.video.codec} ${expected.video.width}x${expected.video.height}`);
  }
  if (audio.length !== expected.audioTracks) throw failed(expected, `it has ${audio.length} audio tracks, not ${expected.audioTracks}`);
  if (subtitleStreams(info).length !== expected.subtitleTracks) throw failed(expected, `it has ${subtitleStreams(info).length} subtitle tracks, not ${expected.subtitleTracks}`);
  const sound = longestAudio(info);
  if (expected.audioSeconds !== null && audio.length > 0 && sound < expected.audioSeconds - AUDIO_TOLERANCE_SECONDS) throw failed(expected, `its audio lasts ${sound.toFixed(2)} s, not ${expected.audioSeconds.toFixed(2)} s`);
  checkLead(expected, film, audio[0]);
}

function checkLead(expected: Expectation, film: VideoStream | undefined, audio: AudioStream | undefined): void {
  const filmStart = film?.startSeconds ?? null;
  const soundStart = audio?.startSeconds ?? null;
  if (expected.videoLeadSeconds === null || audio === undefined || filmStart === null || soundStart === null) return;
  const lead = filmStart - soundStart;
  if (Math.abs(lead - expected.videoLeadSeconds) > LEAD_TOLERANCE_SECONDS + PRIMING_SAMPLES / audio.sampleRate) throw failed(expected, `its audio is ${Math.round(1000 * (lead - expected.videoLeadSeconds))} ms away from its video`);
}

async function checkFrames(expected: Expectation, info: MediaInfo, { tools, signal }: CheckTools): Promise<void> {
  const film = filmStreams(info)[0];
  if (expected.video === null || film === undefined) return;
  const packets = await listPackets(expected.path, { ffprobePath: tools.ffprobePath, signal, stream: String(film.index) });
  const { frames, frameSeconds } = expected.video;
  if (packets.pts.length !== frames) throw failed(expected, `it has ${packets.pts.length} frames, not ${frames}`);
  for (let index = 1; index < packets.dts.length; index += 1) {
    if ((packets.dts[index] ?? 0) <= (packets.dts[index - 1] ?? 0)) throw failed(expected, `its frame ${index} is out of order`);
  }
  if (frameSeconds === null) return;
  const tick = film.timeBase.numerator / film.timeBase.denominator;
  const pts = packets.pts.sort();
  const start = (pts[0] ?? 0) * tick;
  for (const [index, seconds] of frameSeconds.entries()) {
    const off = (pts[index] ?? NaN) * tick - start - seconds;
    if (!(Math.abs(off) <= FRAME_TOLERANCE_SECONDS)) throw failed(expected, `its frame ${index} is ${(off * 1000).toFixed(1)} ms off`);
  }
}

async function decode(expected: Expectation, input: readonly string[], { tools, signal }: CheckTools): Promise<void> {
  const complaints: string[] = [];
  const result = await runTool({
    path: tools.ffmpegPath,
    args: ['-v', 'error', '-nostdin', '-threads', String(tools.threads), ...input, '-f', 'null', '-'],
    signal,
    timeoutMs: DECODE_TIMEOUT_MS,
    onStderrLine: (line) => {
      if (line.trim() !== '' && complaints.length < 20) complaints.push(line);
    },
  });
  if (result.exitCode !== 0 || complaints.length > 0) throw failed(expected, 'it can\'t be decoded to its end', complaints.join('\n'));
}

function failed(expected: Expectation, what: string, details?: string): TaskError {
  return new TaskError('OUTPUT_CHECK_FAILED', `The result ${displayName(expected.fileName)} did not pass its check: ${what}. The task tries again.`, { retryable: true, ...(details === undefined ? {} : { details }) });
}
