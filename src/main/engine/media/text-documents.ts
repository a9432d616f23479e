/** The words of every kind of document that can be read without another program. */
import { displayName } from './display-name.ts';
import type { DocumentKind } from './document-kind.ts';
import { epubText } from './epub-text.ts';
import { htmlText, markdownText } from './html-text.ts';
import { docxText, odfText, pptxText, xlsxText, type PackedDocument } from './office-text.ts';
import { readPlainText } from './plain-text.ts';
import { TextCollector, type TextDocument } from './text-blocks.ts';
import { ZipArchive } from './zip-archive.ts';

export type TextKind = Exclude<DocumentKind, 'pdf' | 'doc' | 'xls' | 'ppt' | 'rtf'>;

/** Whether its words can be read without LibreOffice. */
export function isTextKind(kind: DocumentKind): kind is TextKind {
  return kind !== 'pdf' && kind !== 'doc' && kind !== 'xls' && kind !== 'ppt' && kind !== 'rtf';
}

/** Throws the INPUT_ errors. */
export async function readTextDocument(path: string, kind: TextKind, signal: AbortSignal): Promise<TextDocument> {
  switch (kind) {
    case 'docx': return await packed(path, signal, docxText);
    case 'xlsx': return await packed(path, signal, xlsxText);
    case 'pptx': return await packed(path, signal, pptxText);
    case 'odt':
    case 'ods':
    case 'odp': return await packed(path, signal, odfText);
    case 'epub': return await packed(path, signal, epubText);
    case 'html': return await written(path, async (text) => (await htmlText(text)).finish());
    case 'markdown': return await written(path, markdownText);
    case 'text': return await written(path, (text) => lines(text, 'text'));
    case 'code': return await written(path, (text) => lines(text, 'code'));
  }
}

async function packed(path: string, signal: AbortSignal, read: (document: PackedDocument) => Promise<TextDocument>): Promise<TextDocument> {
  const archive = await ZipArchive.open(path);
  try {
    return await read({ archive, name: displayName(path), signal });
  } finally {
    await archive.close();
  }
}

async function written(path: string, read: (text: string) => TextDocument | Promise<TextDocument>): Promise<TextDocument> {
  const { text, isCut } = await readPlainText(path);
  const document = await read(text);
  return { ...document, isCut: document.isCut || isCut };
}

/** Paragraphs of prose are parted by empty lines; code is one piece, and so is what has no such lines. */
function lines(text: string, style: 'text' | 'code'): TextDocument {
  const collector = new TextCollector();
  for (const paragraph of style === 'code' ? [text] : text.split(/\r?\n[ \t]*\r?\n/)) {
    collector.add(paragraph.slice(0, LETTERS_AT_ONCE));
    collector.end(style);
    for (let at = LETTERS_AT_ONCE; at < paragraph.length && !collector.isFull; at += LETTERS_AT_ONCE) {
      collector.add(paragraph.slice(at, at + LETTERS_AT_ONCE));
      collector.end(style);
    }
  }
  return collector.finish();
}

/** A file of one endless line is shown in pieces. */
const LETTERS_AT_ONCE = 1_000_000;
