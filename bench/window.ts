/** The window against its promises: start with 10,000 tasks, scrolling 100,000, clicks while four tasks report, the idle window, the bundle. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { chromium, type Browser, type Page } from '@playwright/test';
import * as z from 'zod';
import { chromiumPath } from '../e2e/support/chromium.ts';
import { connectLocal } from '../src/main/local/client.ts';
import type { NewTask } from '../src/shared/contract.ts';
import { runTool } from '../src/main/engine/media/child.ts';
import type { Print } from './print.ts';
import { rootDir } from './root.ts';

const STARTS = 5;
const CLICKS = 60;
const SCROLL_MS = 6_000;
const IDLE_MS = 20_000;
/** After a list was loaded the page tidies up its memory for a while. */
const REST_MS = 15_000;
const SETTLE_MS = 2_000;
const started = z.object({ url: z.string() });

export async function runWindowBench(print: Print): Promise<void> {
  print(bundle());
  const browser = await chromium.launch({ ...(chromiumPath === undefined ? {} : { executablePath: chromiumPath }), args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'] });
  try {
    await withServer(10_000, async (server) => {
      print(await start(browser, server));
      print(await idle(browser, await open(browser, server)));
    });
    await withServer(100_000, async (server) => print(await scroll(await open(browser, server))));
    await withServer(1_000, async (server) => print(await clicks(browser, server)));
  } finally {
    await browser.close();
  }
}

interface Server {
  readonly dir: string;
  readonly link: () => Promise<string>;
}

/** A served folder with so many waiting tasks, all held. */
async function withServer(tasks: number, use: (server: Server) => Promise<void>): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'longhaul-bench-window-'));
  const serve = (): ChildProcess => spawn(process.execPath, [join(rootDir, 'out/main/cli.js'), 'serve', '--port', '0', '--json', '--data', join(dir, 'data')], { stdio: ['ignore', 'pipe', 'inherit'] });
  const child = serve();
  try {
    await firstLine(child);
    await fill(join(dir, 'data'), tasks);
    await use({ dir, link: () => firstLine(serve()) });
  } finally {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGINT');
    await ended;
    rmSync(dir, { recursive: true, force: true });
  }
}

async function firstLine(child: ChildProcess): Promise<string> {
  const text = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stdout?.on('data', (piece: Buffer) => {
      said += piece.toString();
      if (said.includes('\n')) resolve(said);
    });
    child.once('exit', () => reject(new Error(`serve ended: ${said}`)));
  });
  return started.parse(JSON.parse(text)).url;
}

async function fill(dataDir: string, count: number): Promise<void> {
  const client = await connectLocal({ dataDir });
  if (client === null) throw new Error('The server does not answer.');
  await client.api.setSetting({ name: 'hold', value: 'now' });
  for (let at = 0; at < count; at += 10_000) {
    const tasks: NewTask[] = Array.from({ length: Math.min(10_000, count - at) }, (_, n) => ({ input: `/media/archive/reel-${String((at + n) % 97)}/take-${String(at + n)}.mov`, recipe: 'mp4-h264' }));
    await client.api.addTasks({ tasks });
  }
  client.close();
}

async function open(browser: Browser, server: Server): Promise<Page> {
  const page = await (await browser.newContext({ viewport: { width: 1360, height: 860 } })).newPage();
  await page.goto(await server.link());
  await page.getByRole('grid').waitFor();
  await wait(SETTLE_MS);
  return page;
}

/** From opening the address to rows that can be clicked, in a browser that has the page in its cache, as the desktop has it on the disk. */
async function start(browser: Browser, server: Server): Promise<object> {
  const context = await browser.newContext({ viewport: { width: 1360, height: 860 } });
  const page = await context.newPage();
  await page.goto(await server.link());
  await page.getByRole('grid').waitFor();
  const { origin } = new URL(page.url());
  const times: number[] = [];
  const strangers: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(origin)) strangers.push(request.url());
  });
  for (let n = 0; n < STARTS; n += 1) {
    await page.goto('about:blank');
    const startMs = performance.now();
    await page.goto(`${origin}/`, { waitUntil: 'commit' });
    await page.locator('[data-task]').first().waitFor();
    times.push((performance.now() - startMs) / 1000);
  }
  await context.close();
  const seconds = median(times);
  return { case: 'window: usable after opening, 10,000 tasks', seconds: round(seconds), target: '<= 1.5 s', isMet: seconds <= 1.5, worst: round(Math.max(...times)), requestsElsewhere: strangers.length };
}

/** Gaps between frames while the wheel turns through the list. */
async function scroll(page: Page): Promise<object> {
  const box = await page.getByRole('grid').boundingBox();
  await page.mouse.move((box?.x ?? 0) + 300, (box?.y ?? 0) + 300);
  const frames = page.evaluate((durationMs) => new Promise<number[]>((resolve) => {
    const gaps: number[] = [];
    let last = performance.now();
    const end = last + durationMs;
    const frame = (): void => {
      const now = performance.now();
      gaps.push(now - last);
      last = now;
      if (now < end) requestAnimationFrame(frame);
      else resolve(gaps);
    };
    requestAnimationFrame(frame);
  }), SCROLL_MS);
  for (const endMs = performance.now() + SCROLL_MS; performance.now() < endMs; await wait(16)) await page.mouse.wheel(0, 400);
  const gaps = await frames;
  return { case: 'window: frames while scrolling 100,000 tasks', p50Ms: round(quantile(gaps, 0.5)), p95Ms: round(quantile(gaps, 0.95)), worstMs: round(Math.max(...gaps)), frames: gaps.length, target: 'p95 <= 50 ms', isMet: quantile(gaps, 0.95) <= 50 };
}

/** Processor time of the page's process while nobody does anything. */
async function idle(browser: Browser, page: Page): Promise<object> {
  const session = await browser.newBrowserCDPSession();
  const info = z.object({ processInfo: z.array(z.object({ type: z.string(), id: z.int(), cpuTime: z.number() })) });
  const rendererSeconds = async (): Promise<number> => Math.max(...info.parse(await session.send('SystemInfo.getProcessInfo')).processInfo.filter(({ type }) => type === 'renderer').map(({ cpuTime }) => cpuTime));
  await page.mouse.move(2, 2);
  await wait(REST_MS);
  const before = await rendererSeconds();
  await wait(IDLE_MS);
  const share = (100 * (await rendererSeconds() - before) * 1000) / IDLE_MS;
  return { case: 'window: idle, 10,000 tasks', percentOfACore: round(share), target: '<= 0.5 %', isMet: share <= 0.5 };
}

/** From the click to the first frame that shows the selection, while four conversions report their progress. */
async function clicks(browser: Browser, server: Server): Promise<object> {
  const client = await connectLocal({ dataDir: join(server.dir, 'data') });
  if (client === null) throw new Error('The server does not answer.');
  const film = join(server.dir, 'film.mp4');
  await runTool({ path: process.env['LONGHAUL_FFMPEG'] ?? '/usr/bin/ffmpeg', args: ['-v', 'error', '-y', '-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=30:duration=300', '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '60', film], signal: new AbortController().signal });
  await client.api.setSetting({ name: 'queue.media', value: '4' });
  await client.api.addTasks({ tasks: Array.from({ length: 4 }, () => ({ input: film, recipe: 'webm-vp9', priority: 10, outputDir: join(server.dir, 'out') })) });
  await client.api.setSetting({ name: 'hold', value: 'none' });
  const page = await open(browser, server);
  await page.locator('[role="row"][data-status="running"]').nth(3).waitFor();
  const times = await clickTimes(page);
  const running = await page.locator('[role="row"][data-status="running"]').count();
  client.close();
  return { case: 'window: click to visible effect, 4 tasks reporting', p50Ms: round(quantile(times, 0.5)), p95Ms: round(quantile(times, 0.95)), clicks: times.length, running, target: 'p95 <= 50 ms', isMet: quantile(times, 0.95) <= 50 };
}

/** The page itself notes when the click arrived and when the frame with its effect was drawn. */
async function clickTimes(page: Page): Promise<number[]> {
  await page.evaluate(() => {
    const times: number[] = [];
    Object.assign(window, { clickTimes: times });
    addEventListener('click', () => {
      const startMs = performance.now();
      const seen = new MutationObserver(() => {
        seen.disconnect();
        requestAnimationFrame(() => setTimeout(() => times.push(performance.now() - startMs)));
      });
      seen.observe(document.body, { subtree: true, attributes: true, attributeFilter: ['aria-selected'] });
    }, true);
  });
  const rows = page.locator('[data-waiting="true"]');
  for (let n = 0; n < CLICKS; n += 1) {
    await rows.nth(n % 2 === 0 ? 1 : 3).click();
    await wait(100);
  }
  const times: unknown = await page.evaluate<unknown>('clickTimes');
  return z.array(z.number()).parse(times);
}

/** Everything that the first page loads, and everything there is, as gzip sends it. */
function bundle(): object {
  const dir = join(rootDir, 'out/renderer/assets');
  const files = readdirSync(dir).filter((name) => /\.(js|css)$/.test(name));
  const bytes = files.reduce((sum, name) => sum + gzipSync(readFileSync(join(dir, name))).length, 0);
  return { case: 'window: bundle', kilobytesGzipped: Math.round(bytes / 1000), files: files.length, target: '<= 500 KB', isMet: bytes <= 500_000 };
}

function quantile(values: readonly number[], at: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * at))] ?? Number.NaN;
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
