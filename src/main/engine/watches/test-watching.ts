/** An engine on a folder of its own that watches folders by the real clock: what tests of them share. */
import { mkdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import type { Task } from '../../../shared/task.ts';
import type { NewWatchRule, WatchRule } from '../../../shared/watch-contract.ts';
import { createEngine, type Engine } from '../engine.ts';
import { THREAD_PATH } from '../store/test-store.ts';

const DEADLINE_MS = 45_000;
const TEXTS = { en: 'For tests.', zh: '测试用。' };

export interface Watching {
  readonly dir: string;
  /** The watched folder. */
  readonly folder: string;
  readonly engine: Engine;
  /** Closes and opens again, as a quit and a start. */
  restart(): Promise<void>;
  /** A rule on the folder, whose files are taken after a second. */
  watch(more?: Partial<NewWatchRule>): Promise<WatchRule>;
  rule(): Promise<WatchRule>;
  tasks(): Promise<Task[]>;
  /** A file that looks like a film. */
  put(name: string, text?: string): Promise<string>;
  until(what: string, holds: () => boolean | Promise<boolean>): Promise<void>;
  /** Until nothing waits to be taken or done, and a whole look after that found nothing more. */
  untilQuiet(): Promise<void>;
}

export async function openWatching(): Promise<Watching> {
  const dir = await mkdtemp(join(tmpdir(), 'longhaul-watch-'));
  for (const name of ['code', 'recipes', 'in']) mkdirSync(join(dir, name));
  await writeFile(join(dir, 'code', 'worker.js'), `import ${JSON.stringify(join(import.meta.dirname, 'test-worker.ts'))};`);
  await writeFile(join(dir, 'code', 'store-thread.js'), `import ${JSON.stringify(THREAD_PATH)};`);
  await writeFile(join(dir, 'code', 'package.json'), '{"type":"module"}');
  for (const [name, type] of [['picture', 'video_thumbnail'], ['report', 'report']]) await writeFile(join(dir, 'recipes', `${name}.json`), JSON.stringify({ name, type, version: 1, purpose: 'other', title: TEXTS, description: TEXTS, options: {} }));
  const tools = { ffmpegPath: '/none', ffprobePath: '/none', whisperCliPath: null, libreOfficePath: null, bundledModelsDir: '/none', modelsDir: '/none' };
  const open = (): Promise<Engine> => createEngine({ dataDir: join(dir, 'data'), codeDir: join(dir, 'code'), recipesDir: join(dir, 'recipes'), work: { tools, concurrency: { media: 2 } } });
  let engine = await open();
  onTestFinished(async () => {
    await engine.close();
    await rm(dir, { recursive: true, force: true });
  });
  const folder = join(dir, 'in');
  const watching: Watching = {
    dir, folder,
    get engine() { return engine; },
    async restart() {
      await engine.close();
      engine = await open();
    },
    watch: async (more = {}) => (await engine.api.addWatchRule({ name: 'films', folder, recipe: 'picture', settleSeconds: 1, pollSeconds: 2, output: { place: 'folder', path: join(dir, 'out') }, ...more })).rule,
    async rule() {
      const [rule] = (await engine.api.listWatchRules({})).rules;
      if (rule === undefined) throw new Error('There is no rule.');
      return rule;
    },
    tasks: async () => (await engine.api.listTasks({ type: ['video_thumbnail'], limit: 1_000 })).tasks.reverse(),
    async put(name, text = name) {
      const path = join(folder, name);
      mkdirSync(dirname(path), { recursive: true });
      await writeFile(path, film(text));
      return path;
    },
    async until(what, holds) {
      for (const end = Date.now() + DEADLINE_MS; Date.now() < end; await wait(20)) if (await holds()) return;
      throw new Error(`This did not come to pass: ${what}. ${JSON.stringify((await engine.api.listWatchRules({})).rules.map(({ state }) => state))} ${JSON.stringify((await watching.tasks()).map(({ status, inputs, error }) => [status, inputs[0], error?.message]))}`);
    },
    async untilQuiet() {
      for (let looks = 0; looks < 2; looks += 1) {
        const { id, state } = await watching.rule();
        await engine.api.scanWatchRule({ id });
        await watching.until('the folder was looked at', async () => (await watching.rule()).state.lastScanAt !== state.lastScanAt);
        await watching.until('nothing is left to do', async () => {
          const { state: now } = await watching.rule();
          return now.status === 'watching' && now.waiting === 0 && now.open === 0;
        });
      }
    },
  };
  return watching;
}

/** Begins as an MPEG program stream does. */
export function film(text: string): Buffer {
  return Buffer.concat([Buffer.from([0, 0, 1, 0xba]), Buffer.from(text)]);
}
