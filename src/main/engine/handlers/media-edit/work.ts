/** What the steps of an edit share. */
import * as z from 'zod';
import type { MediaEditOptions } from '../../../../shared/media-options.ts';
import { storedFile, syncFile } from '../../media/durable-file.ts';
import { runFfmpeg, type FfmpegResult } from '../../media/ffmpeg.ts';
import { basis } from '../basis.ts';
import type { FilmSource } from '../film-source.ts';
import type { AttemptContext, Draft } from '../handler.ts';
import type { EditExpectation } from './edit-check.ts';

/** Only a join that converts has one: a part for each of its files. All else copies at the speed of the disk, so starting over is cheaper than parts. */
export const editPlan = z.object({ basis, inputs: z.int().positive() });
export type EditPlan = z.infer<typeof editPlan>;
/** One file of a join, made like the others: its picture, its sound. */
export const editPart = z.object({ files: z.array(storedFile).min(1), frames: z.int().nonnegative(), seconds: z.number().positive() });
export type EditPart = z.infer<typeof editPart>;
export type EditContext = AttemptContext<MediaEditOptions, EditPlan, EditPart>;

/** What an action leaves: drafts, and what the check must find of each; null: the action has looked itself. */
export interface Edited {
  readonly draft: Draft;
  /** Where there are several. */
  readonly further?: readonly Draft[];
  readonly expected: EditExpectation | null;
}

export interface CopyRun {
  /** Everything from the input options on, but for the progress. */
  readonly args: readonly string[];
  readonly totalSeconds: number;
  readonly message: string;
  readonly cwd?: string;
}

/** Runs FFmpeg into a draft and brings that to the disk. */
export async function writeDraft(context: EditContext, source: FilmSource, draft: Draft, { args, totalSeconds, message, cwd }: CopyRun): Promise<FfmpegResult> {
  const result = await runFfmpeg({
    ffmpegPath: context.tools.ffmpegPath,
    args,
    inputPath: source.path,
    signal: context.signal,
    ...(cwd === undefined ? {} : { cwd }),
    onProgress: ({ outSeconds }) => context.progress({ current: Math.min(outSeconds ?? 0, totalSeconds), total: totalSeconds, message }),
  });
  await syncFile(draft.tempPath);
  return result;
}
