/** Takes the place where a picture was taken out of a file that is written already, in place: the EXIF block keeps its length and its other fields. */
import { open, type FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { withoutGps } from './exif-location.ts';
import { readExif } from './images.ts';

/** Read at a time while the block is looked for. */
const CHUNK_BYTES = 4 << 20;
const PNG_SIGNATURE = '89504e470d0a1a0a';

/** False: it said no place. Works wherever the block is stored as it is: JPEG, PNG, WebP, AVIF. */
export async function eraseLocation(path: string): Promise<boolean> {
  const exif = await readExif(path);
  const cleaned = exif === null ? null : withoutGps(exif);
  if (exif === null || cleaned === null) return false;
  const file = await open(path, 'r+');
  try {
    // Containers differ in whether they count the six letters before the TIFF head.
    const prefix = exif.toString('latin1', 0, 6) === 'Exif\0\0' ? 6 : 0;
    const at = await find(file, exif.subarray(prefix));
    if (at === null) throw new Error('The EXIF block of a picture was not found in its file.');
    await file.write(cleaned.subarray(prefix), 0, cleaned.length - prefix, at);
    if ((await bytesAt(file, 0, 8)).toString('hex') === PNG_SIGNATURE) await mendChunk(file, at, cleaned.length - prefix);
  } finally {
    await file.close();
  }
  return true;
}

/** A PNG's chunk ends with a sum over its name and contents. */
async function mendChunk(file: FileHandle, contentsAt: number, length: number): Promise<void> {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(await bytesAt(file, contentsAt - 4, length + 4)));
  await file.write(sum, 0, 4, contentsAt + length);
}

async function find(file: FileHandle, wanted: Buffer): Promise<number | null> {
  const { size } = await file.stat();
  for (let at = 0; at < size; at += CHUNK_BYTES) {
    const found = (await bytesAt(file, at, CHUNK_BYTES + wanted.length)).indexOf(wanted);
    if (found >= 0) return at + found;
  }
  return null;
}

async function bytesAt(file: FileHandle, at: number, count: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(count), 0, count, at);
  return buffer.subarray(0, bytesRead);
}
