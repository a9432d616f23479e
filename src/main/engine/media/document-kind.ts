/** What kind of document a file holds, by its contents; its name counts only between kinds of text. */
import { open } from 'node:fs/promises';
import { extname } from 'node:path';
import { TaskError } from '../../../shared/errors.ts';
import { displayName } from './display-name.ts';
import { inputSizeAndHead } from './input-file.ts';
import { readXml } from './xml.ts';
import { ZipArchive } from './zip-archive.ts';

export const OFFICE_KINDS = ['docx', 'xlsx', 'pptx', 'odt', 'ods', 'odp', 'doc', 'xls', 'ppt', 'rtf'] as const;
export type OfficeKind = (typeof OFFICE_KINDS)[number];
export type DocumentKind = 'pdf' | OfficeKind | 'epub' | 'html' | 'markdown' | 'text' | 'code';

/** ODF's types (OpenDocument 1.3 part 2, 3.3), templates among them, and EPUB's. */
const MIME_KINDS: readonly (readonly [string, DocumentKind])[] = [
  ['application/epub+zip', 'epub'], ['application/vnd.oasis.opendocument.text', 'odt'], ['application/vnd.oasis.opendocument.spreadsheet', 'ods'], ['application/vnd.oasis.opendocument.presentation', 'odp'],
];
const OOXML_PARTS: readonly (readonly [string, OfficeKind])[] = [['word/document.xml', 'docx'], ['xl/workbook.xml', 'xlsx'], ['ppt/presentation.xml', 'pptx']];
/** [MS-CFB] 2.2, and the streams that tell what is in such a file. */
const COMPOUND_SIGNATURE = 'd0cf11e0a1b11ae1';
const COMPOUND_STREAMS: readonly (readonly [string, 'encrypted' | OfficeKind])[] = [['EncryptedPackage', 'encrypted'], ['WordDocument', 'doc'], ['PowerPoint Document', 'ppt'], ['Workbook', 'xls'], ['Book', 'xls']];
const COMPOUND_LIMIT_BYTES = 64 * 1024 * 1024;
/** A page of HTML by its first tags. */
const HTML = /^\ufeff?\s*(<\?xml[^>]*>\s*)?(<!--[^]*?-->\s*)*(<!doctype html|<html[\s>]|<head[\s>]|<body[\s>])/i;
const PROSE = /\.(txt|text|log|nfo|asc|me|rst|adoc|tex|eml)$/i;

/** Throws the INPUT_ errors: missing, empty, unreadable, damaged, encrypted, a bomb, no document at all. */
export async function documentKind(path: string, signal: AbortSignal): Promise<DocumentKind> {
  const { head } = await inputSizeAndHead(path);
  const ascii = head.toString('latin1');
  if (ascii.includes('%PDF-')) return 'pdf';
  if (ascii.startsWith('PK\x03\x04') || ascii.startsWith('PK\x05\x06')) return await packedKind(path, signal);
  if (head.toString('hex', 0, 8) === COMPOUND_SIGNATURE) return await compoundKind(path);
  if (ascii.startsWith('{\\rtf')) return 'rtf';
  return textKind(path, head);
}

/** Text in a file of such a name is no document but a film, a picture or a program gone wrong. */
const NO_TEXT = /^\.(mp4|m4v|mov|mkv|webm|avi|mpe?g|wmv|flv|mp3|m4a|aac|wav|flac|og[gav]|opus|jpe?g|png|gif|webp|avif|heic|tiff?|bmp|pdf|docx?|xlsx?|pptx?|od[tsp]|epub|zip|7z|rar|gz|exe|dll|bin|iso)$/;

/** A text's kind by its beginning, else by its name; whether it is text at all turns out when it is read. */
function textKind(path: string, head: Buffer): DocumentKind {
  const extension = extname(path).toLowerCase();
  if (NO_TEXT.test(extension)) throw new TaskError('INPUT_NOT_MEDIA', `${displayName(path)} does not hold what its name says, and no other kind of document either. Copy or download it again; if it is text, call it .txt.`);
  if (HTML.test(head.toString('utf8')) || /^\.x?html?$/.test(extension)) return 'html';
  if (/^\.(md|markdown|mdown|mkd)$/.test(extension)) return 'markdown';
  return extension === '' || PROSE.test(extension) ? 'text' : 'code';
}

async function packedKind(path: string, signal: AbortSignal): Promise<DocumentKind> {
  const archive = await ZipArchive.open(path);
  try {
    const mimetype = (await archive.read('mimetype'))?.toString('latin1', 0, 200).trim();
    const declared = mimetype === undefined ? undefined : MIME_KINDS.find(([type]) => mimetype === type || mimetype === `${type}-template`)?.[1];
    const kind = declared ?? (archive.has('[Content_Types].xml') ? OOXML_PARTS.find(([part]) => archive.has(part))?.[1] : undefined);
    if (kind === undefined) throw new TaskError('INPUT_NOT_MEDIA', `${displayName(path)} is an archive and not a document. Unpack it and add the documents in it.`);
    if (kind === 'odt' || kind === 'ods' || kind === 'odp') await refuseEncryptedOdf(archive, displayName(path), signal);
    return kind;
  } finally {
    await archive.close();
  }
}

/** OpenDocument 1.3 part 2, 4.4: the manifest says which parts are encrypted. */
async function refuseEncryptedOdf(archive: ZipArchive, name: string, signal: AbortSignal): Promise<void> {
  const manifest = await archive.read('META-INF/manifest.xml');
  if (manifest === null) return;
  await readXml(manifest, { documentName: name, signal }, {
    open: (element) => {
      if (element === 'encryption-data') throw encrypted(name);
    },
    close: () => undefined,
    text: () => undefined,
  });
}

/** Office files of before 2007; and newer ones with a password, which are wrapped into such a file. */
async function compoundKind(path: string): Promise<DocumentKind> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const bytes = Buffer.alloc(Math.min(size, COMPOUND_LIMIT_BYTES));
    await file.read(bytes, 0, bytes.length, 0);
    const found = COMPOUND_STREAMS.find(([stream]) => bytes.includes(Buffer.from(`${stream}\0`, 'utf16le')))?.[1];
    if (found === 'encrypted') throw encrypted(displayName(path));
    if (found !== undefined) return found;
    throw new TaskError('INPUT_NOT_MEDIA', `${displayName(path)} is a file of an old program that Longhaul does not know. Save it as a PDF in the program that made it.`);
  } finally {
    await file.close();
  }
}

function encrypted(name: string): TaskError {
  return new TaskError('INPUT_ENCRYPTED', `${name} is protected by a password, which Longhaul never keeps. Save a copy without the password in an office program, then add that.`);
}

/** Whether LibreOffice is what shows it best. */
export function isOffice(kind: DocumentKind): kind is OfficeKind {
  return OFFICE_KINDS.some((one) => one === kind);
}
