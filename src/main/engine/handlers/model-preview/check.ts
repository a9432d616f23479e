/** Opens what was made of a model as a stranger would. */
import { readFile } from 'node:fs/promises';
import { TaskError } from '../../../../shared/errors.ts';
import { displayName } from '../../media/display-name.ts';
import { readAnimation } from '../../media/meshes-film.ts';
import { openPicture } from '../../media/page-pictures.ts';
import type { Tools } from '../../media/tools.ts';
import type { Draft } from '../handler.ts';
import { checkOutput } from '../video-convert/check.ts';

export type Expected =
  | { readonly kind: 'picture'; readonly draft: Draft; readonly format: 'jpg' | 'png' | 'webp'; readonly width: number; readonly height: number }
  | { readonly kind: 'film'; readonly draft: Draft; readonly format: 'mp4' | 'webp'; readonly side: number; readonly frames: number; readonly framesPerSecond: number }
  | { readonly kind: 'data'; readonly draft: Draft; readonly text: string };

/** As sharp names them. */
const FORMATS = { jpg: 'jpeg', png: 'png', webp: 'webp' } as const;
/** WebP counts a frame's time in milliseconds. */
const FRAME_ROUNDING_SECONDS = 0.001;

/** Throws OUTPUT_CHECK_FAILED (retryable). */
export async function checkDrafts(expected: readonly Expected[], asking: { readonly tools: Tools; readonly signal: AbortSignal }): Promise<void> {
  for (const one of expected) {
    asking.signal.throwIfAborted();
    if (one.kind === 'picture') await checkPicture(one);
    else if (one.kind === 'data') await checkData(one);
    else if (one.format === 'mp4') await checkFilm(one, asking);
    else await checkAnimation(one);
  }
}

async function checkPicture({ draft, format, width, height }: Extract<Expected, { kind: 'picture' }>): Promise<void> {
  const found = await openPicture(draft.tempPath, draft.fileName);
  if (found.format !== FORMATS[format] || found.width !== width || found.height !== height) throw failed(draft, `it is a ${found.format} of ${String(found.width)} × ${String(found.height)} instead of ${format} of ${String(width)} × ${String(height)}`);
  if (found.isBlank) throw failed(draft, 'nothing is to be seen on it');
}

async function checkFilm({ draft, side, frames, framesPerSecond }: Extract<Expected, { kind: 'film' }>, asking: { readonly tools: Tools; readonly signal: AbortSignal }): Promise<void> {
  const frameSeconds = Float64Array.from({ length: frames }, (_, index) => index / framesPerSecond);
  await checkOutput({
    path: draft.tempPath, fileName: draft.fileName, video: { codec: 'h264', width: side, height: side, frames, frameSeconds }, audioTracks: 0, subtitleTracks: 0, audioSeconds: null, videoLeadSeconds: null,
  }, asking);
}

/** Frames that are alike are one that lasts longer, so their time is counted too. */
async function checkAnimation({ draft, side, frames, framesPerSecond }: Extract<Expected, { kind: 'film' }>): Promise<void> {
  const found = await readAnimation(draft.tempPath).catch((cause: unknown) => {
    throw failed(draft, 'it can\'t be decoded', cause);
  });
  if (found.width !== side || found.height !== side) throw failed(draft, `it has ${String(found.width)} × ${String(found.height)} pixels instead of ${String(side)} × ${String(side)}`);
  if (found.frames > frames || Math.abs(found.seconds - frames / framesPerSecond) > frames * FRAME_ROUNDING_SECONDS + 1 / framesPerSecond) throw failed(draft, `it has ${String(found.frames)} frames in ${found.seconds.toFixed(2)} s instead of ${String(frames)} in ${(frames / framesPerSecond).toFixed(2)} s`);
}

async function checkData({ draft, text }: Extract<Expected, { kind: 'data' }>): Promise<void> {
  const found = await readFile(draft.tempPath, 'utf8');
  JSON.parse(found);
  if (found !== text) throw failed(draft, 'it is not what was written');
}

function failed({ fileName }: Draft, what: string, cause?: unknown): TaskError {
  return new TaskError('OUTPUT_CHECK_FAILED', `${displayName(fileName)} did not pass its check: ${what}. The task tries again.`, { retryable: true, ...(cause === undefined ? {} : { cause, details: String(cause) }) });
}
