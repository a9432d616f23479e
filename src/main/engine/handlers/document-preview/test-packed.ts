/** Office documents and e-books for tests, as small as programs take them. */
import { writeFileSync } from 'node:fs';
import { strToU8, zipSync, type Zippable } from 'fflate';

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
const W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"';
const CONTENT_TYPES = (main: string, type: string): string => `${XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/${main}" ContentType="application/vnd.openxmlformats-officedocument.${type}.main+xml"/></Types>`;
const ROOT = (target: string): string => `${XML}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="${target}"/></Relationships>`;

/** Writes the parts as a ZIP and returns its path. What is text is packed. */
export function pack(path: string, parts: Readonly<Record<string, string | Uint8Array>>): string {
  const zippable: Zippable = {};
  for (const [name, contents] of Object.entries(parts)) zippable[name] = [typeof contents === 'string' ? strToU8(contents) : contents, { level: name === 'mimetype' ? 0 : 6 }];
  writeFileSync(path, zipSync(zippable));
  return path;
}

/** paragraphs: a heading first. body: XML behind them. prolog: before the root element. */
export function makeDocx(path: string, paragraphs: readonly string[], { body = '', prolog = '', parts = {} }: { readonly body?: string; readonly prolog?: string; readonly parts?: Readonly<Record<string, string>> } = {}): string {
  const text = paragraphs.map((words, index) => `<w:p>${index === 0 ? '<w:pPr><w:pStyle w:val="Heading1"/></w:pPr>' : ''}<w:r><w:t xml:space="preserve">${words}</w:t></w:r></w:p>`).join('');
  return pack(path, {
    '[Content_Types].xml': CONTENT_TYPES('word/document.xml', 'wordprocessingml.document'), '_rels/.rels': ROOT('word/document.xml'),
    'word/document.xml': `${XML}${prolog}<w:document ${W} xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><w:body>${text}${body}</w:body></w:document>`, ...parts,
  });
}

/** rows: text goes to the shared strings, numbers stay. */
export function makeXlsx(path: string, sheets: Readonly<Record<string, readonly (readonly (string | number)[])[]>>): string {
  const shared: string[] = [];
  const cell = (value: string | number): string => (typeof value === 'number' ? `<c><v>${String(value)}</v></c>` : `<c t="s"><v>${String(shared.push(value) - 1)}</v></c>`);
  const files = Object.values(sheets).map((rows, index) => [`xl/worksheets/sheet${String(index + 1)}.xml`, `${XML}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>${rows.map((row) => `<row>${row.map(cell).join('')}</row>`).join('')}</sheetData></worksheet>`] as const);
  return pack(path, {
    '[Content_Types].xml': CONTENT_TYPES('xl/workbook.xml', 'spreadsheetml.sheet'), '_rels/.rels': ROOT('xl/workbook.xml'),
    'xl/workbook.xml': `${XML}<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheets>${Object.keys(sheets).map((name, index) => `<sheet name="${name}" sheetId="${String(index + 1)}"/>`).join('')}</sheets></workbook>`,
    ...Object.fromEntries(files),
    'xl/sharedStrings.xml': `${XML}<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">${shared.map((text) => `<si><t>${text}</t></si>`).join('')}</sst>`,
  });
}

/** Each slide a title and lines. */
export function makePptx(path: string, slides: readonly (readonly string[])[]): string {
  const shape = (text: string, index: number): string => `<p:sp><p:nvSpPr><p:nvPr>${index === 0 ? '<p:ph type="title"/>' : ''}</p:nvPr></p:nvSpPr><p:txBody><a:p><a:r><a:t>${text}</a:t></a:r></a:p></p:txBody></p:sp>`;
  const files = slides.map((lines, index) => [`ppt/slides/slide${String(index + 1)}.xml`, `${XML}<p:sld xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><p:cSld><p:spTree>${lines.map(shape).join('')}</p:spTree></p:cSld></p:sld>`] as const);
  return pack(path, { '[Content_Types].xml': CONTENT_TYPES('ppt/presentation.xml', 'presentationml.presentation'), '_rels/.rels': ROOT('ppt/presentation.xml'), 'ppt/presentation.xml': `${XML}<p:presentation xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"/>`, ...Object.fromEntries(files) });
}

export function makeOdt(path: string, heading: string, paragraphs: readonly string[], manifest = ''): string {
  return pack(path, {
    'mimetype': 'application/vnd.oasis.opendocument.text',
    'META-INF/manifest.xml': `${XML}<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.text"/><manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml">${manifest}</manifest:file-entry></manifest:manifest>`,
    'content.xml': `${XML}<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.3"><office:body><office:text><text:h>${heading}</text:h>${paragraphs.map((words) => `<text:p>${words}</text:p>`).join('')}</office:text></office:body></office:document-content>`,
  });
}

/** chapters: XHTML bodies by file name, in reading order. */
export function makeEpub(path: string, chapters: Readonly<Record<string, string>>, parts: Readonly<Record<string, string>> = {}): string {
  const names = Object.keys(chapters);
  return pack(path, {
    'mimetype': 'application/epub+zip',
    'META-INF/container.xml': `${XML}<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><rootfiles><rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>`,
    'OEBPS/book.opf': `${XML}<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><manifest>${[...names].reverse().map((name) => `<item id="${name}" href="${encodeURIComponent(name)}" media-type="application/xhtml+xml"/>`).join('')}</manifest><spine>${names.map((name) => `<itemref idref="${name}"/>`).join('')}</spine></package>`,
    ...Object.fromEntries(Object.entries(chapters).map(([name, body]) => [`OEBPS/${name}`, `${XML}<html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head><body>${body}</body></html>`])), ...parts,
  });
}
