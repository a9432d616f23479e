/** Makes pictures for tests, each of whose pixels tells where it came from. */
import { readFileSync, writeFileSync } from 'node:fs';
import sharp, { type Sharp } from 'sharp';

/** Left half red, right half blue, a green bar of a quarter along the top: which way is up, and whether colours are right, can be seen from four pixels. */
export function testPicture(width: number, height: number, alpha = false): Sharp {
  const channels = alpha ? 4 : 3;
  const pixels = Buffer.alloc(width * height * channels);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = (y * width + x) * channels;
      const colour = y < height / 4 ? [0, 160, 0] : x < width / 2 ? [220, 0, 0] : [0, 0, 220];
      colour.forEach((value, index) => { pixels[at + index] = value; });
      if (alpha) pixels[at + 3] = y > (height * 3) / 4 ? 0 : 255;
    }
  }
  return sharp(pixels, { raw: { width, height, channels } });
}

export const PLACE_XMP = '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" exif:GPSLatitude="52,30.5N" photoshop:City="Berlin"><dc:title>A title</dc:title><photoshop:Country>Germany</photoshop:Country></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>';

/** What a phone writes: camera, time, place, and how to turn the picture (EXIF's 1–8). */
export function phonePhoto(width: number, height: number, orientation: number): Sharp {
  return testPicture(width, height).jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).withExif({
    IFD0: { Make: 'ACME', Model: 'Phone 1', Copyright: 'Somebody' },
    IFD2: { DateTimeOriginal: '2024:05:01 10:00:00' },
    IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '52/1 30/1 0/1', GPSLongitudeRef: 'E', GPSLongitude: '13/1 24/1 0/1' },
  }).withMetadata({ orientation }).withXmp(PLACE_XMP);
}

/** Frames in red, green and blue, 100 ms each. */
export async function animation(path: string, width: number, height: number): Promise<void> {
  const frame = (background: string): Sharp => sharp({ create: { width, height, channels: 3, background } });
  const frames = await Promise.all(['#dc0000', '#00a000', '#0000dc'].map((colour) => frame(colour).png().toBuffer()));
  await sharp(frames, { join: { animated: true } }).toFormat(path.endsWith('.gif') ? 'gif' : 'webp', { delay: [100, 100, 100], loop: 0 }).toFile(path);
}

/** One pixel of a picture's frame, at a share of its width and height. */
export async function pixelAt(path: string, x: number, y: number, page = 0): Promise<number[]> {
  const { data, info } = await sharp(path, { page }).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  const at = (Math.floor(y * (info.height - 1)) * info.width + Math.floor(x * (info.width - 1))) * info.channels;
  return [...data.subarray(at, at + 4)];
}

/** red, green, blue, white or clear: what a pixel of a test picture is, whatever the encoder made of it. */
export function colourName([red = 0, green = 0, blue = 0, alpha = 255]: readonly number[]): string {
  if (alpha < 128) return 'clear';
  if (red > 200 && green > 200 && blue > 200) return 'white';
  return red > green && red > blue ? 'red' : green > blue ? 'green' : 'blue';
}

/** A TIFF-structured file with a small and a large JPEG in it, as cameras write raw: DNG's mark, the sensor's data after them. */
export function makeRaw(path: string, small: Buffer, large: Buffer, orientation: number): void {
  const fields = (list: readonly (readonly [number, number, number, number])[], next: number): Buffer => {
    const directory = Buffer.alloc(2 + 12 * list.length + 4);
    directory.writeUInt16LE(list.length, 0);
    list.forEach(([tag, type, count, value], index) => {
      directory.writeUInt16LE(tag, 2 + 12 * index);
      directory.writeUInt16LE(type, 4 + 12 * index);
      directory.writeUInt32LE(count, 6 + 12 * index);
      directory.writeUInt32LE(value, 10 + 12 * index);
    });
    directory.writeUInt32LE(next, 2 + 12 * list.length);
    return directory;
  };
  const [firstAt, secondAt, smallAt] = [8, 200, 400];
  const largeAt = smallAt + small.length;
  const file = Buffer.alloc(largeAt + large.length + 10_000, 0x5a);
  file.write('II*\0', 0, 'latin1');
  file.writeUInt32LE(firstAt, 4);
  fields([[256, 4, 1, 160], [257, 4, 1, 120], [259, 3, 1, 7], [262, 3, 1, 6], [273, 4, 1, smallAt], [274, 3, 1, orientation], [279, 4, 1, small.length], [330, 4, 1, secondAt], [0xc612, 1, 4, 0x0401]], 0).copy(file, firstAt);
  fields([[256, 4, 1, 6000], [257, 4, 1, 4000], [259, 3, 1, 7], [262, 3, 1, 32803], [513, 4, 1, largeAt], [514, 4, 1, large.length]], 0).copy(file, secondAt);
  small.copy(file, smallAt);
  large.copy(file, largeAt);
  writeFileSync(path, file);
}

/** The same file with some bytes changed, by a seed. */
export function mutated(path: string, seed: number): Buffer {
  const bytes = Buffer.from(readFileSync(path));
  let state = seed * 2_654_435_761;
  const next = (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
  // Most of the trouble is in headers.
  for (let count = 0; count < 1 + next(20); count += 1) bytes[next(next(2) === 0 ? Math.min(200, bytes.length) : bytes.length)] = next(256);
  return next(4) === 0 ? bytes.subarray(0, next(bytes.length)) : bytes;
}
