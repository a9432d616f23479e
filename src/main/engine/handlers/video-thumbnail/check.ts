/** Opens the finished picture as a stranger would. */
import { TaskError } from '../../../../shared/errors.ts';
import { runTool } from '../../media/child.ts';
import { displayName } from '../../media/display-name.ts';
import { inputUrl } from '../../media/ffmpeg-input.ts';
import type { Tools } from '../../media/tools.ts';

export interface PictureExpectation {
  readonly path: string;
  readonly fileName: string;
  readonly format: 'jpg' | 'png' | 'webp';
}

const DEMUXERS = { jpg: 'jpeg_pipe', png: 'png_pipe', webp: 'webp_pipe' } as const;
const DECODE_TIMEOUT_MS = 60_000;

/** Throws OUTPUT_CHECK_FAILED (retryable) unless the picture decodes whole and without a complaint. */
export async function checkPicture({ path, fileName, format }: PictureExpectation, { tools, signal }: { tools: Tools; signal: AbortSignal }): Promise<void> {
  const result = await runTool({ path: tools.ffmpegPath, args: ['-v', 'error', '-nostdin', '-nostats', '-progress', 'pipe:1', '-f', DEMUXERS[format], '-i', inputUrl(path), '-f', 'null', '-'], signal, timeoutMs: DECODE_TIMEOUT_MS });
  if (result.exitCode === 0 && result.stderrTail.trim() === '' && /^frame=1$/m.test(result.stdout)) return;
  throw new TaskError('OUTPUT_CHECK_FAILED', `The picture ${displayName(fileName)} did not pass its check: it can't be decoded. The task tries again.`, { retryable: true, details: result.stderrTail });
}
