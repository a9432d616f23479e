import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EngineEvent, ModelList } from '../../../shared/contract.ts';
import { transcribeOptions } from '../../../shared/options.ts';
import { resolveSettings, type SettingName } from '../../../shared/settings.ts';
import { systemClock, type Clock } from '../clock.ts';
import { BUNDLED_MODEL, damagedCopy, VOCABULARY_COUNT_AT } from '../media/test-models.ts';
import { add, endOf, openTestStore, OWNER, T0 } from '../store/test-store.ts';
import type { Store } from '../store/store.ts';
import { ManualClock } from '../test-clock.ts';
import { createModelVerbs } from './models.ts';

const MODEL = readFileSync(BUNDLED_MODEL);
const SUM = createHash('sha256').update(MODEL).digest('hex');
const FILE = 'ggml-tiny.en.bin';

let server: Server;
let url = '';
let home = '';
let modelsDir = '';
let store: Store;
let ranges: (string | undefined)[] = [];
let answer: (from: number, response: ServerResponse) => void = () => undefined;
let chosen: Partial<Record<SettingName, string>> = {};
/** What tests wait on: called with each event. */
let onEvent: () => void = () => undefined;
let events: EngineEvent[] = [];
let closers: (() => Promise<void>)[] = [];

beforeEach(async () => {
  [ranges, events, closers, chosen, onEvent] = [[], [], [], {}, () => undefined];
  home = mkdtempSync(join(tmpdir(), 'longhaul-models-'));
  modelsDir = join(home, 'models');
  mkdirSync(modelsDir);
  store = await openTestStore();
  server = createServer((request: IncomingMessage, response) => {
    ranges.push(request.headers.range);
    answer(Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0), response);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
});
afterEach(async () => {
  for (const close of closers) await close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(home, { recursive: true, force: true });
});

/** As an engine makes them; a second one is the next start. */
function start(clock: Clock = systemClock) {
  const { verbs, close } = createModelVerbs(
    {
      clock, store, settings: () => resolveSettings(chosen), tools: null, dataDir: home,
      onSetting: (name, value) => void (value === null ? delete chosen[name] : (chosen[name] = value)),
      events: { emit: (event) => { events.push(event); onEvent(); } },
    },
    { env: { LONGHAUL_MODELS_URL: url }, platform: 'linux', homeDir: home, modelsDir, bundledModelsDir: join(home, 'bundled') },
  );
  closers.push(close);
  return { ...verbs, close };
}

/** Sends the rest of the model; stops after so many bytes and leaves the line open. */
function send(from: number, response: ServerResponse, bytes = MODEL.length): void {
  response.writeHead(from > 0 ? 206 : 200, { etag: `"${SUM}"`, 'content-length': MODEL.length - from, ...(from > 0 ? { 'content-range': `bytes ${from}-${MODEL.length - 1}/${MODEL.length}` } : {}) });
  if (from + bytes >= MODEL.length) response.end(MODEL.subarray(from));
  else response.write(MODEL.subarray(from, from + bytes));
}

/** Settles when the entry is as wanted; looks again with every event. */
async function until(list: () => Promise<ModelList>, isSo: (entry: ModelList['catalogue'][number]) => boolean): Promise<ModelList['catalogue'][number]> {
  for (;;) {
    const { promise, resolve } = Promise.withResolvers<void>();
    onEvent = resolve;
    const entry = (await list()).catalogue.find(({ name }) => name === 'tiny.en');
    if (entry !== undefined && isSo(entry)) return entry;
    await promise;
  }
}

describe('a download', () => {
  it('runs in the background, tells how far it is, and ends with a model that can be used', async () => {
    answer = send;
    const { listModels, downloadModel } = start();
    expect(await downloadModel({ name: 'tiny.en' })).toEqual({});
    expect(await until(() => listModels({}), ({ isPresent }) => isPresent)).toEqual({ name: 'tiny.en', sizeBytes: MODEL.length, isMultilingual: false, isPresent: true, downloadedBytes: null, isDownloading: false, problem: null });
    const { models, chosen: used } = await listModels({});
    expect(models).toEqual([{ name: 'tiny.en', path: join(modelsDir, FILE), sizeBytes: MODEL.length, from: 'Longhaul', isMultilingual: false, isOwn: true, problem: null, speed: null }]);
    expect(used).toBe('tiny.en');
    await downloadModel({ name: 'tiny.en' });
    expect(ranges).toHaveLength(1);
  });

  it('that is cancelled keeps what came and goes on from there', async () => {
    answer = (from, response) => send(from, response, 10_000_000);
    const { listModels, downloadModel, cancelModelDownload } = start();
    await downloadModel({ name: 'tiny.en' });
    await until(() => listModels({}), ({ downloadedBytes }) => downloadedBytes === 10_000_000);
    await downloadModel({ name: 'tiny.en' });
    await cancelModelDownload({ name: 'tiny.en' });
    expect(await until(() => listModels({}), () => true)).toMatchObject({ isDownloading: false, downloadedBytes: 10_000_000, problem: null });
    answer = send;
    await downloadModel({ name: 'tiny.en' });
    await until(() => listModels({}), ({ isPresent }) => isPresent);
    expect(ranges).toEqual([undefined, 'bytes=10000000-']);
    expect(readFileSync(join(modelsDir, FILE)).equals(MODEL)).toBe(true);
  });

  it('ends with the engine, and the next start goes on from what came', async () => {
    answer = (from, response) => send(from, response, 10_000_000);
    const first = start();
    await first.downloadModel({ name: 'tiny.en' });
    await until(() => first.listModels({}), ({ downloadedBytes }) => downloadedBytes === 10_000_000);
    await first.close();
    await first.downloadModel({ name: 'tiny.en' });
    expect(ranges).toHaveLength(1);
    answer = send;
    const second = start();
    expect(await until(() => second.listModels({}), () => true)).toMatchObject({ isDownloading: false, downloadedBytes: 10_000_000 });
    await second.downloadModel({ name: 'tiny.en' });
    await until(() => second.listModels({}), ({ isPresent }) => isPresent);
    expect(ranges.at(-1)).toBe('bytes=10000000-');
  });

  it('that fails says why until it is tried again', async () => {
    answer = (_, response) => void response.writeHead(503).end();
    const { listModels, downloadModel } = start();
    await downloadModel({ name: 'tiny.en' });
    expect(await until(() => listModels({}), ({ problem }) => problem !== null)).toMatchObject({ isDownloading: false, problem: { code: 'DOWNLOAD_FAILED', message: expect.stringContaining('503') } });
    answer = send;
    await downloadModel({ name: 'tiny.en' });
    await until(() => listModels({}), ({ isPresent, problem }) => isPresent && problem === null);
  });

  it('of an unknown name is refused with the nearest ones', async () => {
    await expect(start().downloadModel({ name: 'tinny.en' })).rejects.toMatchObject({ code: 'OPTION_INVALID', message: expect.stringContaining('tiny.en') });
    await expect(start().downloadModel({ name: '../../etc' })).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  });

  it('tells at most four times a second, and of the last change', async () => {
    answer = send;
    const clock = new ManualClock();
    const { downloadModel, close } = start(clock);
    await downloadModel({ name: 'tiny.en' });
    await expect.poll(() => existsSync(join(modelsDir, FILE))).toBe(true);
    await close();
    expect(events).toEqual([{ kind: 'models' }]);
    const later = start(clock);
    await later.removeModel({ name: 'tiny.en' });
    await later.downloadModel({ name: 'tiny.en' });
    expect(events).toHaveLength(2);
    clock.advance(249);
    expect(events).toHaveLength(2);
    clock.advance(1);
    expect(events).toHaveLength(3);
    clock.advance(10_000);
    expect(events.length).toBeLessThanOrEqual(4);
  });
});

describe('listModels', () => {
  it('shows what is damaged in Longhaul\'s folder, and why, and chooses something else', async () => {
    mkdirSync(join(home, 'bundled'));
    copyFileSync(BUNDLED_MODEL, join(home, 'bundled', 'ggml-tiny.en-q8_0.bin'));
    damagedCopy(join(modelsDir, 'ggml-base.en.bin'), VOCABULARY_COUNT_AT, 7);
    writeFileSync(join(modelsDir, 'ggml-small.bin'), '<html>Please sign in</html>');
    const { models, chosen: used, catalogue } = await start().listModels({});
    expect(models.map(({ name, from, isOwn, problem }) => [name, from, isOwn, problem !== null])).toEqual([['base.en', 'Longhaul', true, true], ['tiny.en-q8_0', 'bundled', false, false], ['small', 'Longhaul', true, true]]);
    expect(models[0]?.problem).toContain('vocabulary');
    expect(used).toBe('tiny.en-q8_0');
    expect(catalogue.filter(({ isPresent }) => isPresent)).toEqual([]);
    chosen = { model: 'large-v3' };
    expect((await start().listModels({})).chosen).toBeNull();
  });

  it('tells the speed of each model by the transcriptions that were done in one go', async () => {
    const transcribed = async (model: string, mediaSeconds: number, seconds: number, attempts = 1): Promise<void> => {
      const id = await add(store, { type: 'transcribe', recipe: 'transcript', queue: 'speech', options: transcribeOptions.parse({}) });
      for (let attempt = 1; attempt <= attempts; attempt += 1) {
        const [claimed] = await store.claim({ queue: 'speech', limit: 1, leaseOwner: OWNER, leaseUntil: T0 + 60_000, now: T0 });
        if (claimed === undefined) throw new Error('There was nothing to claim.');
        const end = { ...endOf(claimed), durationMs: seconds * 1000 };
        if (attempt < attempts) {
          await store.release({ ...end, reason: 'interrupted' });
          continue;
        }
        await store.saveEstimate(id, { seconds: 1, memoryBytes: 1, tempBytes: 1, mediaSeconds }, T0);
        await store.saveDocument({ ...end, document: { language: 'en', model, durationMs: mediaSeconds * 1000, segments: [] } });
        await store.complete({ ...end, outputs: [], message: 'done', pace: null });
      }
    };
    await transcribed('tiny.en-q8_0', 1000, 50);
    await transcribed('tiny.en-q8_0', 200, 10);
    await transcribed('tiny.en-q8_0', 100, 1000, 2);
    await transcribed('large-v3', 100, 200);
    mkdirSync(join(home, 'bundled'));
    copyFileSync(BUNDLED_MODEL, join(home, 'bundled', 'ggml-tiny.en-q8_0.bin'));
    copyFileSync(BUNDLED_MODEL, join(modelsDir, 'ggml-base.en.bin'));
    const { models } = await start().listModels({});
    expect(models.map(({ name, speed }) => [name, speed])).toEqual([['base.en', null], ['tiny.en-q8_0', 20]]);
  });
});

describe('removeModel', () => {
  it('deletes it, and a choice that named it goes back to the best one there is', async () => {
    copyFileSync(BUNDLED_MODEL, join(modelsDir, FILE));
    chosen = { model: 'tiny.en' };
    const { removeModel, listModels } = start();
    await removeModel({ name: 'tiny.en' });
    expect(existsSync(join(modelsDir, FILE))).toBe(false);
    expect(chosen).toEqual({});
    expect(events).toEqual([{ kind: 'models' }]);
    expect((await listModels({})).models).toEqual([]);
  });

  it('stops its download and deletes what came', async () => {
    answer = (from, response) => send(from, response, 10_000_000);
    const { listModels, downloadModel, removeModel } = start();
    await downloadModel({ name: 'tiny.en' });
    await until(() => listModels({}), ({ downloadedBytes }) => downloadedBytes === 10_000_000);
    expect(statSync(join(modelsDir, `${FILE}.part`)).size).toBe(10_000_000);
    await removeModel({ name: 'tiny.en' });
    expect(await until(() => listModels({}), () => true)).toMatchObject({ isDownloading: false, downloadedBytes: null });
    expect(existsSync(join(modelsDir, `${FILE}.part`))).toBe(false);
  });

  it('leaves other programs their files', async () => {
    mkdirSync(join(home, 'whisper-models'));
    const path = join(home, 'whisper-models', FILE);
    copyFileSync(BUNDLED_MODEL, path);
    await expect(start().removeModel({ name: 'tiny.en' })).rejects.toMatchObject({ code: 'MODEL_MISSING', message: expect.stringContaining(path) });
    await expect(start().removeModel({ name: '../tiny.en' })).rejects.toMatchObject({ code: 'MODEL_MISSING' });
    expect(existsSync(path)).toBe(true);
  });
});
