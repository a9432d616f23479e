/** The words of an e-book (EPUB 3.3, and 2): its chapters in reading order. */
import { posix } from 'node:path';
import { TaskError } from '../../../shared/errors.ts';
import { htmlText } from './html-text.ts';
import type { PackedDocument } from './office-text.ts';
import { decodeText } from './plain-text.ts';
import { TextCollector, type TextDocument } from './text-blocks.ts';
import { readXml } from './xml.ts';

/** Fonts may be scrambled in any book; whatever else is encrypted is a lock. */
const FONT_SCRAMBLING = /^http:\/\/(www\.idpf\.org\/2008\/embedding|ns\.adobe\.com\/pdf\/enc#RC)$/;

/** Throws INPUT_ENCRYPTED for a book with a lock (DRM), INPUT_DAMAGED. */
export async function epubText(book: PackedDocument): Promise<TextDocument> {
  await refuseLocked(book);
  const collector = new TextCollector();
  for (const path of await chapters(book)) {
    book.signal.throwIfAborted();
    const bytes = collector.isFull ? null : await book.archive.read(path);
    const chapter = bytes === null ? null : await decodeText(bytes);
    if (chapter === null) continue;
    collector.breakPage();
    await htmlText(chapter.text, collector);
  }
  return collector.finish();
}

async function refuseLocked({ archive, name, signal }: PackedDocument): Promise<void> {
  const bytes = await archive.read('META-INF/encryption.xml');
  if (bytes === null) return;
  let isLocked = false;
  await readXml(bytes, { documentName: name, signal }, {
    open: (element, { Algorithm }) => {
      if (element === 'EncryptionMethod' && !FONT_SCRAMBLING.test(Algorithm ?? '')) isLocked = true;
    },
    close: () => undefined,
    text: () => undefined,
  });
  if (isLocked) throw new TaskError('INPUT_ENCRYPTED', `${name} is locked by its seller (DRM), so its text can't be read. Use a copy without the lock.`);
}

/** Paths within the archive. What leads out of it is left out. */
async function chapters(book: PackedDocument): Promise<string[]> {
  const packagePath = await rootFile(book);
  const hrefs = new Map<string, string>();
  const spine: string[] = [];
  await readXml(await required(book, packagePath), { documentName: book.name, signal: book.signal }, {
    open: (element, { id, href, idref, 'media-type': mediaType }) => {
      if (element === 'item' && id !== undefined && href !== undefined && /html|xml/.test(mediaType ?? 'html')) hrefs.set(id, href);
      if (element === 'itemref' && idref !== undefined) spine.push(idref);
    },
    close: () => undefined,
    text: () => undefined,
  });
  const paths = spine.flatMap((id) => {
    const path = within(posix.dirname(packagePath), hrefs.get(id));
    return path === null ? [] : [path];
  });
  return [...new Set(paths)];
}

async function rootFile(book: PackedDocument): Promise<string> {
  let path: string | null = null;
  await readXml(await required(book, 'META-INF/container.xml'), { documentName: book.name, signal: book.signal }, {
    open: (element, attributes) => {
      if (element === 'rootfile') path ??= within('.', attributes['full-path']);
    },
    close: () => undefined,
    text: () => undefined,
  });
  if (path === null) throw damaged(book.name, 'its package file is not named');
  return path;
}

async function required({ archive, name }: PackedDocument, path: string): Promise<Buffer> {
  const bytes = await archive.read(path);
  if (bytes === null) throw damaged(name, `the part ${path} is missing`);
  return bytes;
}

function within(folder: string, href: string | undefined): string | null {
  if (href === undefined || /^([a-z][a-z0-9+.-]*:|\/)/i.test(href)) return null;
  try {
    const path = posix.normalize(posix.join(folder, decodeURIComponent(href.replace(/[?#].*$/, ''))));
    return path.startsWith('..') ? null : path;
  } catch {
    return null;
  }
}

function damaged(name: string, what: string): TaskError {
  return new TaskError('INPUT_DAMAGED', `${name} is damaged: ${what}. Copy or download it again.`);
}
