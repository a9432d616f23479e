/** The options of the type that makes pictures and figures of 3D models. */
import * as z from 'zod';
import { textLike } from './text-like.ts';

/** still: one picture from a good angle. sides: the six sides on one sheet. turntable: a full turn as a film. data: sizes and counts as JSON. */
export const MODEL_RESULTS = ['still', 'sides', 'turntable', 'data'] as const;
export type ModelResult = (typeof MODEL_RESULTS)[number];

/** Pixels. */
const side = z.int().min(64).max(4_096);
const colour = textLike(/^#[0-9a-f]{6}$/i, 'a colour like #c8ccd2');

export const modelPreviewOptions = z.strictObject({
  /** Replace an existing output file. Off: ` (2)` is added to the name. The input is never overwritten. */
  overwrite: z.boolean().default(false),
  /** Files to make. */
  what: z.array(z.enum(MODEL_RESULTS)).min(1).default(['still']),
  /** Which axis points up. auto: Y in OBJ and glTF, Z in STL, PLY and 3MF, as is usual there. */
  up: z.enum(['auto', 'y', 'z']).default('auto'),
  /** Degrees by which the camera stands to the right of the front, of the still. */
  azimuth: z.number().min(-360).max(360).default(35),
  /** Degrees above the ground, of the still and the turntable. */
  elevation: z.number().min(-89).max(89).default(24),
  /** Of the still. */
  width: side.default(1_280),
  height: side.default(960),
  /** Of each of the six sides. */
  cellSize: z.int().min(64).max(1_600).default(480),
  /** Of the still and the sheet. */
  format: z.enum(['jpg', 'png', 'webp']).default('jpg'),
  /** Of JPEG and WebP. */
  quality: z.int().min(1).max(100).default(90),
  /** studio: a soft light grey. transparent: nothing; white where the format has no transparency. */
  background: textLike(/^(studio|transparent|#[0-9a-f]{6})$/i, 'studio, transparent, or a colour like #ffffff').default('studio'),
  /** Of what has no colour of its own. */
  colour: colour.default('#aab4c3'),
  /** A soft shadow on the ground, in the still and the turntable. */
  shadow: z.boolean().default(true),
  /** Of the turntable. */
  turntableFormat: z.enum(['mp4', 'webp']).default('mp4'),
  turntableSize: z.int().min(64).max(2_160).default(720),
  seconds: z.number().min(1).max(60).default(6),
  framesPerSecond: z.int().min(5).max(60).default(24),
});
export type ModelPreviewOptions = z.infer<typeof modelPreviewOptions>;
