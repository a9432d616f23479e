/** Pictures of the pages of a long PDF, by the handler with its checkpoints and its check, against PDFium and sharp alone in the same process. */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PDFiumLibrary } from '@hyzyla/pdfium';
import sharp from 'sharp';
import { createTestTask } from '../src/main/engine/handlers/test-context.ts';
import { handler } from '../src/main/engine/handlers/document-preview/index.ts';
import { makePdf } from '../src/main/engine/handlers/document-preview/test-pdfs.ts';
import type { Print } from './print.ts';

/** The case that the project promises. LONGHAUL_BENCH_PAGES shortens it. */
const PAGES = 200;
const ROUNDS = 3;
const TARGET_RATIO = 0.8;
const DPI = 150;
const QUALITY = 85;
const LINES = 28;

type Contender = (pdfPath: string, folder: string) => Promise<number>;

export async function runDocumentsBench(print: Print): Promise<void> {
  const pages = Number(process.env['LONGHAUL_BENCH_PAGES'] ?? PAGES);
  const folder = mkdtempSync(join(tmpdir(), 'longhaul-bench-documents-'));
  try {
    const pdfPath = makePdf(join(folder, 'pages.pdf'), Array.from({ length: pages }, (_, page) => ({ lines: wordsOf(page), drawing: drawingOf(page) })));
    // Both have loaded what they need before the first round.
    for (const contender of [ours, raw]) await contender(makePdf(join(folder, 'one.pdf'), [{ lines: ['One'] }]), folder);
    const seconds: Record<'ours' | 'raw', number[]> = { ours: [], raw: [] };
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const name of round % 2 === 0 ? (['ours', 'raw'] as const) : (['raw', 'ours'] as const)) seconds[name].push(await { ours, raw }[name](pdfPath, folder));
    }
    const [own, plain] = [median(seconds.ours), median(seconds.raw)];
    const ratio = plain / own;
    print({
      case: 'documents', what: `JPEG pictures of a PDF of ${String(pages)} pages at ${String(DPI)} dpi, synced, checkpoints and output check included; raw: PDFium and sharp in one process with the same settings, no check`,
      ratio: round2(ratio), target: TARGET_RATIO, isMet: ratio >= TARGET_RATIO, ours: round2(own), raw: round2(plain), pagesPerSecond: round2(pages / own), rawPagesPerSecond: round2(pages / plain),
      rounds: { ours: seconds.ours.map(round2), raw: seconds.raw.map(round2) },
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The whole handler, as a worker runs it. */
const ours: Contender = async (pdfPath) => {
  const task = createTestTask(handler, { inputs: [pdfPath], options: { what: ['pages'], dpi: DPI, quality: QUALITY } });
  try {
    const start = performance.now();
    const drafts = await task.run();
    const seconds = (performance.now() - start) / 1000;
    if (drafts.some(({ tempPath }) => statSync(tempPath).size === 0)) throw new Error('A page is empty.');
    return seconds;
  } finally {
    task.dispose();
  }
};

/** As the library's own documents show it: a page is drawn, and given to sharp. */
const raw: Contender = async (pdfPath, folder) => {
  const library = await PDFiumLibrary.init({ wasmBinary: new Uint8Array(readFileSync(createRequire(import.meta.url).resolve('@hyzyla/pdfium/pdfium.wasm'))).buffer });
  const start = performance.now();
  const document = await library.loadDocument(readFileSync(pdfPath));
  for (const page of document.pages()) {
    await page.render({
      scale: DPI / 72,
      render: async ({ data, width, height }) => {
        await sharp(data, { raw: { width, height, channels: 4 } }).flatten({ background: '#ffffff' }).jpeg({ quality: QUALITY, chromaSubsampling: '4:4:4' }).toFile(join(folder, `raw-${String(page.number)}.jpg`));
        return new Uint8Array();
      },
    });
  }
  const seconds = (performance.now() - start) / 1000;
  document.destroy();
  library.destroy();
  return seconds;
};

function wordsOf(page: number): string[] {
  return [`Chapter ${String(page + 1)}`, ...Array.from({ length: LINES }, (_, line) => `Line ${String(line + 1)} of page ${String(page + 1)} has some words to read`)];
}

/** Curves and areas, other ones on each page. */
function drawingOf(page: number): string {
  return Array.from({ length: 24 }, (_, index) => `${((index * 7 + page) % 10) / 10} ${((index * 3) % 10) / 10} 0.${String((page * 3) % 10)} rg ${String(60 + 18 * index)} ${String(40 + ((index * 37 + page * 11) % 60))} 14 ${String(8 + ((index * 13 + page) % 40))} re f ${String(60 + 18 * index)} 110 m 200 ${String(60 + index * 2)} 300 ${String(150 - index)} 520 ${String(60 + ((page + index) % 60))} c S`).join('\n');
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}
