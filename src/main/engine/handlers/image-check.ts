/** Opens a finished picture as a stranger would: its headers by a reader of our own, its pixels by a strict decoder, and where it matters by FFmpeg as well. */
import { TaskError } from '../../../shared/errors.ts';
import { runTool } from '../media/child.ts';
import { syncFile } from '../media/durable-file.ts';
import { displayName } from '../media/display-name.ts';
import { hasGps } from '../media/exif-location.ts';
import { inputUrl } from '../media/ffmpeg-input.ts';
import { readImageHeader } from '../media/image-header.ts';
import { decodeImage, readExif, type Rendering } from '../media/images.ts';
import type { Tools } from '../media/tools.ts';

export interface ImageExpectation {
  readonly path: string;
  readonly fileName: string;
  readonly format: Rendering['format'];
  readonly width: number;
  readonly height: number;
  readonly pages: number;
  /** Whether it must not say where it was taken. */
  readonly isPlaceless: boolean;
  /** Whether FFmpeg decodes it as well: seconds of a conversion, and too much for thousands of thumbnails. */
  readonly isThorough: boolean;
}

/** What FFmpeg reads in every version that is in use. AVIF needs a decoder that not all have; its WebP knows no animations. */
const DEMUXERS: Readonly<Partial<Record<Rendering['format'], string>>> = { jpeg: 'jpeg_pipe', png: 'png_pipe', webp: 'webp_pipe', gif: 'gif', tiff: 'tiff_pipe' };
/** Beyond this it would take longer than the work itself. */
const MOST_THOROUGH_PIXELS = 100_000_000;
const DECODE_TIMEOUT_MS = 120_000;

/**
 * The check, while the disk takes in what was written: a small picture waits longer for its disk than for its check, and whoever publishes it finds it synced.
 * Throws OUTPUT_CHECK_FAILED (retryable) with what is wrong.
 */
export async function checkSynced(expected: ImageExpectation, context: { readonly tools: Tools; readonly signal: AbortSignal }): Promise<void> {
  const synced = syncFile(expected.path);
  // Whoever publishes meets a disk's fault again and says so; here the check's own word counts more.
  synced.catch(() => undefined);
  await checkImage(expected, context);
  await synced;
}

async function checkImage(expected: ImageExpectation, { tools, signal }: { readonly tools: Tools; readonly signal: AbortSignal }): Promise<void> {
  const { path, format, width, height, pages } = expected;
  const header = await readImageHeader(path, { isCounting: true, isBlocking: true });
  if (header === null || header.format !== format) throw failed(expected, `its header says ${header?.format ?? 'nothing'} and not ${format}`);
  if (header.width !== width || header.height !== height) throw failed(expected, `it has ${header.width} × ${header.height} pixels and not ${width} × ${height}`);
  if (header.pages !== pages) throw failed(expected, `it has ${header.pages ?? 'an unknown number of'} frames and not ${pages}`);
  const decoded = await decodeImage(path, expected).catch((cause: unknown) => {
    throw failed(expected, 'it can\'t be decoded', cause);
  });
  if (decoded.pages !== pages || decoded.width !== width || decoded.height !== height) throw failed(expected, `${decoded.pages} frames of ${decoded.width} × ${decoded.height} pixels come out of it`);
  if (expected.isPlaceless) await requirePlaceless(expected);
  const demuxer = format === 'webp' && pages > 1 ? undefined : DEMUXERS[format];
  if (!expected.isThorough || demuxer === undefined || width * height * pages > MOST_THOROUGH_PIXELS) return;
  const result = await runTool({ path: tools.ffmpegPath, args: ['-v', 'error', '-nostdin', '-nostats', '-progress', 'pipe:1', '-f', demuxer, '-i', inputUrl(path), '-f', 'null', '-'], signal, timeoutMs: DECODE_TIMEOUT_MS });
  if (result.exitCode !== 0 || !/^frame=[1-9]/m.test(result.stdout)) throw failed(expected, 'FFmpeg can\'t decode it', result.stderrTail);
}

async function requirePlaceless(expected: ImageExpectation): Promise<void> {
  const exif = await readExif(expected.path);
  if (exif !== null && hasGps(exif)) throw failed(expected, 'it still says where it was taken');
}

function failed({ fileName }: ImageExpectation, what: string, cause?: unknown): TaskError {
  const details = cause instanceof Error ? cause.message : typeof cause === 'string' ? cause : undefined;
  return new TaskError('OUTPUT_CHECK_FAILED', `The picture ${displayName(fileName)} did not pass its check: ${what}. The task tries again.`, { retryable: true, cause, ...(details === undefined ? {} : { details }) });
}
