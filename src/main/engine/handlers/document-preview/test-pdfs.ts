/** PDFs for tests, byte by byte: so many pages of known sizes, colours and words, whole or protected by a password. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';

export interface TestPage {
  /** Points. */
  readonly width?: number;
  readonly height?: number;
  /** Of the whole page; null: paper. */
  readonly colour?: readonly [red: number, green: number, blue: number] | null;
  /** ASCII without brackets. */
  readonly lines?: readonly string[];
  /** Degrees clockwise. */
  readonly rotate?: number;
  /** Operators after the rest. */
  readonly drawing?: string;
}

/** Writes the file and returns its path. password: what a reader must type; '': nothing. */
export function makePdf(path: string, pages: readonly TestPage[], password?: string): string {
  writeFileSync(path, pdfBytes(pages, password));
  return path;
}

/** ISO 32000-1, with a cross-reference table. */
export function pdfBytes(pages: readonly TestPage[], password?: string): Buffer {
  const lock = password === undefined ? null : lockFor(password);
  const objects: Buffer[] = [];
  const kids = pages.map((_, index) => `${String(4 + 2 * index)} 0 R`).join(' ');
  objects.push(Buffer.from('<< /Type /Catalog /Pages 2 0 R >>'), Buffer.from(`<< /Type /Pages /Kids [${kids}] /Count ${String(pages.length)} >>`), Buffer.from('<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>'));
  for (const [index, page] of pages.entries()) {
    const { width = 595, height = 842, rotate = 0 } = page;
    objects.push(Buffer.from(`<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${String(width)} ${String(height)}] /Rotate ${String(rotate)} /Resources << /Font << /F1 3 0 R >> >> /Contents ${String(5 + 2 * index)} 0 R >>`));
    const content = Buffer.from(contentOf(page));
    const stored = lock === null ? content : rc4(objectKey(lock.key, 5 + 2 * index), content);
    objects.push(Buffer.concat([Buffer.from(`<< /Length ${String(stored.length)} >>\nstream\n`), stored, Buffer.from('\nendstream')]));
  }
  const id = ID.toString('hex');
  const trailer = lock === null ? '' : ` /Encrypt << /Filter /Standard /V 1 /R 2 /O <${lock.owner.toString('hex')}> /U <${lock.user.toString('hex')}> /P -4 >> /ID [<${id}> <${id}>]`;
  return assemble(objects, trailer);
}

function contentOf({ width = 595, height = 842, colour = null, lines = [], drawing = '' }: TestPage): string {
  const paint = colour === null ? '' : `${colour.map((value) => (value / 255).toFixed(4)).join(' ')} rg 0 0 ${String(width)} ${String(height)} re f 0 0 0 rg\n`;
  const words = lines.map((line, index) => `BT /F1 18 Tf 60 ${String(height - 80 - 24 * index)} Td (${line}) Tj ET\n`).join('');
  return `${paint}${words}${drawing}`;
}

function assemble(objects: readonly Buffer[], trailer: string): Buffer {
  const pieces = [Buffer.from('%PDF-1.4\n%\xe2\xe3\xcf\xd3\n', 'latin1')];
  const offsets: number[] = [];
  let at = pieces[0]?.length ?? 0;
  for (const [index, object] of objects.entries()) {
    const piece = Buffer.concat([Buffer.from(`${String(index + 1)} 0 obj\n`), object, Buffer.from('\nendobj\n')]);
    offsets.push(at);
    at += piece.length;
    pieces.push(piece);
  }
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  pieces.push(Buffer.from(`xref\n0 ${String(objects.length + 1)}\n0000000000 65535 f \n${table}trailer\n<< /Size ${String(objects.length + 1)} /Root 1 0 R${trailer} >>\nstartxref\n${String(at)}\n%%EOF\n`));
  return Buffer.concat(pieces);
}

const ID = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
/** ISO 32000-1, 7.6.3.3. */
const PADDING = Buffer.from('28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a', 'hex');

/** The standard security handler, revision 2: RC4 with 40 bits (7.6.3). */
function lockFor(password: string): { key: Buffer; owner: Buffer; user: Buffer } {
  const padded = Buffer.concat([Buffer.from(password, 'latin1'), PADDING]).subarray(0, 32);
  const owner = rc4(md5(Buffer.concat([Buffer.from('owner'), PADDING]).subarray(0, 32)).subarray(0, 5), padded);
  const permissions = Buffer.alloc(4);
  permissions.writeInt32LE(-4);
  const key = md5(Buffer.concat([padded, owner, permissions, ID])).subarray(0, 5);
  return { key, owner, user: rc4(key, PADDING) };
}

function objectKey(key: Buffer, number: number): Buffer {
  const salt = Buffer.alloc(5);
  salt.writeUIntLE(number, 0, 3);
  return md5(Buffer.concat([key, salt])).subarray(0, key.length + 5);
}

function md5(bytes: Buffer): Buffer {
  return createHash('md5').update(bytes).digest();
}

function rc4(key: Buffer, bytes: Buffer): Buffer {
  const state = Uint8Array.from({ length: 256 }, (_, index) => index);
  const at = (index: number): number => state[index] ?? 0;
  const swap = (one: number, other: number): void => void ([state[one], state[other]] = [at(other), at(one)]);
  for (let i = 0, j = 0; i < 256; i += 1) {
    j = (j + at(i) + (key[i % key.length] ?? 0)) % 256;
    swap(i, j);
  }
  let [i, j] = [0, 0];
  return Buffer.from(bytes.map((byte) => {
    i = (i + 1) % 256;
    j = (j + at(i)) % 256;
    swap(i, j);
    return byte ^ at((at(i) + at(j)) % 256);
  }));
}
