/** The input of a task about a still picture: opened once, and watched for changes. */
import { statSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { TaskError } from '../../../shared/errors.ts';
import { displayName } from '../media/display-name.ts';
import { openImage, type OpenedImage } from '../media/image-source.ts';
import type { AttemptContext } from './handler.ts';

export interface ImageInput extends OpenedImage {
  /** Absolute. */
  readonly path: string;
  /** Size and time of the last change. */
  readonly stamp: string;
}

type Asking = Pick<AttemptContext<unknown, unknown, unknown>, 'task' | 'tools' | 'signal' | 'workDir'>;

/** Throws one of the INPUT_ errors, or TOOL_MISSING. */
export async function openImageInput(context: Asking, pages: 'all' | 'first'): Promise<ImageInput> {
  const [path] = context.task.inputs;
  if (path === undefined) throw new TaskError('USAGE', 'The task has no input file. Add it again with one.');
  const stamp = stampOf(path);
  // The work folder is made when it is asked for, which few pictures do.
  const opened = await openImage({ path, pages, ffmpegPath: context.tools.ffmpegPath, signal: context.signal, scratch: () => join(context.workDir, `decoded.${context.task.attempt}.png`) });
  return { ...opened, path, stamp };
}

/** Throws INPUT_CHANGED when the file is not the one that work began on. */
export function requireUnchangedImage({ path, stamp }: ImageInput): void {
  if (stampOf(path) !== stamp) throw new TaskError('INPUT_CHANGED', `${displayName(path)} changed while it was worked on. If it is still being copied, wait for its end; the task starts again by itself.`, { retryable: true });
}

/** At once: a worker has nothing else to do, and a promise takes several times as long. Whether it may be read the attempt has seen to. */
function stampOf(path: string): string {
  const { size, mtimeMs } = statOf(path);
  if (size === 0) throw new TaskError('INPUT_EMPTY', `${displayName(path)} is empty (0 bytes). Copy or download it again.`);
  return `${size} ${mtimeMs}`;
}

function statOf(path: string): Stats {
  try {
    return statSync(path);
  } catch (cause) {
    throw new TaskError('INPUT_MISSING', `${displayName(path)} is not there any more. Put it back, then retry.`, { cause });
  }
}
