import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import iconv from 'iconv-lite';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeDocx, makeEpub, makeOdt, makePptx, makeXlsx } from './test-packed.ts';
import { preview, refusal, type Preview } from './test-preview.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'longhaul-documents-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const make = (path: string, what: readonly string[] = ['text']): Promise<Preview> => preview({ path, options: { what, format: 'png' }, keepIn: join(dir, 'made') });

function put(name: string, contents: string | Uint8Array): string {
  const path = join(dir, name);
  writeFileSync(path, contents);
  return path;
}

describe('without LibreOffice', () => {
  it('a DOCX gives its words and a picture of them, and says why no more', async () => {
    const made = await make(makeDocx(join(dir, 'letter.docx'), ['A letter', 'Dear &lt;reader&gt; &amp; friend,', 'all is well.'], { body: '<w:tbl><w:tr><w:tc><w:p><w:r><w:t>left</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>right</w:t></w:r></w:p></w:tc></w:tr></w:tbl><w:p><w:r><w:delText>gone</w:delText><w:instrText>HYPERLINK</w:instrText></w:r></w:p>' }), ['thumbnail', 'text']);
    expect(made.text).toBe('A letter\n\nDear <reader> & friend,\n\nall is well.\n\nleft \tright\n');
    expect([...made.files.keys()]).toEqual(['letter.thumbnail.png', 'letter.txt']);
    expect(made.warnings.join()).toMatch(/LibreOffice was not found/);
  });

  it('an XLSX gives each sheet with its cells', async () => {
    const made = await make(makeXlsx(join(dir, 'table.xlsx'), { 'First': [['Name', 'Sum'], ['Ann', 12.5]], 'Two': [['alone']] }), ['text', 'pages']);
    expect(made.text).toMatch(/^First/);
    expect(made.text).toContain('Name\tSum\nAnn\t12.5');
    expect(made.text).toContain('alone');
    // A page for each sheet.
    expect([...made.files.keys()].filter((name) => name.endsWith('.png'))).toHaveLength(2);
  });

  it('a PPTX gives a page for each slide, in the order of their numbers', async () => {
    const made = await make(makePptx(join(dir, 'talk.pptx'), Array.from({ length: 11 }, (_, index) => [`Slide ${String(index + 1)}`, 'with words'])), ['pages', 'text']);
    expect([...made.files.keys()].filter((name) => name.endsWith('.png'))).toHaveLength(11);
    expect(made.text.match(/Slide \d+/g)).toEqual(Array.from({ length: 11 }, (_, index) => `Slide ${String(index + 1)}`));
  });

  it('an ODT gives headings and paragraphs, with its spaces and tabs', async () => {
    expect((await make(makeOdt(join(dir, 'text.odt'), 'Heading', ['one<text:s text:c="3"/>two<text:tab/>three', 'last<text:line-break/>line']))).text).toBe('Heading\n\none   two\tthree\n\nlast\nline\n');
  });

  it('what only LibreOffice reads is refused with what to do', async () => {
    for (const [name, bytes] of [['old.doc', Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(600), Buffer.from('WordDocument\0', 'utf16le'), Buffer.alloc(600)])], ['letter.rtf', Buffer.from('{\\rtf1 Hello}')]] as const) {
      expect(await refusal({ path: put(name, bytes), keepIn: dir })).toMatchObject({ code: 'TOOL_MISSING', message: expect.stringMatching(new RegExp(`${name}.*LibreOffice.*save it as`)) });
    }
  });
});

describe('an e-book', () => {
  it('gives its chapters in reading order, without scripts', async () => {
    const made = await make(makeEpub(join(dir, 'book.epub'), { 'ch 2.xhtml': '<h1>First</h1><p>It began &amp; went on.</p><script>alert(1)</script>', 'ch1.xhtml': '<h1>Second</h1><p>The <i>end</i>.</p>' }), ['pages', 'text']);
    expect(made.text).toBe('First\n\nIt began & went on.\n\nSecond\n\nThe end.\n');
    expect(made.files.size).toBe(3);
  });

  it('with a lock is refused; with scrambled fonts it is not', async () => {
    const encryption = (algorithm: string): string => `<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><EncryptedData xmlns="http://www.w3.org/2001/04/xmlenc#"><EncryptionMethod Algorithm="${algorithm}"/></EncryptedData></encryption>`;
    const book = (name: string, algorithm: string): string => makeEpub(join(dir, name), { 'a.xhtml': '<p>Words</p>' }, { 'META-INF/encryption.xml': encryption(algorithm) });
    expect(await refusal({ path: book('locked.epub', 'http://www.w3.org/2001/04/xmlenc#aes128-cbc'), keepIn: dir })).toMatchObject({ code: 'INPUT_ENCRYPTED', message: expect.stringContaining('locked.epub') });
    expect((await make(book('fonts.epub', 'http://www.idpf.org/2008/embedding'))).text).toBe('Words\n');
  });
});

describe('text', () => {
  it('Markdown gives words, with code as it is written', async () => {
    expect((await make(put('readme.md', '# Title\n\nSome *soft* and `hard` [words](http://example.invalid/x).\n\n- one\n- two\n\n```\nif (a) {\n  b();\n}\n```\n'))).text).toBe('Title\n\nSome soft and hard words.\n\n• one\n\n• two\n\nif (a) {\n  b();\n}\n');
  });

  it('HTML gives what is read: no scripts, no styles, nothing fetched', async () => {
    const made = await make(put('page.html', '<!doctype html><title>Page</title><style>p{}</style><script>if (a < b) document.write("<p>no</p>")</script><p>Hello&nbsp;<b>there</b>,\n  you<br>all<img src="http://127.0.0.1:9/x.png" alt="a cat"><table><tr><td>1<td>2</table><noscript>no</noscript>'));
    expect(made.text).toBe('Page\n\nHello\u00a0there, you\nall [a cat]\n\n1\t2\n');
  });

  it.each([['UTF-8', 'Grüße, čau, 你好'], ['UTF-16LE', 'Grüße, čau, 你好'], ['windows-1252', 'Grüße über Öl, déjà vu, garçon, naïve, ÄÖÜ; früher oder später'], ['Shift_JIS', '吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。'], ['GB18030', '中文文本文件的编码应当被自动识别出来，这是一个测试。'], ['windows-1251', 'Все счастливые семьи похожи друг на друга, каждая несчастливая семья несчастлива по-своему.'], ['EUC-KR', '모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다.']])('in %s is read', async (encoding, words) => {
    const text = `${words}\n\n${words}`;
    expect((await make(put('text.txt', iconv.encode(text, encoding, { addBOM: encoding.startsWith('UTF-16') })))).text).toBe(`${text}\n`);
  });

  it('code keeps its lines', async () => {
    expect((await make(put('program.py', 'def f():\n\tif 1 < 2:\n\n\t\treturn "a & b"\n'))).text).toBe('def f():\n\tif 1 < 2:\n\n\t\treturn "a & b"\n');
  });

  it('shows its words: a page of the right shape that is not blank, whatever is written', async () => {
    const made = await make(put('odd.txt', 'Words </text><image href="http://127.0.0.1:9/x"/> & "quotes" 🎉 \u202e\n\n'.repeat(30) + 'An odd \u0001 sign.'), ['pages']);
    const [first = ''] = made.files.values();
    const { channels } = await sharp(first).stats();
    const { width, height } = await sharp(first).metadata();
    expect([width, height]).toEqual([1240, 1754]);
    // White paper with dark letters.
    expect(channels[0]).toMatchObject({ max: 255 });
    expect(channels[0]?.min).toBeLessThan(80);
    expect(channels[0]?.mean).toBeGreaterThan(200);
  });

  it('of one endless line ends at the edge and begins again', async () => {
    const made = await make(put('line.txt', 'x'.repeat(300_000)), ['pages']);
    expect(made.files.size).toBeGreaterThan(50);
    const [, second = ''] = made.files.values();
    const { data, info } = await sharp(second).greyscale().raw().toBuffer({ resolveWithObject: true });
    // The margin at the right is empty.
    for (let y = 0; y < info.height; y += 1) for (let x = info.width - 100; x < info.width; x += 1) expect(data[y * info.width + x]).toBe(255);
  });
});
