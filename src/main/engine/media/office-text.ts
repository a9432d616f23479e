/** The words of office documents, read from their XML alone: DOCX, XLSX, PPTX (ECMA-376), and ODT, ODS, ODP (OASIS OpenDocument 1.3). Relationships and links are not followed. */
import { TaskError } from '../../../shared/errors.ts';
import { TextCollector, type TextDocument } from './text-blocks.ts';
import { readXml } from './xml.ts';
import type { ZipArchive } from './zip-archive.ts';

export interface PackedDocument {
  readonly archive: ZipArchive;
  /** For what is said of it. */
  readonly name: string;
  readonly signal: AbortSignal;
}

/** What is hidden, deleted, or the same words once more. */
const DOCX_SILENT = new Set(['delText', 'instrText', 'Fallback', 'del', 'moveFrom']);
const ODF_SILENT = new Set(['annotation', 'tracked-changes', 'notes', 'note-citation', 'forms', 'scripts']);
/** Cells of a table beyond this are blank in every real one. */
const SPACES_LIMIT = 100;

export async function docxText(document: PackedDocument): Promise<TextDocument> {
  const collector = new TextCollector();
  let style: 'heading' | 'text' = 'text';
  let [isText, silent, cells] = [false, 0, 0];
  await read(document, 'word/document.xml', {
    isDone: () => collector.isFull,
    open: (name, attributes) => {
      if (DOCX_SILENT.has(name)) silent += 1;
      if (name === 'p' && cells === 0) style = 'text';
      if (name === 't') isText = true;
      if (name === 'pStyle' && /^(heading|title|berschrift|titre)/i.test(attributes['val'] ?? '')) style = 'heading';
      if (name === 'tab' && silent === 0) collector.add('\t');
      if (name === 'br' && attributes['type'] === 'page') collector.breakPage();
      else if (name === 'br' || name === 'cr') collector.add('\n');
      if (name === 'tc') cells += 1;
    },
    text: (text) => {
      if (isText && silent === 0) collector.add(text);
    },
    close: (name) => {
      if (DOCX_SILENT.has(name)) silent -= 1;
      if (name === 't') isText = false;
      if (name === 'tc') {
        cells -= 1;
        collector.add('\t');
      }
      if (name === 'tr' || (name === 'p' && cells === 0)) collector.end(style);
      else if (name === 'p') collector.add(' ');
    },
  });
  return collector.finish();
}

/** Sheets in the order of their files, named in the order of the workbook's list; numbers and dates as they are stored. */
export async function xlsxText(document: PackedDocument): Promise<TextDocument> {
  const shared = await sharedStrings(document);
  const names = await sheetNames(document);
  const collector = new TextCollector();
  for (const [index, path] of numbered(document.archive, /^xl\/worksheets\/sheet(\d+)\.xml$/).entries()) {
    if (collector.isFull) break;
    collector.breakPage();
    collector.add(names[index] ?? '');
    collector.end('heading');
    await readSheet(document, path, shared, collector);
  }
  return collector.finish();
}

export async function pptxText(document: PackedDocument): Promise<TextDocument> {
  const collector = new TextCollector();
  for (const path of numbered(document.archive, /^ppt\/slides\/slide(\d+)\.xml$/)) {
    if (collector.isFull) break;
    collector.breakPage();
    let [isText, isTitle] = [false, false];
    await read(document, path, {
      isDone: () => collector.isFull,
      open: (name, attributes) => {
        if (name === 'sp') isTitle = false;
        if (name === 'ph') isTitle = /^(ctrTitle|title)$/.test(attributes['type'] ?? '');
        if (name === 't') isText = true;
        if (name === 'br') collector.add('\n');
      },
      text: (text) => {
        if (isText) collector.add(text);
      },
      close: (name) => {
        if (name === 't') isText = false;
        if (name === 'p') collector.end(isTitle ? 'heading' : 'text');
      },
    });
  }
  return collector.finish();
}

/** Text, tables and presentations alike. Throws INPUT_ENCRYPTED. */
export async function odfText(document: PackedDocument): Promise<TextDocument> {
  const collector = new TextCollector();
  let [paragraphs, silent, cells] = [0, 0, 0];
  await read(document, 'content.xml', {
    isDone: () => collector.isFull,
    open: (name, attributes) => {
      if (ODF_SILENT.has(name)) silent += 1;
      if (silent > 0) return;
      if (name === 'p' || name === 'h') paragraphs += 1;
      if (name === 'tab') collector.add('\t');
      if (name === 's') collector.add(' '.repeat(Math.min(SPACES_LIMIT, Math.max(1, Number(attributes['c'] ?? 1) || 1))));
      if (name === 'line-break') collector.add('\n');
      if (name === 'table-cell') cells += 1;
      // A page of a presentation, a sheet of a workbook.
      if (name === 'page') collector.breakPage();
    },
    text: (text) => {
      if (paragraphs > 0 && silent === 0) collector.add(text.replaceAll(/\s+/g, ' '));
    },
    close: (name) => {
      if (ODF_SILENT.has(name)) silent -= 1;
      if (silent > 0) return;
      if (name === 'table-cell') {
        cells -= 1;
        collector.add('\t');
      }
      if (name === 'p' || name === 'h') {
        paragraphs -= 1;
        if (cells === 0) collector.end(name === 'h' ? 'heading' : 'text');
        else collector.add(' ');
      }
      if (name === 'table-row') collector.end();
    },
  });
  return collector.finish();
}

async function sharedStrings(document: PackedDocument): Promise<string[]> {
  const strings: string[] = [];
  if (!document.archive.has('xl/sharedStrings.xml')) return strings;
  let [current, isText, silent] = ['', false, 0];
  await read(document, 'xl/sharedStrings.xml', {
    open: (name) => {
      if (name === 'si') current = '';
      if (name === 'rPh') silent += 1;
      if (name === 't') isText = true;
    },
    text: (text) => {
      if (isText && silent === 0) current += text;
    },
    close: (name) => {
      if (name === 'rPh') silent -= 1;
      if (name === 't') isText = false;
      if (name === 'si') strings.push(current);
    },
  });
  return strings;
}

async function sheetNames(document: PackedDocument): Promise<string[]> {
  const names: string[] = [];
  await read(document, 'xl/workbook.xml', {
    open: (name, attributes) => {
      if (name === 'sheet') names.push(attributes['name'] ?? '');
    },
    text: () => undefined,
    close: () => undefined,
  });
  return names;
}

async function readSheet(document: PackedDocument, path: string, shared: readonly string[], collector: TextCollector): Promise<void> {
  let [type, value, isValue, cells] = ['', '', false, 0];
  await read(document, path, {
    isDone: () => collector.isFull,
    open: (name, attributes) => {
      if (name === 'row') cells = 0;
      if (name === 'c') [type, value] = [attributes['t'] ?? '', ''];
      if (name === 'v' || name === 't') isValue = true;
    },
    text: (text) => {
      if (isValue) value += text;
    },
    close: (name) => {
      if (name === 'v' || name === 't') isValue = false;
      if (name === 'c') {
        collector.add(`${cells === 0 ? '' : '\t'}${cellText(type, value, shared)}`);
        cells += 1;
      }
      if (name === 'row') collector.end();
    },
  });
}

function cellText(type: string, value: string, shared: readonly string[]): string {
  if (type === 's') return shared[Number(value)] ?? '';
  return type === 'b' ? (value === '1' ? 'TRUE' : 'FALSE') : value;
}

/** Names in the order of their numbers. */
function numbered(archive: ZipArchive, pattern: RegExp): string[] {
  const found = archive.names.flatMap((name) => {
    const number = pattern.exec(name)?.[1];
    return number === undefined ? [] : [{ name, number: Number(number) }];
  });
  return found.sort((a, b) => a.number - b.number).map(({ name }) => name);
}

async function read({ archive, name, signal }: PackedDocument, path: string, reader: Parameters<typeof readXml>[2]): Promise<void> {
  const bytes = await archive.read(path);
  if (bytes === null) throw new TaskError('INPUT_DAMAGED', `${name} is damaged: the part ${path} is missing. Open it in an office program and save it again.`);
  await readXml(bytes, { documentName: name, signal }, reader);
}
