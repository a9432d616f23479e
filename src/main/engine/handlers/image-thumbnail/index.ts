/** A small picture of a picture: upright, in sRGB, without anything else in the file. Seconds of work, so nothing is kept of a half one. */
import * as z from 'zod';
import { imageThumbnailOptions, type ImageThumbnailOptions } from '../../../../shared/image-options.ts';
import { TaskError } from '../../../../shared/errors.ts';
import { geometryOf, sizeAfter } from '../../media/image-geometry.ts';
import { drawnAt } from '../../media/image-source.ts';
import { writeImage } from '../../media/images.ts';
import type { AttemptContext, Draft, Handler } from '../handler.ts';
import { checkSynced, type ImageExpectation } from '../image-check.ts';
import { openImageInput, requireUnchangedImage } from '../image-input.ts';
import { IMAGE_EXTENSIONS } from '../image-names.ts';
import { outputName } from '../output-name.ts';

type Context = AttemptContext<ImageThumbnailOptions, null, null>;

/** What looks good small and stays small. */
const QUALITY = { jpeg: 80, png: null, webp: 78, avif: 50 } as const;

const expectations = new WeakMap<Context, ImageExpectation>();

export const handler: Handler<ImageThumbnailOptions, null, null> = {
  type: 'image_thumbnail',
  options: imageThumbnailOptions,
  plan: z.null(),
  part: z.null(),
  async perform(context) {
    const { options, suffix } = context.task;
    const input = await openImageInput(context, 'first');
    for (const remark of input.remarks) context.log(remark);
    const wish = { width: options.size, height: options.size, longestSide: null, percent: null, fit: options.fit, enlarge: input.kind === 'svg' } as const;
    const { source, info } = drawnAt(input, options.size / Math.max(1, Math.min(input.info.width, input.info.height)));
    const geometry = geometryOf(info, wish);
    const draft = context.draft(outputName(input.path, suffix, IMAGE_EXTENSIONS[options.format]));
    const rendering = {
      crop: null, geometry, position: 'attention', format: options.format, quality: options.quality ?? QUALITY[options.format], lossless: false, background: options.background,
      colour: 'srgb', metadata: 'strip', xmp: null, dpi: null, threads: context.tools.threads,
    } as const;
    await writeImage(source, rendering, info, draft.tempPath);
    context.signal.throwIfAborted();
    requireUnchangedImage(input);
    expectations.set(context, { path: draft.tempPath, fileName: draft.fileName, format: options.format, ...sizeAfter(info, geometry), pages: 1, isPlaceless: false, isThorough: false });
    return [draft];
  },
  async check(drafts: readonly Draft[], context: Context) {
    const expected = expectations.get(context);
    if (expected === undefined || drafts.length !== 1) throw new TaskError('INTERNAL', 'The check was asked for before the work. Retry the task; if it happens again, report it.');
    await checkSynced(expected, context);
  },
};
