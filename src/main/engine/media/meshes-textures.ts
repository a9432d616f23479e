/** Pictures that lie on a model's surfaces, decoded small enough for a picture of the whole, with the library that media/images.ts loads. */
import { library } from './images.ts';
import type { Texture } from './meshes-model.ts';

/** Of the file. */
export const TEXTURE_LIMIT_BYTES = 96 * 1024 * 1024;
const PIXELS_LIMIT = 150_000_000;
const TIMEOUT_SECONDS = 60;
/** A picture of the model has about as many pixels a side. Each of the largest takes 16 MB. */
const SIDES = [{ upTo: 8, side: 2_048 }, { upTo: 32, side: 1_024 }, { upTo: 128, side: 512 }] as const;
/** Of models in pieces. More are left out. */
export const MOST_TEXTURES = 128;
/** PNG and JPEG, which are what the formats allow and programs write. */
const READABLE = /^(\x89PNG\r\n\x1a\n|\xff\xd8\xff)/;

/** count: of the model's textures. Null: it can't be read. */
export async function decodeTexture(bytes: Buffer, count: number): Promise<Texture | null> {
  const side = SIDES.find(({ upTo }) => count <= upTo)?.side;
  if (side === undefined || bytes.length > TEXTURE_LIMIT_BYTES || !READABLE.test(bytes.toString('latin1', 0, 8))) return null;
  const sharp = await library();
  try {
    const { data, info } = await sharp(bytes, { failOn: 'error', limitInputPixels: PIXELS_LIMIT }).resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true })
      .toColourspace('srgb').ensureAlpha().raw().timeout({ seconds: TIMEOUT_SECONDS }).toBuffer({ resolveWithObject: true });
    return info.channels === 4 ? { width: info.width, height: info.height, data } : null;
  } catch {
    return null;
  }
}
