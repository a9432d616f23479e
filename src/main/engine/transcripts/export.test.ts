import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXPORT_FORMATS, type ExportFormat, type TranscriptSegment } from '../../../shared/transcript.ts';
import { transcriptJson } from '../handlers/transcribe/formats/json.ts';
import { parseSrt, parseVtt } from '../handlers/transcribe/formats/parse.ts';
import { squeeze } from '../handlers/transcribe/formats/transcript.ts';
import { testTools } from '../handlers/test-tools.ts';
import { exportTranscript } from './export.ts';
import type { TranscriptDocument } from './document.ts';

let dir = '';
beforeAll(() => { dir = mkdtempSync(join(tmpdir(), 'longhaul-export-')); });
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** A segment without words, as edited text may have none. */
function segment(text: string, startMs: number, endMs: number): TranscriptSegment {
  return { text, startMs, endMs, words: [] };
}

const CJK = '印刷術は、現在私たちが関心を持っている唯一の意味において、展覧会に出品されたすべての芸術や工芸とは異なる。';
const HEBREW = 'שלום לכולם, זהו תמליל של הרצאה.';
const HARD: TranscriptDocument = {
  language: 'en', model: 'tiny.en-q8_0', durationMs: 3_700_000,
  segments: [
    { ...segment('Hello "world", she said.', 1000, 2500), words: [{ text: 'Hello', startMs: 1000, endMs: 1400, confidence: 0.9 }, { text: '"world",', startMs: 1500, endMs: 1900, confidence: 0.4 }] },
    segment('Two lines,\n\nwith nothing between; a, comma', 2500, 5000),
    segment('<i>Tags</i> & {braces} \\N back\\slash --> 日本 𝔘', 5000, 9000),
    segment(CJK, 20_000, 27_000),
    segment(HEBREW, 30_000, 33_000),
    segment('- Yes. =1+1', 3_600_000, 3_602_345),
  ],
};
const EMPTY: TranscriptDocument = { language: 'auto', model: 'tiny.en-q8_0', durationMs: 5000, segments: [] };
/** All the text, without blanks: what every format must hold. */
const WORDS = squeeze(HARD.segments.map(({ text }) => text).join(''));

async function bytesOf(document: TranscriptDocument, format: ExportFormat, hasWordTimes = false): Promise<Buffer> {
  return (await exportTranscript(document, { format, inputPath: '/films/My talk: part 1.final.mp4', hasWordTimes })).bytes;
}

async function textOf(document: TranscriptDocument, format: ExportFormat, hasWordTimes = false): Promise<string> {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await bytesOf(document, format, hasWordTimes));
}

describe('every export', () => {
  it.each(EXPORT_FORMATS)('to %s is named after the recording and has a type', async (format) => {
    const { fileName, mimeType } = await exportTranscript(HARD, { format, inputPath: '/films/My talk: part 1.final.mp4', hasWordTimes: false });
    expect(fileName).toBe(`My talk: part 1.final.${format}`);
    expect(mimeType).toMatch(/^[a-z]+\/[a-z0-9.-]+$/);
  });
});

describe('SRT and VTT', () => {
  it('hold all words in any script, and text with empty lines ends no cue', async () => {
    expect(squeeze(parseSrt(await textOf(HARD, 'srt')).map(({ text }) => text).join(''))).toBe(WORDS);
    expect(squeeze(parseVtt(await textOf(HARD, 'vtt')).map(({ text }) => text).join(''))).toBe(WORDS);
    expect(squeeze(parseVtt(await textOf(HARD, 'vtt', true)).map(({ text }) => text).join(''))).toBe(WORDS);
  });

  it('cut new text in a script without blanks into lines that can be read', async () => {
    const lines = parseSrt(await textOf({ ...HARD, language: 'ja', segments: [segment(CJK, 20_000, 27_000)] }, 'srt')).flatMap(({ text }) => text.split('\n'));
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) expect([...line].length).toBeLessThanOrEqual(21);
  });

  it('show typed words between the heard ones that are still there, as long as the segment lasts', async () => {
    const heard = [{ text: 'one', startMs: 1000, endMs: 1200, confidence: 0.9 }, { text: 'four', startMs: 3000, endMs: 3200, confidence: 0.9 }];
    const vtt = await textOf({ ...HARD, segments: [{ ...segment('one two three four five', 1000, 4000), words: heard }] }, 'vtt', true);
    expect(vtt).toContain('00:00:01.000 --> 00:00:04.000\none <00:00:01.');
    expect(vtt).toContain(' <00:00:03.000>four <00:00:03.');
  });

  it('are valid without a word', async () => {
    expect(parseSrt(await textOf(EMPTY, 'srt'))).toEqual([]);
    expect(parseVtt(await textOf(EMPTY, 'vtt'))).toEqual([]);
  });
});

/** As the format's documents say: sections, a format line, the text as the last field. */
function parseAss(text: string): { sections: string[]; events: { start: string; end: string; text: string }[] } {
  if (!text.startsWith('\ufeff[Script Info]\n')) throw new Error('no header');
  const lines = text.slice(1).split('\n');
  const fields = (lines.filter((line) => line.startsWith('Format: ')).at(-1) ?? '').slice('Format: '.length).split(', ');
  const events = lines.filter((line) => line.startsWith('Dialogue: ')).map((line) => {
    const values = line.slice('Dialogue: '.length).split(',');
    const at = (name: string): string => values[fields.indexOf(name)] ?? '';
    return { start: at('Start'), end: at('End'), text: values.slice(fields.length - 1).join(',') };
  });
  return { sections: lines.filter((line) => line.startsWith('[')), events };
}

/** What libass shows of a text: blocks hidden, escaped braces shown, \N a new line. */
function shownAss(text: string): string {
  return text.replaceAll(/\\\{|\{[^}]*\}|\\N|\u2060/g, (found) => (found === '\\{' ? '{' : found === '\\N' ? '\n' : ''));
}

describe('ASS', () => {
  it('has its sections, times in hundredths, and shows all words', async () => {
    const { sections, events } = parseAss(await textOf(HARD, 'ass'));
    expect(sections).toEqual(['[Script Info]', '[V4+ Styles]', '[Events]']);
    expect(events[0]).toMatchObject({ start: '0:00:01.00', end: '0:00:02.50' });
    expect(events.at(-1)).toMatchObject({ start: '1:00:00.00', end: '1:00:02.35' });
    expect(squeeze(events.map(({ text }) => shownAss(text)).join(''))).toBe(WORDS);
  });

  it('lets no text of a transcript become a command', async () => {
    const { events } = parseAss(await textOf({ ...HARD, segments: [segment('{\\pos(0,0)}\\Nhidden\\h', 0, 1000)] }, 'ass'));
    expect(events[0]?.text).toBe('\\{{}\\\u2060pos(0,0)}\\\u2060Nhidden\\\u2060h');
  });

  it('is read by FFmpeg, with and without a word', async () => {
    for (const [document, cues] of [[HARD, parseAss(await textOf(HARD, 'ass')).events.length], [EMPTY, 0]] as const) {
      const path = join(dir, 'read.ass');
      writeFileSync(path, await bytesOf(document, 'ass'));
      const packets = execFileSync(testTools().ffprobePath, ['-v', 'error', '-count_packets', '-show_entries', 'stream=codec_name,nb_read_packets', '-of', 'csv=p=0', path], { encoding: 'utf8' });
      expect(packets.trim()).toBe(`ass,${cues === 0 ? 'N/A' : cues}`);
    }
  });
});

/** A strict reader of RFC 4180: quotes only around whole fields, CRLF between rows. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let rest = text;
  let row: string[] = [];
  while (rest !== '') {
    const match = /^(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/.exec(rest);
    if (match === null) throw new Error(`not CSV: ${rest.slice(0, 40)}`);
    row.push(match[1] === undefined ? (match[2] ?? '') : match[1].replaceAll('""', '"'));
    if (match[3] === '\r\n') {
      rows.push(row);
      row = [];
    }
    rest = rest.slice(match[0].length);
  }
  return rows;
}

describe('CSV', () => {
  it('has a row for each segment with its text unchanged, but for what a spreadsheet would compute', async () => {
    const text = await textOf(HARD, 'csv');
    expect(text.startsWith('\ufeffstart,end,text\r\n')).toBe(true);
    const rows = parseCsv(text.slice(1));
    expect(rows.slice(1, -1).map((row) => row[2])).toEqual(HARD.segments.slice(0, -1).map((one) => one.text));
    expect(rows.at(-1)).toEqual(['01:00:00.000', '01:00:02.345', "'- Yes. =1+1"]);
    expect(rows.every((row) => row.length === 3)).toBe(true);
  });

  it('is its header alone without a word', async () => {
    expect(await textOf(EMPTY, 'csv')).toBe('\ufeffstart,end,text\r\n');
  });
});

describe('JSON', () => {
  it('has text, times, words and confidences', async () => {
    const read = transcriptJson.parse(JSON.parse(await textOf(HARD, 'json')));
    expect(read.segments.map(({ text }) => text)).toEqual(HARD.segments.map(({ text }) => text));
    expect(read.segments[0]).toMatchObject({ startSeconds: 1, endSeconds: 2.5, words: [{ text: 'Hello', confidence: 0.9 }, { text: '"world",', startSeconds: 1.5, confidence: 0.4 }] });
    expect(read.durationSeconds).toBe(3700);
    expect(transcriptJson.parse(JSON.parse(await textOf(EMPTY, 'json'))).segments).toEqual([]);
  });
});

describe('TXT', () => {
  it('has all words, and is empty without any', async () => {
    expect(squeeze(await textOf(HARD, 'txt'))).toBe(WORDS);
    expect(await textOf(EMPTY, 'txt')).toBe('');
  });
});

/** A member of a ZIP file, by its central directory (APPNOTE 4.3). */
function unzip(zip: Buffer, name: string): string {
  let at = zip.readUInt32LE(zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1')) + 16);
  for (; zip.readUInt32LE(at) === 0x02014b50; at += 46 + zip.readUInt16LE(at + 28) + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32)) {
    if (zip.toString('utf8', at + 46, at + 46 + zip.readUInt16LE(at + 28)) !== name) continue;
    const local = zip.readUInt32LE(at + 42);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const data = zip.subarray(start, start + zip.readUInt32LE(at + 20));
    return (zip.readUInt16LE(at + 10) === 8 ? inflateRawSync(data) : data).toString('utf8');
  }
  throw new Error(`no ${name} in the document`);
}

/** The texts of a document's paragraphs; a break is a new line. */
function paragraphsOf(xml: string): string[] {
  const unescape = (text: string): string => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&apos;', "'").replaceAll('&amp;', '&');
  return [...xml.matchAll(/<w:p>([^]*?)<\/w:p>/g)].map(([, body = '']) => [...body.matchAll(/<w:t(?: [^>]*)?>([^<]*)<\/w:t>|<w:br\/>/g)].map(([, text]) => (text === undefined ? '\n' : unescape(text))).join(''));
}

describe('DOCX', () => {
  it('has the title and paragraphs with their times, and breaks where the user broke a line', async () => {
    const [title, ...paragraphs] = paragraphsOf(unzip(await bytesOf(HARD, 'docx'), 'word/document.xml'));
    expect(title).toBe('My talk: part 1.final');
    expect(paragraphs[0]).toBe('00:00:01  Hello "world", she said. Two lines,\n\nwith nothing between; a, comma <i>Tags</i> & {braces} \\N back\\slash --> 日本 𝔘');
    expect(paragraphs.slice(1)).toEqual([`00:00:20  ${CJK}`, `00:00:30  ${HEBREW}`, '01:00:00  - Yes. =1+1']);
  });

  it('sets text from right to left where it runs so, and nowhere else', async () => {
    const xml = unzip(await bytesOf(HARD, 'docx'), 'word/document.xml');
    const turned = [...xml.matchAll(/<w:p>([^]*?)<\/w:p>/g)].filter(([, body = '']) => /<w:bidi\/>/.test(body));
    expect(turned).toHaveLength(1);
    expect(turned[0]?.[0]).toContain('שלום');
  });

  it('is well-formed XML whatever the text holds', async () => {
    const xml = unzip(await bytesOf({ ...HARD, segments: [segment('a\u0000\u0008b\ud800c]]>&', 0, 1000)] }, 'docx'), 'word/document.xml');
    expect(paragraphsOf(xml)[1]).toBe('00:00:00  ab\ufffdc]]>&');
    expect(xml).not.toMatch(/[\u0000-\u0008\ufffe\uffff]/);
  });

  it('is a document with its title alone without a word', async () => {
    expect(paragraphsOf(unzip(await bytesOf(EMPTY, 'docx'), 'word/document.xml'))).toEqual(['My talk: part 1.final']);
  });
});
