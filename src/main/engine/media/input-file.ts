/** Looks at a file before FFmpeg does: is it there, is it a file, what do its first bytes say, is it encrypted. */
import { close, constants, open, read } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { TaskError } from '../../../shared/errors.ts';
import { displayName } from './display-name.ts';

/** Enough for every signature below, MPEG-TS's three sync bytes among them. */
const HEAD_BYTES = 1024;

/** Size in bytes of a readable, non-empty, regular file. Throws INPUT_MISSING, INPUT_UNREADABLE or INPUT_EMPTY. */
export async function inputSize(path: string): Promise<number> {
  const sizeBytes = await regularSize(path);
  await access(path, constants.R_OK).catch((cause: unknown) => {
    throw cannotOpen(displayName(path), cause);
  });
  return sizeBytes;
}

/** The same together with the first bytes, with as few calls of the system as there can be: for thousands of files. */
export async function inputSizeAndHead(path: string): Promise<{ sizeBytes: number; head: Buffer }> {
  // Before it is opened: to open a pipe waits for whoever writes into it.
  const sizeBytes = await regularSize(path);
  const file = await openFile(path, 'r').catch((cause: unknown) => {
    throw cannotOpen(displayName(path), cause);
  });
  try {
    return { sizeBytes, head: await readFirst(file) };
  } finally {
    await closeFile(file);
  }
}

async function regularSize(path: string): Promise<number> {
  const found = await stat(path).catch((cause: unknown) => {
    throw cannotOpen(displayName(path), cause);
  });
  if (found.isFile() && found.size > 0) return found.size;
  const name = displayName(path);
  if (found.isDirectory()) throw new TaskError('INPUT_UNREADABLE', `${name} is a folder, not a file. Add the files inside it.`);
  if (!found.isFile()) throw new TaskError('INPUT_UNREADABLE', `${name} is not a regular file (a pipe or a device?). Save it as a file first.`);
  throw new TaskError('INPUT_EMPTY', `${name} is empty (0 bytes). Copy or download it again.`);
}

/** What the first bytes say, for files that FFmpeg would not open. */
export type FileKind = 'media' | 'playlist' | 'other';

export async function sniff(path: string): Promise<FileKind> {
  return kindOfHead(await readHead(path));
}

/** The same of bytes that were read already. */
export function kindOfHead(head: Buffer): FileKind {
  const ascii = head.toString('latin1');
  if (/^\uFEFF?\s*(#EXTM3U|ffconcat version|\[playlist\]|<asx|<\?xml[^]*<(MPD|playlist|smil|AssetMap|CompositionPlaylist)\b|v=0\r?\no=|# VobSub)/i.test(ascii.replace(/^ï»¿/, ''))) return 'playlist';
  return MEDIA_SIGNATURES.some((signature) => signature.test(ascii)) || isTransportStream(head) ? 'media' : 'other';
}

/** First bytes of the containers people have, as latin1: MP4/MOV, Matroska, RIFF, Ogg, FLAC, MP3 with tag, ASF, FLV, MPEG-PS, AIFF, MXF, RealMedia, CAF, W64. */
const MEDIA_SIGNATURES = [
  /^[^]{4}(ftyp|moov|mdat|wide|free|skip|pnot)/, /^\x1aE\xdf\xa3/, /^(RIFF|RF64|BW64)[^]{4}/, /^OggS/, /^fLaC/, /^ID3[\x02-\x04]/, /^0&\xb2u\x8ef\xcf\x11/, /^FLV\x01/,
  /^\x00\x00\x01[\xba\xb3]/, /^FORM[^]{4}AIF/, /^\x06\x0e\x2b\x34\x02\x05\x01\x01/, /^\.RMF/, /^caff/, /^riff\x2e\x91\xcf\x11/, /^DKIF/,
];

function isTransportStream(head: Buffer): boolean {
  return [188, 192].some((packetBytes) => [0, 1, 2].every((index) => head[index * packetBytes + (packetBytes - 188)] === 0x47));
}

/** A file's first bytes, as many as any signature needs. */
async function readHead(path: string): Promise<Buffer> {
  const file = await openFile(path, 'r');
  try {
    return await readFirst(file);
  } finally {
    await closeFile(file);
  }
}

/** Plain descriptors: the handles of fs/promises take twice the time, and that is most of what a look at a small file costs. */
const openFile = promisify(open);
const closeFile = promisify(close);

function readFirst(file: number): Promise<Buffer> {
  const head = Buffer.allocUnsafe(HEAD_BYTES);
  return new Promise((resolve, reject) => {
    read(file, head, 0, HEAD_BYTES, 0, (error, bytesRead) => {
      if (error === null) resolve(head.subarray(0, bytesRead));
      else reject(error);
    });
  });
}

function cannotOpen(name: string, cause: unknown): TaskError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') return new TaskError('INPUT_MISSING', `${name} is not there any more. Put it back or add it again from its new place.`, { cause });
  if (code === 'EACCES' || code === 'EPERM') return new TaskError('INPUT_UNREADABLE', `${name} can't be read: permission denied. Allow reading it, then retry.`, { cause });
  if (code === 'EIO' || code === 'ESTALE' || code === 'ENODEV') return new TaskError('IO_ERROR', `${name} can't be read: its disk or network share does not answer. The task tries again.`, { cause, retryable: true });
  return new TaskError('INPUT_UNREADABLE', `${name} can't be opened${typeof code === 'string' ? ` (${code})` : ''}. Check the file, then retry.`, { cause });
}
