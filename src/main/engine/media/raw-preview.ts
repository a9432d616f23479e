/**
 * The largest JPEG that a camera put into its raw file. Most raw formats are TIFF structures (DNG, CR2, NEF, ARW, ORF, RW2, PEF, SRW …); Fujifilm's RAF names
 * the place in its head, Canon's CR3 has boxes like MP4. Everything is read by places in the file: the pictures' data are not touched.
 */
import type { FileWindow } from './file-window.ts';
import { readJpegHeader } from './image-header.ts';
import { boxesOf, type Box } from './image-header-iso.ts';
import { TAG, TiffReader, type Directory } from './image-header-tiff.ts';

export interface EmbeddedJpeg {
  /** Where it lies in the file. */
  readonly at: number;
  readonly sizeBytes: number;
  readonly width: number;
  readonly height: number;
  /** How the raw file says that it has to be turned (EXIF's 1–8); previews of many cameras do not say it themselves. */
  readonly orientation: number;
}

/** Raw files have about ten directories. */
const MOST_DIRECTORIES = 100;
/** TIFF's numbers for pictures as the sensor saw them: colour filter array, linear raw. */
const SENSOR_PHOTOMETRICS: ReadonlySet<number> = new Set([32803, 34892]);
const ORIENTATION = 274;

type Candidate = Pick<EmbeddedJpeg, 'at' | 'sizeBytes'>;

/** Whether what begins like a TIFF, a RAF or a film is camera raw. extension: of its name, small letters, without a dot. */
export async function isCameraRaw(window: FileWindow, extension: string): Promise<boolean> {
  const head = (await window.bytes(0, 16)).toString('latin1');
  if (/^FUJIFILMCCD-RAW/.test(head) || /^[^]{4}ftypcrx /.test(head) || /^(IIRO|IIRS|MMOR|IIU\0|II\*\0[^]{4}CR)/.test(head)) return true;
  if (!/^(II\*\0|MM\0\*)/.test(head)) return false;
  if (/^(dng|nef|nrw|arw|sr2|srf|pef|srw|3fr|fff|iiq|erf|mef|mos|kdc|dcr|raw|rwl|cr2|orf|rw2)$/.test(extension)) return true;
  const directories = await tiffDirectories(window);
  for (const { directory, reader } of directories) {
    if (directory.fields.has(TAG.dngVersion)) return true;
    if (SENSOR_PHOTOMETRICS.has((await reader.number(directory.fields.get(TAG.photometric))) ?? -1)) return true;
  }
  return false;
}

/** Null: it holds none that can be shown. */
export async function largestPreview(window: FileWindow): Promise<EmbeddedJpeg | null> {
  const head = (await window.bytes(0, 16)).toString('latin1');
  const { candidates, orientation } = /^FUJIFILM/.test(head) ? await rafPreview(window) : /^[^]{4}ftyp/.test(head) ? await cr3Previews(window) : await tiffPreviews(window);
  let largest: EmbeddedJpeg | null = null;
  for (const { at, sizeBytes } of candidates) {
    const start = await window.bytes(at, 3);
    if (at <= 0 || sizeBytes < 100 || at + sizeBytes > window.sizeBytes || !/^\xff\xd8\xff/.test(start.toString('latin1'))) continue;
    // Null also for the sensor's own lossless JPEG.
    const header = await readJpegHeader(window, at);
    if (header !== null && header.width * header.height > (largest === null ? 0 : largest.width * largest.height)) largest = { at, sizeBytes, width: header.width, height: header.height, orientation };
  }
  return largest;
}

async function rafPreview(window: FileWindow): Promise<{ candidates: Candidate[]; orientation: number }> {
  const head = await window.bytes(84, 8);
  return { candidates: head.length < 8 ? [] : [{ at: head.readUInt32BE(0), sizeBytes: head.readUInt32BE(4) }], orientation: 1 };
}

/** PRVW: 1620 pixels wide, after 16 bytes of its own. The first track's only sample: the whole picture. */
async function cr3Previews(window: FileWindow): Promise<{ candidates: Candidate[]; orientation: number }> {
  const candidates: Candidate[] = [];
  const top = await boxesOf(window, 0, window.sizeBytes);
  for (const { start, end } of top.filter(({ type }) => type === 'uuid')) {
    const preview = (await boxesOf(window, start + 24, end)).find(({ type }) => type === 'PRVW');
    if (preview !== undefined) candidates.push({ at: preview.start + 16, sizeBytes: preview.end - preview.start - 16 });
  }
  const whole = await firstSample(window, top);
  return { candidates: whole === null ? candidates : [...candidates, whole], orientation: 1 };
}

async function firstSample(window: FileWindow, top: readonly Box[]): Promise<Candidate | null> {
  let within: readonly Box[] = top;
  for (const type of ['moov', 'trak', 'mdia', 'minf', 'stbl']) {
    const box = within.find((one) => one.type === type);
    if (box === undefined) return null;
    within = await boxesOf(window, box.start, box.end);
  }
  const [sizes, offsets] = [within.find(({ type }) => type === 'stsz'), within.find(({ type }) => type === 'co64')];
  if (sizes === undefined || offsets === undefined) return null;
  const [size, offset] = [await window.bytes(sizes.start, 16), await window.bytes(offsets.start, 16)];
  if (size.length < 16 || offset.length < 16) return null;
  return { at: Number(offset.readBigUInt64BE(8)), sizeBytes: size.readUInt32BE(4) || size.readUInt32BE(12) };
}

async function tiffPreviews(window: FileWindow): Promise<{ candidates: Candidate[]; orientation: number }> {
  const candidates: Candidate[] = [];
  const directories = await tiffDirectories(window);
  for (const { reader, directory: { fields } } of directories) {
    candidates.push({ at: (await reader.number(fields.get(TAG.jpegOffset))) ?? 0, sizeBytes: (await reader.number(fields.get(TAG.jpegLength))) ?? 0 });
    const panasonic = fields.get(TAG.panasonicJpeg);
    if (panasonic !== undefined) candidates.push({ at: panasonic.at, sizeBytes: panasonic.count });
    const compression = await reader.number(fields.get(TAG.compression));
    const [strips, counts] = [await reader.numbers(fields.get(TAG.stripOffsets), 2), await reader.numbers(fields.get(TAG.stripByteCounts), 2)];
    // Old-style and new-style JPEG, in one piece.
    if ((compression === 6 || compression === 7) && strips.length === 1) candidates.push({ at: strips[0] ?? 0, sizeBytes: counts[0] ?? 0 });
  }
  const [first] = directories;
  const orientation = first === undefined ? undefined : await first.reader.number(first.directory.fields.get(ORIENTATION));
  return { candidates, orientation: orientation !== undefined && orientation >= 1 && orientation <= 8 ? orientation : 1 };
}

/** All directories that lead from one to another, the first one first, each once. */
async function tiffDirectories(window: FileWindow): Promise<{ reader: TiffReader; directory: Directory }[]> {
  const opened = await TiffReader.open(window);
  if (opened === null) return [];
  const { reader, first } = opened;
  const [found, seen, waiting]: [{ reader: TiffReader; directory: Directory }[], Set<number>, number[]] = [[], new Set(), [first]];
  for (let at = waiting.shift(); at !== undefined && seen.size < MOST_DIRECTORIES; at = waiting.shift()) {
    if (seen.has(at)) continue;
    seen.add(at);
    const directory = await reader.directory(at);
    if (directory === null) continue;
    found.push({ reader, directory });
    waiting.push(...(await reader.numbers(directory.fields.get(TAG.subIfds))), ...(await reader.numbers(directory.fields.get(TAG.exif), 1)));
    if (directory.next !== 0) waiting.push(directory.next);
  }
  return found;
}
