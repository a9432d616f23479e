/**
 * What every handler has to hold to, tried through the worker's own attempt: options, bad inputs, stops at any moment, attempts that go on where the last
 * one stood, progress, and files. A new handler is a new line in CASES; without one this file fails.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { OPTION_SCHEMAS } from '../../../shared/options.ts';
import { runAttempt, type AttemptPort } from '../workers/attempt.ts';
import type { AttemptOutcome, RunOrder } from '../workers/protocol.ts';
import type { IntendedOutput } from '../store/store.ts';
import type { Handler } from './handler.ts';
import { makePdf } from './document-preview/test-pdfs.ts';
import { HANDLERS } from './index.ts';
import { phonePhoto } from './test-images.ts';
import { makeFilm } from './test-sources.ts';
import { binaryStl, sphereTriangles, writeModel } from './model-preview/test-models.ts';
import { testTools } from './test-tools.ts';
import { NEEDS_WHISPER, SAMPLE, whisperCliPath } from './transcribe/test-speech.ts';

interface Case {
  /** What it works on; null: on no file of its own. */
  readonly input: 'document' | 'model' | 'photo' | 'film' | 'speech' | null;
  readonly options: Readonly<Record<string, unknown>>;
  /** Whether two attempts give the same bytes. Encoders with several threads do not on a busy machine. */
  readonly isExact: boolean;
  /** Why it can't be run here; null: it can. */
  readonly whyNot: string | null;
}

const CASES: Readonly<Record<string, Case>> = {
  document_preview: { input: 'document', options: { what: ['pages', 'contact-sheet', 'text'], dpi: 72 }, isExact: true, whyNot: null },
  image_convert: { input: 'photo', options: { format: 'webp', longestSide: 1200, metadata: 'strip-location' }, isExact: true, whyNot: null },
  image_thumbnail: { input: 'photo', options: {}, isExact: true, whyNot: null },
  model_preview: { input: 'model', options: { what: ['still', 'sides', 'turntable', 'data'], width: 240, height: 180, cellSize: 96, turntableSize: 96, turntableFormat: 'webp', seconds: 3, framesPerSecond: 12 }, isExact: true, whyNot: null },
  transcribe: { input: 'speech', options: {}, isExact: true, whyNot: whisperCliPath === null ? NEEDS_WHISPER : null },
  video_convert: { input: 'film', options: { container: 'mp4', videoCodec: 'h264', audioCodec: 'aac', speed: 'fast' }, isExact: false, whyNot: null },
  video_preview: { input: 'film', options: { durationSeconds: 4, clips: 4 }, isExact: false, whyNot: null },
  video_thumbnail: { input: 'film', options: { layout: 'contact-sheet', columns: 2, rows: 2, width: 64 }, isExact: true, whyNot: null },
  audio_picture: { input: 'film', options: { width: 320, height: 80 }, isExact: true, whyNot: null },
  media_edit: { input: 'film', options: { action: 'remux', container: 'mkv' }, isExact: false, whyNot: null },
  report: { input: null, options: {}, isExact: true, whyNot: null },
};

/** Longer than FFmpeg takes to close a file, shorter than the engine waits before it ends the worker. */
const STOP_LIMIT_MS = 8_000;
/** Moments of a stop, in parts that were saved, and in milliseconds after them. CONFORMANCE_STOPS sets how many (`npm run faults` asks for all). */
const STOPS = [
  { parts: 1, afterMs: 40 }, { parts: 0, afterMs: 60 }, { parts: 0, afterMs: 0 }, { parts: 1, afterMs: 0 }, { parts: 2, afterMs: 10 }, { parts: 2, afterMs: 80 }, { parts: 0, afterMs: 200 }, { parts: 3, afterMs: 0 },
].slice(0, Number(process.env['CONFORMANCE_STOPS'] ?? 3));

let sources: string;
let film: string;
let pages: string;
let photo: string;
let model: string;
let dir: string;

beforeAll(async () => {
  sources = mkdtempSync(join(tmpdir(), 'longhaul-conformance-'));
  film = makeFilm(join(sources, 'film.mp4'), { seconds: 10 });
  photo = join(sources, 'photo.jpg');
  await phonePhoto(3000, 2000, 6).toFile(photo);
  model = writeModel(join(sources, 'model.stl'), binaryStl(sphereTriangles(10, 40)));
  pages = makePdf(join(sources, 'pages.pdf'), Array.from({ length: 6 }, (_, index) => ({ colour: [40 * index, 200, 90], lines: [`Page ${index + 1}`, 'some words in a row '.repeat(20)] })));
});
afterAll(() => rmSync(sources, { recursive: true, force: true }));
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'longhaul-attempts-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** One task over several attempts: what the engine and the store are to a worker. */
class Attempts implements AttemptPort {
  plan: unknown = undefined;
  readonly parts = new Map<number, string>();
  readonly saved: number[] = [];
  intent: IntendedOutput[] | null = null;
  progressed: { current: number; total: number }[] = [];
  onPart: () => void = () => undefined;
  readonly outDir = join(dir, 'out');
  readonly #handler: Handler;
  readonly #inputs: readonly string[];
  readonly #options: Readonly<Record<string, unknown>>;
  #attempt = 0;

  constructor(handler: Handler, inputs: readonly string[], options: Readonly<Record<string, unknown>>) {
    this.#handler = handler;
    this.#inputs = inputs;
    this.#options = options;
    // Made when the task is taken: see verbs/output-dirs.ts.
    mkdirSync(this.outDir, { recursive: true });
  }

  run(signal: AbortSignal = new AbortController().signal): Promise<AttemptOutcome> {
    this.#attempt += 1;
    this.progressed = [];
    const order: RunOrder = {
      kind: 'run', suffix: '', plan: this.plan, parts: [...this.parts].map(([index, part]) => ({ index, part: JSON.parse(part) })), intent: this.intent, dependencies: [], groupName: null,
      task: { id: 7, type: this.#handler.type, recipe: 'test', inputs: [...this.#inputs], outputDir: this.outDir, options: { ...OPTION_SCHEMAS[this.#handler.type].parse(this.#options) }, attempt: this.#attempt },
      tools: testTools(), workDir: join(dir, 'work'), storeId: 'c0ffee00', pace: null, heartbeatMs: 15_000,
    };
    return runAttempt(order, this.#handler, this, signal);
  }

  savePlan(plan: unknown): Promise<void> {
    this.plan = JSON.parse(JSON.stringify(plan));
    this.parts.clear();
    return Promise.resolve();
  }

  savePart(index: number, part: unknown): Promise<void> {
    this.parts.set(index, JSON.stringify(part));
    this.saved.push(index);
    this.onPart();
    return Promise.resolve();
  }

  saveIntent(outputs: readonly IntendedOutput[] | null): Promise<void> {
    this.intent = outputs === null ? null : [...outputs];
    return Promise.resolve();
  }

  saveDocument(): Promise<void> {
    return Promise.resolve();
  }

  progress(current: number, total: number): void {
    this.progressed.push({ current, total });
  }

  estimate(): void {}
  log(): void {}
  warn(): void {}

  /** What lies in the output folder, hidden files too. */
  files(): string[] {
    return readdirSync(this.outDir).sort();
  }

  contents(): Record<string, string> {
    return Object.fromEntries(this.files().map((name) => [name, createHash('sha256').update(readFileSync(join(this.outDir, name))).digest('hex')]));
  }
}

it('every handler is here', () => {
  expect(Object.keys(CASES).sort()).toEqual([...HANDLERS.keys()].sort());
});

describe.each([...HANDLERS.values()])('the handler of $type', (handler) => {
  const { input, options, isExact, whyNot } = CASES[handler.type] ?? { input: null, options: {}, isExact: false, whyNot: 'it has no line in CASES' };
  const inputs = (): string[] => (input === null ? [] : [{ document: pages, model, photo, film, speech: SAMPLE }[input]]);
  const attempts = (): Attempts => new Attempts(handler, inputs(), options);

  it('completes options that name little, and refuses names that it does not know', () => {
    const whole = handler.options.parse(options);
    expect(handler.options.parse(whole)).toEqual(whole);
    expect(whole).toMatchObject({ overwrite: false });
    expect(handler.options.safeParse({ ...options, nonsense: 1 }).success).toBe(false);
  });

  it.skipIf(input === null).each(['empty', 'missing', 'text in disguise', 'cut short'])('says of an input that is %s what is wrong with which file and what to do', async (fault) => {
    const path = join(dir, 'holiday.mp4');
    if (fault === 'empty') writeFileSync(path, '');
    if (fault === 'text in disguise') writeFileSync(path, 'This was never a film.\n'.repeat(500));
    if (fault === 'cut short') writeFileSync(path, readFileSync(inputs()[0] ?? '').subarray(0, 2_000));
    const task = new Attempts(handler, [path], options);
    const outcome = await task.run();
    if (outcome.kind !== 'failed') throw new Error(`It is ${outcome.kind}.`);
    expect(outcome.error.code).toMatch(/^INPUT_/);
    expect(outcome.error.message).toContain('holiday.mp4');
    expect(outcome.error.message).toMatch(/[.;] ?(the rest|[A-Z][a-z]+) .*\.$/);
    expect(outcome.error.retryable).toBe(false);
    expect(fault === 'empty' || fault === 'missing' ? [] : task.files()).toEqual([]);
  });

  describe.skipIf(whyNot !== null)(`at work${whyNot === null ? '' : ` ${whyNot}`}`, () => {
    it('gives outputs that its own check takes and whose hash is right, and leaves nothing else; its progress never goes back', async () => {
      const task = attempts();
      const outcome = await task.run();
      if (outcome.kind !== 'completed') throw new Error(JSON.stringify(outcome));
      expect(outcome.outputs.length).toBeGreaterThan(0);
      expect(task.contents()).toEqual(Object.fromEntries(outcome.outputs.map(({ path, sha256 }) => [basename(path), sha256])));
      expectForward(task.progressed);
    }, 120_000);

    it('never writes over what is there', async () => {
      const task = attempts();
      const first = await task.run();
      const again = new Attempts(handler, inputs(), options);
      const second = await again.run();
      if (first.kind !== 'completed' || second.kind !== 'completed') throw new Error(JSON.stringify([first, second]));
      for (const { path, sha256 } of first.outputs) expect(createHash('sha256').update(readFileSync(path)).digest('hex')).toBe(sha256);
      const paths = [...first.outputs, ...second.outputs].map(({ path }) => path);
      expect(new Set(paths).size).toBe(paths.length);
    }, 180_000);

    it.each(STOPS)('stops within seconds after $parts parts and $afterMs ms, leaves no draft, and goes on to the same outputs', async ({ parts, afterMs }) => {
      const reference = attempts();
      await reference.run();
      const whole = reference.contents();
      rmSync(reference.outDir, { recursive: true });
      rmSync(join(dir, 'work'), { recursive: true, force: true });
      const task = attempts();
      const stop = new AbortController();
      let stoppedMs = Infinity;
      const fire = (): void => void wait(afterMs).then(() => {
        stoppedMs = performance.now();
        stop.abort();
      });
      task.onPart = () => {
        if (task.saved.length === parts) fire();
      };
      if (parts === 0) fire();
      const outcome = await task.run(stop.signal);
      if (outcome.kind === 'stopped') {
        expect(performance.now() - stoppedMs).toBeLessThan(STOP_LIMIT_MS);
        expect(task.files()).toEqual([]);
      } else expect(outcome.kind).toBe('completed');
      task.onPart = () => undefined;
      const before = [...task.saved];
      if (outcome.kind === 'stopped') expect(await task.run()).toMatchObject({ kind: 'completed' });
      // A part that was saved is not made again.
      expect(task.saved.slice(before.length).filter((index) => before.includes(index))).toEqual([]);
      expect(Object.keys(task.contents())).toEqual(Object.keys(whole));
      if (isExact) expect(task.contents()).toEqual(whole);
    }, 240_000);
  });
});

/** Within a stretch of the same total; 100 at most. */
function expectForward(progressed: readonly { current: number; total: number }[]): void {
  let share = 0;
  for (const { current, total } of progressed) {
    if (total === 0) continue;
    expect(current / total, JSON.stringify(progressed)).toBeLessThanOrEqual(1);
    expect(current / total, JSON.stringify(progressed)).toBeGreaterThanOrEqual(share);
    share = current / total;
  }
}
