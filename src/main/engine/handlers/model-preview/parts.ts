/** Draws what is missing and stores it: the still, the sheet, and the turntable's frames, a second of them at a time. */
import { join } from 'node:path';
import * as z from 'zod';
import type { ModelPreviewOptions } from '../../../../shared/model-options.ts';
import { TaskError } from '../../../../shared/errors.ts';
import { displayName } from '../../media/display-name.ts';
import { isIntact, keepFile, storedFile, type StoredFile } from '../../media/durable-file.ts';
import type { Artist } from '../../media/meshes-artist.ts';
import { frameName } from '../../media/meshes-film.ts';
import { writeFrame, writeModelPicture, writeSides, type SideCell } from '../../media/meshes-pictures.ts';
import { sourceIdentity } from '../../media/source-identity.ts';
import type { AttemptContext } from '../handler.ts';
import { sideNote, subtitleOf, type ModelFigures } from './facts.ts';
import { frameCount } from './estimate.ts';

export const plan = z.object({
  source: sourceIdentity,
  /** All that decides the bytes of the parts. */
  how: z.string(),
});
export type Plan = z.infer<typeof plan>;
export const part = z.object({ files: z.array(storedFile).min(1), width: z.int().positive(), height: z.int().positive() });
export type Part = z.infer<typeof part>;
export type Context = AttemptContext<ModelPreviewOptions, Plan, Part>;

/** Part by part what is drawn. Frames: the first, and the one after the last. */
export type Step = { readonly kind: 'still' } | { readonly kind: 'sides' } | { readonly kind: 'frames'; readonly from: number; readonly to: number };

export interface Work {
  readonly context: Context;
  readonly path: string;
  readonly artist: Artist;
  readonly figures: ModelFigures;
  readonly steps: readonly Step[];
}

/** As engineers lay them out. */
const SIDES = [
  { label: 'Front', azimuth: 0, elevation: 0, note: 'front' }, { label: 'Right', azimuth: 90, elevation: 0, note: 'side' }, { label: 'Back', azimuth: 180, elevation: 0, note: 'front' },
  { label: 'Left', azimuth: -90, elevation: 0, note: 'side' }, { label: 'Top', azimuth: 0, elevation: 90, note: 'top' }, { label: 'Bottom', azimuth: 0, elevation: -90, note: 'top' },
] as const;
/** A second or a few of work is done again after a kill. */
const FRAMES_PER_PART = 12;

export function stepsOf(options: ModelPreviewOptions): Step[] {
  const frames = options.what.includes('turntable') ? frameCount(options) : 0;
  return [
    ...(options.what.includes('still') ? [{ kind: 'still' as const }] : []),
    ...(options.what.includes('sides') ? [{ kind: 'sides' as const }] : []),
    ...Array.from({ length: Math.ceil(frames / FRAMES_PER_PART) }, (_, index) => ({ kind: 'frames' as const, from: index * FRAMES_PER_PART, to: Math.min(frames, (index + 1) * FRAMES_PER_PART) })),
  ];
}

/** All parts that are missing. */
export async function makeParts(work: Work): Promise<void> {
  const { context, steps } = work;
  for (const [index, step] of steps.entries()) {
    context.progress({ current: index, total: steps.length, message: step.kind === 'frames' ? `frame ${String(step.from + 1)} of ${String(frameCount(context.task.options))}` : step.kind === 'still' ? 'drawing' : 'drawing the sides' });
    context.signal.throwIfAborted();
    if (await isDone(context, index)) continue;
    const made = step.kind === 'still' ? await drawStill(work) : step.kind === 'sides' ? await drawSides(work) : await drawFrames(work, step);
    context.signal.throwIfAborted();
    await context.checkpoint.savePart(index, made);
  }
  context.progress({ current: steps.length, total: steps.length, message: steps.some(({ kind }) => kind === 'frames') ? 'putting the film together' : 'checking' });
}

/** Of one of the kinds with one part. */
export function partOf({ context, steps }: Work, kind: Step['kind']): Part {
  const found = context.checkpoint.parts.get(steps.findIndex((step) => step.kind === kind));
  if (found === undefined) throw new TaskError('INTERNAL', 'A picture of the plan was not made. Retry the task; if it happens again, report it.', { retryable: true });
  return found;
}

async function isDone(context: Context, index: number): Promise<boolean> {
  const stored = context.checkpoint.parts.get(index);
  if (stored === undefined) return false;
  for (const file of stored.files) if (!(await isIntact(context.workDir, file))) return false;
  return true;
}

async function drawStill({ context, artist, path }: Work): Promise<Part> {
  const { width, height, azimuth, elevation, format, quality, shadow } = context.task.options;
  const picture = await artist.draw(artist.viewAt({ azimuth, elevation, isFlat: false }, width / height), { width, height, hasShadow: shadow });
  if (picture.covered === 0) throw new TaskError('INPUT_NO_STREAM', `${displayName(path)} has no surfaces to show: its triangles are thinner than anything that can be seen. Choose a model with a mesh, or another angle.`);
  return { width, height, files: [await keep(context, `still.${format}`, (to) => writeModelPicture(picture, { path: to, format, quality }))] };
}

async function drawSides({ context, artist, figures, path }: Work): Promise<Part> {
  const { cellSize, format, quality, background } = context.task.options;
  const cells: SideCell[] = [];
  for (const [index, view] of artist.sidesAt(SIDES).entries()) {
    const side = SIDES[index];
    if (side === undefined) continue;
    cells.push({ label: side.label, note: sideNote(artist.stage, side.note, figures.unit), picture: await artist.draw(view, { width: cellSize, height: cellSize, hasShadow: false }) });
  }
  let size = { width: 1, height: 1 };
  const file = await keep(context, `sides.${format}`, async (to) => {
    size = await writeSides({ cells, title: displayName(path), subtitle: subtitleOf(figures), isTransparent: background === 'transparent' }, { path: to, format, quality });
  });
  return { ...size, files: [file] };
}

async function drawFrames({ context, artist }: Work, { from, to }: { from: number; to: number }): Promise<Part> {
  const { options } = context.task;
  const side = evenSide(options.turntableSize);
  const keepsAlpha = options.background === 'transparent' && options.turntableFormat === 'webp';
  const views = artist.turn(options.elevation, options.azimuth, frameCount(options));
  const files: StoredFile[] = [];
  // While one frame is drawn the one before is written.
  let writing: Promise<StoredFile> | null = null;
  for (let frame = from; frame < to; frame += 1) {
    const view = views[frame];
    if (view === undefined) break;
    try {
      const picture = await artist.draw(view, { width: side, height: side, hasShadow: options.shadow });
      if (writing !== null) files.push(await writing);
      writing = keep(context, frameName(frame), (path) => writeFrame(picture, path, keepsAlpha));
    } catch (error) {
      await writing?.catch(() => undefined);
      throw error;
    }
  }
  if (writing !== null) files.push(await writing);
  return { width: side, height: side, files };
}

/** H.264 stores colours for two by two pixels. */
export function evenSide(pixels: number): number {
  return pixels - (pixels % 2);
}

async function keep(context: Context, name: string, write: (path: string) => Promise<void>): Promise<StoredFile> {
  const tempPath = join(context.workDir, `${name}.${String(context.task.attempt)}.part`);
  await write(tempPath);
  return await keepFile(tempPath, join(context.workDir, name));
}
