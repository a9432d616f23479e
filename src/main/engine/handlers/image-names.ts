/** How files of each kind of picture are called. */
import type { Rendering } from '../media/images.ts';

export const IMAGE_EXTENSIONS: Readonly<Record<Rendering['format'], string>> = { jpeg: 'jpg', png: 'png', webp: 'webp', avif: 'avif', gif: 'gif', tiff: 'tif' };

/** As people write them. */
export const IMAGE_FORMAT_NAMES: Readonly<Record<Rendering['format'], string>> = { jpeg: 'JPEG', png: 'PNG', webp: 'WebP', avif: 'AVIF', gif: 'GIF', tiff: 'TIFF' };
