/**
 * HEIC pictures, whose HEVC the library for pictures does not decode (patents). A program of the system does: `sips` on macOS, libheif's own on Linux, or FFmpeg,
 * which reads pictures in one piece but joins the tiles that phones write only from version 8 on. What comes of it is measured against the file's own header.
 */
import { access, constants, rm } from 'node:fs/promises';
import { TaskError } from '../../../shared/errors.ts';
import { runTool } from './child.ts';
import { displayName } from './display-name.ts';
import { inputArguments, inputUrl } from './ffmpeg-input.ts';
import type { Size } from './image-geometry.ts';
import { readImageHeader } from './image-header.ts';

export interface HeicWish {
  readonly path: string;
  /** Upright, as its header says. */
  readonly size: Size;
  /** A PNG is written here. */
  readonly outputPath: string;
  readonly ffmpegPath: string;
  readonly signal: AbortSignal;
  /** Whether the header asks for a turn, which FFmpeg would not make. */
  readonly isTurned: boolean;
}

/** 48 megapixels take some seconds. */
const TIMEOUT_MS = 180_000;

/** Where distributions and Homebrew put libheif's program; it has had two names. */
const LIBHEIF_PATHS = ['/usr/bin/heif-dec', '/usr/bin/heif-convert', '/usr/local/bin/heif-dec', '/usr/local/bin/heif-convert', '/opt/homebrew/bin/heif-dec', '/opt/homebrew/bin/heif-convert'] as const;

interface Decoder {
  readonly path: string;
  readonly args: readonly string[];
}

/** Throws TOOL_MISSING when nothing here can read it. */
export async function decodeHeic(wish: HeicWish): Promise<void> {
  const tried: string[] = [];
  for (const decoder of await decoders(wish)) {
    await rm(wish.outputPath, { force: true });
    const result = await runTool({ ...decoder, signal: wish.signal, timeoutMs: TIMEOUT_MS });
    const header = result.exitCode === 0 ? await readImageHeader(wish.outputPath).catch(() => null) : null;
    if (header !== null && header.width === wish.size.width && header.height === wish.size.height) return;
    tried.push(`${decoder.path}: ${header === null ? result.stderrTail.trim() : `made ${header.width}x${header.height} of ${wish.size.width}x${wish.size.height}`}`);
  }
  throw new TaskError('TOOL_MISSING', `${displayName(wish.path)} is a HEIC picture, and no program on this system can decode it. Install libheif's heif-dec (Linux: package libheif-examples) or FFmpeg 8, or let the phone save JPEG, then retry.`, { details: tried.join('\n') });
}

async function decoders({ path, outputPath, ffmpegPath, isTurned }: HeicWish): Promise<Decoder[]> {
  const found: Decoder[] = [];
  if (process.platform === 'darwin') found.push({ path: '/usr/bin/sips', args: ['-s', 'format', 'png', path, '--out', outputPath] });
  for (const program of LIBHEIF_PATHS) {
    if (await access(program, constants.X_OK).then(() => true, () => false)) found.push({ path: program, args: [path, outputPath] });
  }
  if (!isTurned) found.push({ path: ffmpegPath, args: ['-hide_banner', '-nostdin', '-y', '-v', 'warning', ...inputArguments(path), '-frames:v', '1', '-c:v', 'png', '-f', 'image2pipe', inputUrl(outputPath)] });
  return found;
}
