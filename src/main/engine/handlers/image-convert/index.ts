/** A picture in another format, size, quality, with more or less beside its pixels. Seconds of work, so nothing is kept of a half one. */
import * as z from 'zod';
import { imageConvertOptions, type ImageConvertOptions } from '../../../../shared/image-options.ts';
import { TaskError } from '../../../../shared/errors.ts';
import { displayName } from '../../media/display-name.ts';
import { eraseLocation } from '../../media/image-location.ts';
import type { Geometry, Size } from '../../media/image-geometry.ts';
import { drawnAt, type OpenedImage } from '../../media/image-source.ts';
import { writeImage, type Rendering } from '../../media/images.ts';
import type { AttemptContext, Handler } from '../handler.ts';
import { checkSynced, type ImageExpectation } from '../image-check.ts';
import { openImageInput, requireUnchangedImage, type ImageInput } from '../image-input.ts';
import { IMAGE_EXTENSIONS, IMAGE_FORMAT_NAMES } from '../image-names.ts';
import { outputName } from '../output-name.ts';
import { carriesFrames, formatOf, hasQuality, planConvert, type ConvertPlan } from './plan.ts';
import { fitInto, type Trial } from './target-size.ts';

type Context = AttemptContext<ImageConvertOptions, null, null>;

/** Where a search for the right quality begins when none was named. */
const FIRST_QUALITY = { jpeg: 85, webp: 84, avif: 60 } as const;

const expectations = new WeakMap<Context, ImageExpectation>();

export const handler: Handler<ImageConvertOptions, null, null> = {
  type: 'image_convert',
  options: imageConvertOptions,
  plan: z.null(),
  part: z.null(),
  async perform(context) {
    const { options, suffix } = context.task;
    const { input, format } = await openFor(context);
    context.progress({ current: 0, total: 0, message: 'encoding' });
    const opened = drawnAt(input, drawScale(input, options));
    const plan = planConvert(opened, options, format, displayName(input.path), context.tools.threads);
    const draft = context.draft(outputName(input.path, suffix, IMAGE_EXTENSIONS[format]));
    const size = options.maxBytes === null ? await write(opened, plan, draft.tempPath) : await writeWithin(context, opened, plan, options.maxBytes, draft.tempPath);
    context.signal.throwIfAborted();
    if (options.metadata === 'strip-location') await eraseLocation(draft.tempPath);
    requireUnchangedImage(input);
    expectations.set(context, { path: draft.tempPath, fileName: draft.fileName, format, ...size, pages: plan.pages, isPlaceless: options.metadata !== 'keep', isThorough: true });
    return [draft];
  },
  async check(drafts, context) {
    const expected = expectations.get(context);
    if (expected === undefined || drafts.length !== 1) throw new TaskError('INTERNAL', 'The check was asked for before the work. Retry the task; if it happens again, report it.');
    await checkSynced(expected, context);
    const { maxBytes } = context.task.options;
    if (maxBytes !== null) context.log(`made to fit into ${maxBytes} bytes`);
  },
};

/** All frames where the format can carry them, else the first, and the task says so. */
async function openFor(context: Context): Promise<{ input: ImageInput; format: Rendering['format'] }> {
  const { options } = context.task;
  const all = await openImageInput(context, options.frames);
  for (const remark of all.remarks) context.warn(remark);
  const format = formatOf(options.format, all);
  if (all.info.pages === 1 || carriesFrames(format, all.kind)) return { input: all, format };
  context.warn(`${IMAGE_FORMAT_NAMES[format]} holds one picture, so only the first of ${all.info.pages} was taken. Choose ${all.kind === 'tiff' ? 'TIFF' : 'WebP or GIF'} to keep them all.`);
  return { input: await openImageInput(context, 'first'), format };
}

/** An SVG has no pixels of its own: it is drawn at least as large as it is wanted. */
function drawScale({ kind, info: { width, height } }: OpenedImage, options: ImageConvertOptions): number {
  if (kind !== 'svg' || options.crop !== null) return 1;
  const { longestSide, percent } = options;
  const byWidth = options.width === null ? 0 : options.width / width;
  const byHeight = options.height === null ? 0 : options.height / height;
  const byBox = byWidth === 0 || byHeight === 0 || options.fit === 'cover' || options.fit === 'fill' ? Math.max(byWidth, byHeight) : Math.min(byWidth, byHeight);
  return Math.max(longestSide === null ? 0 : longestSide / Math.max(width, height), percent === null ? 0 : percent / 100, byBox);
}

async function write({ source, info }: OpenedImage, { rendering, size }: ConvertPlan, path: string): Promise<Size> {
  await writeImage(source, rendering, info, path);
  return size;
}

async function writeWithin(context: Context, { source, info }: OpenedImage, plan: ConvertPlan, maxBytes: number, path: string): Promise<Size> {
  const { rendering } = plan;
  let size = plan.size;
  const make = async ({ quality, scale }: Trial): Promise<number> => {
    context.signal.throwIfAborted();
    const geometry = scale === 1 ? rendering.geometry : shrunk(plan, scale);
    size = geometry?.frame ?? geometry?.scaled ?? plan.size;
    context.progress({ current: 0, total: 0, message: `fitting into ${Math.ceil(maxBytes / 1000)} kB` });
    return (await writeImage(source, { ...rendering, geometry, quality: hasQuality(rendering) ? quality : rendering.quality }, info, path)).sizeBytes;
  };
  const quality = hasQuality(rendering) ? (rendering.quality ?? firstQuality(rendering.format)) : null;
  const found = await fitInto(maxBytes, { quality, scale: 1 }, make);
  if (found.scale < 1) context.warn(`To fit into ${Math.round(maxBytes / 1000)} kB it was made smaller: ${size.width} × ${size.height} pixels.`);
  return { width: size.width, height: size.height };
}

function firstQuality(format: Rendering['format']): number | null {
  return format === 'jpeg' || format === 'webp' || format === 'avif' ? FIRST_QUALITY[format] : null;
}

/** The same picture and frame, smaller. */
function shrunk({ rendering: { geometry }, size }: ConvertPlan, scale: number): Geometry {
  const times = (value: number): number => Math.max(1, Math.round(value * scale));
  const frame = geometry?.frame ?? null;
  const whole = { width: times(size.width), height: times(size.height) };
  if (frame === null || geometry === null) return { scaled: whole, isCut: geometry?.isCut ?? false, frame: null };
  const scaled = { width: Math.min(whole.width, times(geometry.scaled.width)), height: Math.min(whole.height, times(geometry.scaled.height)) };
  return { scaled, isCut: false, frame: { ...whole, left: Math.floor((whole.width - scaled.width) / 2), top: Math.floor((whole.height - scaled.height) / 2) } };
}
