/** Text files in whatever encoding, told by chardet and read by iconv-lite. */
import { open } from 'node:fs/promises';
import { TaskError } from '../../../shared/errors.ts';
import { displayName } from './display-name.ts';

export interface PlainText {
  readonly text: string;
  /** As chardet and iconv-lite name it: `UTF-8`, `windows-1252`. */
  readonly encoding: string;
  /** Whether the file is longer than what was read. */
  readonly isCut: boolean;
}

/** Log files of gigabytes are shown by their beginning. */
const READ_LIMIT_BYTES = 16 * 1024 * 1024;
/** Statistics on letters do not get better by more. */
const SAMPLE_BYTES = 256 * 1024;
/** Of a text's bytes this share may be control characters; programs and pictures have a tenth and more. */
const CONTROL_SHARE = 0.01;

/** Throws INPUT_NOT_MEDIA for what is no text. */
export async function readPlainText(path: string): Promise<PlainText> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const bytes = Buffer.alloc(Math.min(size, READ_LIMIT_BYTES));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    const decoded = await decodeText(bytes.subarray(0, bytesRead));
    if (decoded === null) throw new TaskError('INPUT_NOT_MEDIA', `${displayName(path)} is no document that Longhaul can read, and no text either. Choose another file, or save it as a PDF.`);
    return { ...decoded, isCut: size > bytesRead };
  } finally {
    await file.close();
  }
}

/** Null: these bytes are no text. declared: the encoding that the document itself names. */
export async function decodeText(bytes: Buffer, declared: string | null = null): Promise<{ text: string; encoding: string } | null> {
  const mark = markedEncoding(bytes);
  if (mark === null && bytes.includes(0)) return await decodeWide(bytes);
  if (mark === null && hasManyControls(bytes)) return null;
  const encoding = mark ?? (isUtf8(bytes) ? 'UTF-8' : await guess(bytes, declared));
  const { default: iconv } = await import('iconv-lite');
  return { text: iconv.decode(bytes, encoding), encoding };
}

/** By a byte order mark. */
function markedEncoding(bytes: Buffer): string | null {
  const head = bytes.toString('latin1', 0, 4);
  if (head.startsWith('\xef\xbb\xbf')) return 'UTF-8';
  if (head === '\xff\xfe\x00\x00') return 'UTF-32LE';
  if (head === '\x00\x00\xfe\xff') return 'UTF-32BE';
  if (head.startsWith('\xff\xfe')) return 'UTF-16LE';
  return head.startsWith('\xfe\xff') ? 'UTF-16BE' : null;
}

/** Zeros are in a text of two bytes a letter only, in every second place. */
async function decodeWide(bytes: Buffer): Promise<{ text: string; encoding: string } | null> {
  const sample = bytes.subarray(0, SAMPLE_BYTES);
  const zeros = [0, 0];
  for (const [index, byte] of sample.entries()) if (byte === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  const isWide = Math.max(even, odd) > sample.length * 0.2 && Math.min(even, odd) <= sample.length * 0.005;
  if (!isWide) return null;
  const { default: iconv } = await import('iconv-lite');
  const encoding = odd > even ? 'UTF-16LE' : 'UTF-16BE';
  return { text: iconv.decode(bytes, encoding), encoding };
}

function hasManyControls(bytes: Buffer): boolean {
  const sample = bytes.subarray(0, SAMPLE_BYTES);
  let controls = 0;
  // Tab, line feed, form feed, carriage return and escape are in texts.
  for (const byte of sample) if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 12 && byte !== 13 && byte !== 27) controls += 1;
  return controls > sample.length * CONTROL_SHARE;
}

/** The end may be in the middle of a letter. */
function isUtf8(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

async function guess(bytes: Buffer, declared: string | null): Promise<string> {
  const { default: iconv } = await import('iconv-lite');
  if (declared !== null && iconv.encodingExists(declared) && !/^utf-?8$/i.test(declared)) return declared;
  const { default: chardet } = await import('chardet');
  const found = chardet.detect(bytes.subarray(0, SAMPLE_BYTES));
  return found !== null && iconv.encodingExists(found) ? found : 'windows-1252';
}
