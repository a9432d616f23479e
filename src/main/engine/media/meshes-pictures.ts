/** Writes pictures of models, and puts the six sides together on a sheet, with the library that media/images.ts loads. */
import type { Sharp } from 'sharp';
import { library } from './images.ts';
import type { RenderedPicture } from './meshes-render.ts';
import { escapeXml } from './text-pages.ts';

export interface ModelPictureFile {
  readonly path: string;
  readonly format: 'jpg' | 'png' | 'webp';
  /** Of JPEG and WebP, 1–100. */
  readonly quality: number;
}

/** One side on the sheet. */
export interface SideCell {
  readonly picture: RenderedPicture;
  readonly label: string;
  /** Its measures; empty: none. */
  readonly note: string;
}

export interface SideSheet {
  readonly cells: readonly SideCell[];
  readonly title: string;
  /** Size and counts, beside the title. */
  readonly subtitle: string;
  readonly isTransparent: boolean;
}

const COLUMNS = 3;
const PAPER = '#e6e8ec';
const INK = '#1f2329';
const FAINT = '#626a76';
const FAMILY = "'Noto Sans','DejaVu Sans','Segoe UI','Helvetica Neue',Arial,sans-serif";
/** Fast to write; frames lie on the disk for a minute. */
const FRAME_COMPRESSION = 2;

export async function writeModelPicture(picture: RenderedPicture, file: ModelPictureFile): Promise<void> {
  await encoded(await rawPicture(picture), file).toFile(file.path);
}

/** A frame of a film: PNG without transparency where it shall have none. */
export async function writeFrame(picture: RenderedPicture, path: string, keepsAlpha: boolean): Promise<void> {
  const image = await rawPicture(picture);
  await (keepsAlpha ? image : image.flatten({ background: '#ffffff' })).png({ compressionLevel: FRAME_COMPRESSION }).toFile(path);
}

/** Returns its size. */
export async function writeSides({ cells, title, subtitle, isTransparent }: SideSheet, file: ModelPictureFile): Promise<{ width: number; height: number }> {
  const sharp = await library();
  const cell = cells[0]?.picture.width ?? 0;
  const gap = Math.max(6, Math.round(cell / 24));
  const label = Math.max(16, Math.round(cell / 11));
  const header = Math.max(30, Math.round(cell / 5));
  const width = COLUMNS * (cell + gap) + gap;
  const rows = Math.ceil(cells.length / COLUMNS);
  const height = header + rows * (cell + label + gap) + Math.round(gap / 2);
  const placed: { input: Buffer; left: number; top: number }[] = [];
  const parts: string[] = [words(fitted(title, width * 0.5, header * 0.36), gap + 2, header * 0.62, header * 0.36, 'start', INK, 600), words(subtitle, width - gap - 2, header * 0.62, header * 0.2, 'end', FAINT, 400)];
  for (const [index, { picture, label: name, note }] of cells.entries()) {
    const left = gap + (index % COLUMNS) * (cell + gap);
    const top = header + Math.floor(index / COLUMNS) * (cell + label + gap);
    placed.push({ input: await rounded(picture, Math.round(gap / 2)), left, top });
    parts.push(words(name, left + 2, top + cell + label * 0.76, label * 0.52, 'start', INK, 600), words(note, left + cell - 2, top + cell + label * 0.76, label * 0.44, 'end', FAINT, 400));
  }
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${String(width)}" height="${String(height)}">${parts.join('')}</svg>`;
  const sheet = sharp({ create: { width, height, channels: 4, background: isTransparent ? { r: 0, g: 0, b: 0, alpha: 0 } : PAPER } }).composite([...placed, { input: Buffer.from(svg), left: 0, top: 0 }]);
  await encoded(sheet, file).toFile(file.path);
  return { width, height };
}

async function rawPicture({ data, width, height }: RenderedPicture): Promise<Sharp> {
  const sharp = await library();
  return sharp(data, { raw: { width, height, channels: 4 } });
}

async function rounded(picture: RenderedPicture, radius: number): Promise<Buffer> {
  const { width, height } = picture;
  const mask = Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${String(width)}" height="${String(height)}"><rect width="${String(width)}" height="${String(height)}" rx="${String(radius)}" fill="#fff"/></svg>`);
  return await (await rawPicture(picture)).composite([{ input: mask, blend: 'dest-in' }]).png({ compressionLevel: 1 }).toBuffer();
}

/** Edges of one colour against another blur where colours are stored at half the size. */
function encoded(image: Sharp, { format, quality }: ModelPictureFile): Sharp {
  switch (format) {
    case 'jpg': return image.flatten({ background: '#ffffff' }).jpeg({ quality, chromaSubsampling: '4:4:4' });
    case 'png': return image.png();
    case 'webp': return image.webp({ quality });
  }
}

/** A letter is about six tenths as wide as it is high. */
function fitted(text: string, width: number, size: number): string {
  const most = Math.max(8, Math.floor(width / (size * 0.6)));
  const letters = [...text];
  return letters.length <= most ? text : `${letters.slice(0, most - 1).join('')}…`;
}

function words(text: string, x: number, y: number, size: number, anchor: 'start' | 'end', colour: string, weight: number): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" font-family="${FAMILY}" font-size="${size.toFixed(1)}" font-weight="${String(weight)}" text-anchor="${anchor}" fill="${colour}">${escapeXml(text)}</text>`;
}
