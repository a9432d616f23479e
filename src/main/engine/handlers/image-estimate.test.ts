import { describe, expect, it } from 'vitest';
import { OPTION_SCHEMAS } from '../../../shared/options.ts';
import type { ImageHeader } from '../media/image-facts.ts';
import { estimateImage } from './image-estimate.ts';

const PHOTO: ImageHeader = { format: 'jpeg', width: 4_000, height: 3_000, pages: 1, isProgressive: false };
const convert = (options: Record<string, unknown>, header = PHOTO) => estimateImage('image_convert', OPTION_SCHEMAS.image_convert.parse(options), header);

describe('estimateImage', () => {
  it('knows that a thumbnail is quick, AVIF slow, and a smaller picture quicker', () => {
    expect(estimateImage('image_thumbnail', OPTION_SCHEMAS.image_thumbnail.parse({}), PHOTO).seconds).toBeLessThan(0.3);
    expect(convert({ format: 'avif' }).seconds).toBeGreaterThan(5 * convert({ format: 'webp' }).seconds);
    expect(convert({ format: 'avif', longestSide: 1_000 }).seconds).toBeLessThan(convert({ format: 'avif' }).seconds / 5);
  });

  it('asks for the memory of a whole picture only where it is unpacked as a whole', () => {
    const huge = { ...PHOTO, width: 20_000, height: 12_000 };
    expect(convert({ format: 'png', percent: 10 }, huge).memoryBytes).toBeLessThan(200e6);
    expect(convert({ format: 'png', percent: 10 }, { ...huge, isProgressive: true }).memoryBytes).toBeGreaterThan(900e6);
  });

  it('has no length to go by, so it is never told as media time', () => {
    expect(convert({}).mediaSeconds).toBe(0);
  });
});
