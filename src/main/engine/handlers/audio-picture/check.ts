/** Opens the finished picture as a stranger would: it decodes whole and has its size. */
import { TaskError } from '../../../../shared/errors.ts';
import { runTool } from '../../media/child.ts';
import { displayName } from '../../media/display-name.ts';
import { inputUrl } from '../../media/ffmpeg-input.ts';
import type { Tools } from '../../media/tools.ts';

export interface AudioPictureExpectation {
  readonly path: string;
  readonly fileName: string;
  readonly width: number;
  readonly height: number;
  readonly format: 'jpg' | 'png' | 'webp';
}

const DEMUXERS = { jpg: 'jpeg_pipe', png: 'png_pipe', webp: 'webp_pipe' } as const;
const DECODE_TIMEOUT_MS = 120_000;

/** Throws OUTPUT_CHECK_FAILED (retryable). */
export async function checkAudioPicture({ path, fileName, width, height, format }: AudioPictureExpectation, { tools, signal }: { tools: Tools; signal: AbortSignal }): Promise<void> {
  let bytes = 0;
  const result = await runTool({
    path: tools.ffmpegPath,
    args: ['-v', 'error', '-nostdin', '-f', DEMUXERS[format], '-i', inputUrl(path), '-vf', 'format=rgba', '-f', 'rawvideo', '-'],
    signal,
    timeoutMs: DECODE_TIMEOUT_MS,
    onStdout: (chunk) => {
      bytes += chunk.length;
    },
  });
  if (result.exitCode === 0 && result.stderrTail.trim() === '' && bytes === width * height * 4) return;
  throw new TaskError('OUTPUT_CHECK_FAILED', `The picture ${displayName(fileName)} did not pass its check: it can't be decoded as ${width} × ${height} pixels. The task tries again.`, { retryable: true, details: result.stderrTail });
}
