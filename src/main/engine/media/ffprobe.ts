/** Asks ffprobe what a file is, and turns what is no usable media into a clear error. */
import { TaskError } from '../../../shared/errors.ts';
import { describeExit, runTool, type ToolResult } from './child.ts';
import { displayName } from './display-name.ts';
import { inputLimits, inputUrl } from './ffmpeg-input.ts';
import { frameOutput, hdrData, probeOutput, toMediaInfo } from './ffprobe-schema.ts';
import { inputSize, sniff } from './input-file.ts';
import { isHdr, type MediaInfo, type MediaStream, type VideoStream } from './media-info.ts';
import { hasEncryptedTrack } from './mp4-encryption.ts';

export interface ProbeOptions {
  readonly ffprobePath: string;
  readonly signal: AbortSignal;
}

/** Headers come in milliseconds from a disk; a sleeping network drive may need half a minute. */
const PROBE_TIMEOUT_MS = 120_000;
/** FFmpeg's own mark of "may be anything" is 25 (AVPROBE_SCORE_RETRY); a guess below it is no recognition. */
const MIN_PROBE_SCORE = 5;
/** Demuxers that open other files or hosts: what they were hidden in is not opened. */
const REFERRING_FORMATS = /^(hls|applehttp|concat|dash|imf|sdp|rtsp|webm_dash_manifest|vobsub|ffmetadata|mpsub|libcdio|lavfi)$/;

/** Facts about a media file. Throws one of the INPUT_ errors for everything that is none. */
export async function probeMedia(path: string, options: ProbeOptions): Promise<MediaInfo> {
  const sizeBytes = await inputSize(path);
  const result = await runTool({
    path: options.ffprobePath,
    args: ['-v', 'error', ...inputLimits(), '-show_format', '-show_streams', '-show_chapters', '-of', 'json', '-i', inputUrl(path)],
    signal: options.signal,
    timeoutMs: PROBE_TIMEOUT_MS,
  });
  if (result.exitCode !== 0) throw await refusal(path, result);
  const parsed = probeOutput.safeParse(parseJson(result.stdout));
  if (!parsed.success) throw new TaskError('TOOL_FAILED', `ffprobe's answer about ${displayName(path)} was not understood. Check FFmpeg's version with \`longhaul doctor\`.`, { details: parsed.error.message });
  if (parsed.data.format.probe_score < MIN_PROBE_SCORE) throw notMedia(path, `weakly guessed as ${parsed.data.format.format_name}`);
  const info = toMediaInfo(path, sizeBytes, parsed.data);
  await requireUsable(info, result);
  return { ...info, streams: await Promise.all(info.streams.map((stream) => withHdrData(stream, path, options))) };
}

async function requireUsable(info: MediaInfo, result: ToolResult): Promise<void> {
  const name = displayName(info.path);
  if (info.formatNames.includes('mov') && (await hasEncryptedTrack(info.path))) throw new TaskError('INPUT_ENCRYPTED', `${name} is encrypted (DRM). Longhaul can't and may not open it; use a copy without protection.`);
  if (info.streams.some(isDecodable)) return;
  if (info.streams.some((stream) => stream.kind === 'video' || stream.kind === 'audio')) {
    if ((await sniff(info.path)) === 'other') throw notMedia(info.path, result.stderrTail);
    throw damaged(info.path, 'its video and audio can\'t be read', result.stderrTail);
  }
  throw notMedia(info.path, 'no video and no audio stream');
}

function isDecodable(stream: MediaStream): boolean {
  if (stream.codec === null) return false;
  if (stream.kind === 'video') return stream.width > 0 && stream.height > 0;
  return stream.kind === 'audio' && stream.sampleRate > 0 && stream.channels > 0;
}

/** Why ffprobe would not open it, in the user's terms. */
async function refusal(path: string, result: ToolResult): Promise<TaskError> {
  const name = displayName(path);
  const tail = result.stderrTail;
  const details = describeExit(result);
  const refused = /\[(\S+) @ [^\]]*\] Format not on whitelist/.exec(tail)?.[1];
  if (refused !== undefined) {
    if (refused.split(',').some((format) => REFERRING_FORMATS.test(format))) return notAllowed(name, details);
    if (/^(image2|.*_pipe)$/.test(refused)) return new TaskError('INPUT_NOT_MEDIA', `${name} is a picture, not a video or audio file, whatever its name says. Choose another file.`, { details });
    return notMedia(path, details);
  }
  if (/Protocol .*not on whitelist/.test(tail)) return notAllowed(name, details);
  await inputSize(path);
  if (/Input\/output error|Stale file handle/.test(tail)) return new TaskError('IO_ERROR', `${name} can't be read: its disk or network share reported an error. The task tries again.`, { retryable: true, details });
  const kind = await sniff(path);
  if (kind === 'playlist') return notAllowed(name, details);
  if (kind === 'other') return notMedia(path, details);
  const why = /moov atom not found/.test(tail) ? 'its index (moov) is missing, as in a recording or download that was cut short' : 'its header can\'t be read';
  return damaged(path, why, details);
}

function notMedia(path: string, details: string): TaskError {
  return new TaskError('INPUT_NOT_MEDIA', `${displayName(path)} is not a video or audio file. Its name may say so, its contents do not; choose another file.`, { details });
}

function damaged(path: string, why: string, details: string): TaskError {
  return new TaskError('INPUT_DAMAGED', `${displayName(path)} is damaged: ${why}. Copy or download it again, or repair it first.`, { details });
}

function notAllowed(name: string, details: string): TaskError {
  return new TaskError('INPUT_NOT_ALLOWED', `${name} is a playlist that points to other files, whatever its name says. Add the media files themselves.`, { details });
}

/** HDR10 data often sits only in the bitstream: one decoded frame shows it. */
async function withHdrData(stream: MediaStream, path: string, options: ProbeOptions): Promise<MediaStream> {
  if (stream.kind !== 'video' || stream.isAttachedPicture || !isHdr(stream) || stream.masteringDisplay !== null) return stream;
  const found = await frameHdrData(stream, path, options);
  return { ...stream, masteringDisplay: found.masteringDisplay, contentLight: found.contentLight ?? stream.contentLight };
}

async function frameHdrData(stream: VideoStream, path: string, options: ProbeOptions): Promise<ReturnType<typeof hdrData>> {
  const result = await runTool({
    path: options.ffprobePath,
    args: ['-v', 'error', ...inputLimits(), '-select_streams', String(stream.index), '-read_intervals', '%+#1', '-show_frames', '-show_entries', 'frame=side_data_list', '-of', 'json', '-i', inputUrl(path)],
    signal: options.signal,
    timeoutMs: PROBE_TIMEOUT_MS,
  });
  const parsed = frameOutput.safeParse(parseJson(result.stdout));
  return hdrData(parsed.success ? parsed.data.frames.flatMap((frame) => frame.side_data_list) : []);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
