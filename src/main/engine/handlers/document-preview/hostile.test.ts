import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync, deflateSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TaskError } from '../../../../shared/errors.ts';
import { makeDocx, makeEpub, makeOdt, makeXlsx, pack } from './test-packed.ts';
import { pdfBytes } from './test-pdfs.ts';
import { preview, refusal } from './test-preview.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'longhaul-documents-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const refused = (path: string, options: Readonly<Record<string, unknown>> = { what: ['text'] }): Promise<TaskError> => refusal({ path, options, keepIn: join(dir, 'made') });
const text = async (path: string): Promise<string> => (await preview({ path, options: { what: ['text'] }, keepIn: join(dir, 'made') })).text;
/** The sentence names the file, and the cure begins a sentence of its own. */
const SENTENCE = /^[^ ]+\.(docx|xlsx|odt|epub|zip|html|md|txt|mp4|pdf|xml) .+[.:;] .*[a-z]+.*\.$/s;

describe('what is made to do harm', () => {
  it('a part of zeros that says so (a bomb) is not unpacked', async () => {
    const error = await refused(pack(join(dir, 'bomb.docx'), { '[Content_Types].xml': '<x/>', 'word/document.xml': new Uint8Array(64 * 1024 * 1024) }));
    expect(error).toMatchObject({ code: 'INPUT_NOT_ALLOWED', retryable: false });
    expect(error.message).toMatch(SENTENCE);
  });

  it('a bomb that lies about its size is stopped where the lie ends', async () => {
    const path = makeDocx(join(dir, 'liar.docx'), ['Words']);
    const bytes = readFileSync(path);
    const packed = deflateRawSync(Buffer.alloc(200 * 1024 * 1024));
    const name = 'word/document.xml';
    // The last of local headers and of directory entries with that name.
    const archive = withLie(bytes, name, packed, 1_000);
    writeFileSync(path, archive);
    expect(await refused(path)).toMatchObject({ code: 'INPUT_NOT_ALLOWED' });
  });

  it('an archive within an archive, for ever, is an archive and no document', async () => {
    let inner: Uint8Array = Buffer.from('end');
    for (let depth = 0; depth < 8; depth += 1) inner = readFileSync(pack(join(dir, 'inner.zip'), { 'again.zip': inner }));
    const path = join(dir, 'nested.docx');
    writeFileSync(path, inner);
    expect(await refused(path)).toMatchObject({ code: 'INPUT_NOT_MEDIA', message: expect.stringMatching(SENTENCE) });
  });

  it('external and exploding entities are refused and never read', async () => {
    const secret = join(dir, 'secret');
    writeFileSync(secret, 'the secret');
    for (const prolog of [`<!DOCTYPE w [<!ENTITY x SYSTEM "file://${secret}">]>`, '<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY x "&a;&a;&a;&a;&a;">]>', `<!DOCTYPE w [<!ENTITY % x SYSTEM "file://${secret}">%x;]>`]) {
      const error = await refused(makeDocx(join(dir, 'entities.docx'), ['&x;'], { prolog }));
      expect(error.code).toMatch(/^INPUT_(NOT_ALLOWED|DAMAGED)$/);
      expect(error.message).toMatch(SENTENCE);
    }
  });

  it('links to pictures, templates and data are not followed', async () => {
    let asked = 0;
    const server = createServer((_, response) => {
      asked += 1;
      response.end('x');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? String(address?.port) : ''}`;
    try {
      const rels = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="${url}/a.png" TargetMode="External"/></Relationships>`;
      expect(await text(makeDocx(join(dir, 'links.docx'), ['Words'], { body: '<w:p><w:r><w:drawing><a:blip r:link="r1"/></w:drawing></w:r></w:p>', parts: { 'word/_rels/document.xml.rels': rels } }))).toBe('Words\n');
      expect(await text(put('links.html', `<link rel=stylesheet href="${url}/a.css"><script src="${url}/a.js"></script><iframe src="${url}"></iframe><img src="${url}/a.png">Words`))).toBe('Words\n');
      expect(await text(put('links.md', `![](${url}/a.png) Words`))).toBe('Words\n');
      expect(await text(makeEpub(join(dir, 'links.epub'), { 'a.xhtml': `<p>Words</p><img src="${url}/a.png"/>`, [`${url}/b.xhtml`]: '<p>Elsewhere</p>' }))).not.toBe('');
      expect(asked).toBe(0);
    } finally {
      server.close();
    }
  });

  it('a chapter that leads out of its book is left out', async () => {
    writeFileSync(join(dir, 'outside.xhtml'), '<p>outside</p>');
    expect(await text(makeEpub(join(dir, 'book.epub'), { 'a.xhtml': '<p>inside</p>', '../../outside.xhtml': '<p>strange</p>' }))).not.toContain('outside');
  });

  it.each([
    ['HTML', 'deep.html', () => '<div>'.repeat(200_000)], ['a list', 'deep.md', () => '> '.repeat(20_000)], ['brackets', 'brackets.md', () => '['.repeat(100_000)], ['emphasis', 'stars.md', () => '*a **b '.repeat(20_000)], ['tags', 'tags.html', () => '<b><p>'.repeat(100_000)],
  ])('%s nested without end is over in time', async (_, name, contents) => {
    expect(await text(put(name, `${contents()}\n\nWords`))).toContain('Words');
  });

  it('a PDF whose page unpacks to more than memory holds is given up early, and the next one is read', async () => {
    const before = process.memoryUsage.rss();
    const content = deflateSync(Buffer.alloc(900 * 1024 * 1024, ' '));
    const path = put('bomb.pdf', rawPdf(['<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Kids [3 0 R] /Count 1 >>', '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>', { dictionary: '/Filter /FlateDecode', bytes: content }]));
    const error = await refused(path, { what: ['thumbnail'] });
    expect(error.code).toMatch(/^INPUT_(DAMAGED|NOT_ALLOWED)$/);
    expect(error.message).toMatch(SENTENCE);
    // The test's own gigabyte of blanks is in it.
    expect(process.memoryUsage.rss() - before).toBeLessThan(1_800 * 1024 * 1024);
    expect(await text(put('good.pdf', pdfBytes([{ lines: ['Words'] }])))).toContain('Words');
  });

  it.each([
    ['a tree of pages that is its own branch', ['<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Kids [2 0 R 3 0 R] /Count 2 >>', '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>']],
    ['a form that draws itself', ['<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Kids [3 0 R] /Count 1 >>', '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /XObject << /F 5 0 R >> >> >>', { dictionary: '', bytes: Buffer.from('/F Do') }, { dictionary: '/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /XObject << /F 5 0 R >> >>', bytes: Buffer.from('/F Do /F Do') }]],
    ['lists within lists', [`<< /Type /Catalog /Pages 2 0 R /X ${'['.repeat(200_000)} >>`, '<< /Type /Pages /Kids [3 0 R] /Count 1 >>', '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>']],
    ['pages of no size', ['<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Kids [3 0 R] /Count 1 >>', '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 0 0] >>']],
    ['more pages than there are', ['<< /Type /Catalog /Pages 2 0 R >>', '<< /Type /Pages /Kids [3 0 R] /Count 999999999 >>', '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 10 10] >>']],
  ] as const)('a PDF with %s gives pages or a sentence', async (_, objects) => {
    const outcome = await preview({ path: put('odd.pdf', rawPdf(objects)), options: { what: ['thumbnail'] }, keepIn: join(dir, 'made') }).catch((error: unknown) => error);
    if (outcome instanceof Error) {
      expect(outcome).toBeInstanceOf(TaskError);
      expect(outcome).toMatchObject({ code: expect.stringMatching(/^INPUT_/), message: expect.stringMatching(SENTENCE) });
    } else expect(outcome).toMatchObject({ files: expect.objectContaining({ size: 1 }) });
  });

  it('XML nested more deeply than documents are is refused', async () => {
    expect(await refused(makeDocx(join(dir, 'deep.docx'), [], { body: `${'<w:p>'.repeat(50_000)}${'</w:p>'.repeat(50_000)}` }))).toMatchObject({ code: 'INPUT_NOT_ALLOWED', message: expect.stringMatching(SENTENCE) });
  });

  it('a table with a cell for everybody in the world ends somewhere, and says so', async () => {
    const made = await preview({ path: makeXlsx(join(dir, 'huge.xlsx'), { Sheet: Array.from({ length: 60_000 }, (_, row) => Array.from({ length: 20 }, (__, cell) => row * cell * 1_000_000_007)) }), options: { what: ['text'] }, keepIn: join(dir, 'made') });
    expect(made.text.length).toBeLessThan(10_000_000);
    expect(made.warnings.join()).toMatch(/very long/);
  });
});

describe('what is locked, broken or something else', () => {
  it.each([
    ['an office document with a password', 'locked.docx', () => Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(600), Buffer.from('EncryptedPackage\0', 'utf16le'), Buffer.alloc(600)]), 'INPUT_ENCRYPTED'],
    ['a DOCX that was cut short', 'cut.docx', () => readFileSync(makeDocx(join(dir, 'whole.docx'), ['Words'])).subarray(0, 700), 'INPUT_DAMAGED'],
    ['a DOCX without its document', 'empty.docx', () => readFileSync(pack(join(dir, 'x.zip'), { '[Content_Types].xml': '<x/>' })), 'INPUT_NOT_MEDIA'],
    ['a PDF that holds no PDF', 'text.pdf', () => Buffer.from('Dear diary'), 'INPUT_NOT_MEDIA'],
    ['text in a film', 'film.mp4', () => Buffer.from('Dear diary'), 'INPUT_NOT_MEDIA'],
    ['noise', 'noise.txt', () => Buffer.from(Array.from({ length: 5_000 }, (_, index) => (index * 7919 + (index >> 3) * 31) % 256)), 'INPUT_NOT_MEDIA'],
    ['XML that ends too soon', 'broken.docx', () => readFileSync(makeDocx(join(dir, 'y.docx'), ['Words'], { body: '<w:p>' })), 'INPUT_DAMAGED'],
    ['an ODT with a password', 'locked.odt', () => readFileSync(makeOdt(join(dir, 'z.odt'), 'H', ['p'], '<manifest:encryption-data/>')), 'INPUT_ENCRYPTED'],
    ['nothing', 'nothing.txt', () => Buffer.alloc(0), 'INPUT_EMPTY'],
    ['spaces alone', 'spaces.txt', () => Buffer.from(' \n \n'), 'INPUT_NO_STREAM'],
  ])('%s gets a sentence', async (_, name, bytes, code) => {
    const error = await refused(put(name, bytes()));
    expect(error).toMatchObject({ code, retryable: false });
    expect(error.message).toMatch(SENTENCE);
  });
});

describe('mutated files', () => {
  it.each(['pdf', 'docx', 'epub', 'html'] as const)('a hundred of %s end in a result or a TaskError, and the next whole one is read', async (kind) => {
    const whole = {
      pdf: () => pdfBytes([{ lines: ['Words'] }, { colour: [9, 99, 200] }]), docx: () => readFileSync(makeDocx(join(dir, 'w.docx'), ['Words', 'more'])), epub: () => readFileSync(makeEpub(join(dir, 'w.epub'), { 'a.xhtml': '<p>Words</p>' })),
      html: () => Buffer.from('<!doctype html><title>a</title><p>Words &amp; <b>more</b><table><tr><td>1</table>'),
    }[kind]();
    const outcomes = { made: 0, refused: 0 };
    const random = generator(kind.length * 7);
    for (let round = 0; round < 100; round += 1) {
      const path = put(`mutant-${String(round)}.${kind}`, mutate(whole, random));
      const outcome = await preview({ path, options: { what: ['thumbnail', 'text'], maxPages: 5 }, keepIn: join(dir, 'made') }).catch((error: unknown) => error);
      if (outcome instanceof Error) {
        expect(outcome, `${kind} ${String(round)}`).toBeInstanceOf(TaskError);
        expect(outcome).toMatchObject({ code: expect.stringMatching(/^INPUT_|^OPTION_/), retryable: false });
        outcomes.refused += 1;
      } else outcomes.made += 1;
      if (existsSync(path)) rmSync(path);
    }
    expect(outcomes.made + outcomes.refused).toBe(100);
    expect(outcomes.made).toBeGreaterThan(0);
    expect(await text(put(`whole.${kind}`, whole))).toContain('Words');
  }, 240_000);
});

function put(name: string, contents: string | Uint8Array): string {
  const path = join(dir, name);
  writeFileSync(path, contents);
  return path;
}

type RawObject = string | { readonly dictionary: string; readonly bytes: Buffer };

/** Objects as they are, with a table of where they stand. */
function rawPdf(objects: readonly RawObject[]): Buffer {
  const pieces = [Buffer.from('%PDF-1.4\n')];
  const offsets: number[] = [];
  let at = pieces[0]?.length ?? 0;
  for (const [index, object] of objects.entries()) {
    const body = typeof object === 'string' ? [Buffer.from(object)] : [Buffer.from(`<< ${object.dictionary} /Length ${String(object.bytes.length)} >>\nstream\n`), object.bytes, Buffer.from('\nendstream')];
    const piece = Buffer.concat([Buffer.from(`${String(index + 1)} 0 obj\n`), ...body, Buffer.from('\nendobj\n')]);
    offsets.push(at);
    at += piece.length;
    pieces.push(piece);
  }
  return Buffer.concat([...pieces, Buffer.from(`xref\n0 ${String(objects.length + 1)}\n0000000000 65535 f \n${offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')}trailer\n<< /Size ${String(objects.length + 1)} /Root 1 0 R >>\nstartxref\n${String(at)}\n%%EOF\n`)]);
}

/** Numerical Recipes' generator: the same files in every run. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

/** Some bytes changed, doubled, removed or cut off. */
function mutate(bytes: Buffer, random: () => number): Buffer {
  const copy = Buffer.from(bytes);
  const at = (): number => Math.floor(random() * copy.length);
  for (let count = 1 + Math.floor(random() * 8); count > 0; count -= 1) copy[at()] = Math.floor(random() * 256);
  const where = at();
  const kind = random();
  if (kind < 0.15) return copy.subarray(0, where);
  if (kind < 0.3) return Buffer.concat([copy.subarray(0, where), copy.subarray(where + Math.floor(random() * 60))]);
  return kind < 0.45 ? Buffer.concat([copy.subarray(0, where), copy.subarray(where, where + 200), copy.subarray(where)]) : copy;
}

/** The archive with other contents of one entry, of which it says that they unpack to so many bytes. */
function withLie(archive: Buffer, name: string, packed: Buffer, saidBytes: number): Buffer {
  const headerAt = archive.indexOf(Buffer.from('504b0304', 'hex'), archive.indexOf(name) - 31);
  const local = Buffer.from(archive.subarray(headerAt, headerAt + 30 + name.length));
  local.writeUInt16LE(0, 28);
  const directoryAt = archive.lastIndexOf(name) - 46;
  const entry = Buffer.from(archive.subarray(directoryAt, directoryAt + 46 + name.length));
  entry.writeUInt32LE(packed.length, 20);
  entry.writeUInt32LE(saidBytes, 24);
  entry.writeUInt32LE(archive.length, 42);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x0605_4b50, 0);
  const types = archive.indexOf(Buffer.from('504b0102', 'hex'));
  const typesEntry = archive.subarray(types, types + 46 + '[Content_Types].xml'.length);
  end.writeUInt16LE(2, 8);
  end.writeUInt16LE(2, 10);
  end.writeUInt32LE(typesEntry.length + entry.length, 12);
  end.writeUInt32LE(archive.length + local.length + packed.length, 16);
  return Buffer.concat([archive, local, packed, typesEntry, entry, end]);
}
