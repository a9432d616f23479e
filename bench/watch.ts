/** A watched folder with ten thousand files: how long until each is a stored task, and how long the engine's thread ever stands still meanwhile. */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createEngine, type Engine } from '../src/main/engine/index.ts';
import type { Print } from './print.ts';
import { withFolder } from './store-folder.ts';

const execute = promisify(execFile);
const FILES = 10_000;
const SETTLE_SECONDS = 2;
const DEADLINE_MS = 300_000;
/** Writes files that begin as an MPEG program stream does, a hundred to a folder or all into one. */
const WRITER = `const { mkdirSync, writeFileSync } = require('node:fs');
const [dir, count, perFolder] = process.argv.slice(1);
for (let at = 0; at < Number(count); at += 1) {
  const folder = dir + '/' + Math.floor(at / Number(perFolder));
  if (at % Number(perFolder) === 0) mkdirSync(folder, { recursive: true });
  writeFileSync(folder + '/' + at + '.mpg', Buffer.concat([Buffer.from([0, 0, 1, 0xba]), Buffer.from('film ' + at)]));
}`;

/** One line each: files that are there before, in folders or in one, and files that come meanwhile. */
export async function runWatchBench(print: Print): Promise<void> {
  for (const [name, perFolder, isThere] of [['there before, 100 to a folder', 100, true], ['there before, all in one folder', FILES, true], ['written meanwhile', 100, false]] as const) {
    await withFolder(async (dir) => print({ case: `watch: ${FILES} files, ${name}`, ...(await measure(dir, perFolder, isThere)) }));
  }
}

async function measure(dir: string, perFolder: number, isThere: boolean): Promise<object> {
  const texts = { en: 'Nothing.', zh: '无。' };
  for (const name of ['recipes', 'in']) await mkdir(join(dir, name));
  await writeFile(join(dir, 'recipes', 'noop.json'), JSON.stringify({ name: 'noop', type: 'video_thumbnail', version: 1, purpose: 'other', title: texts, description: texts, options: {} }));
  const tools = { ffmpegPath: '/none', ffprobePath: '/none', whisperCliPath: null, libreOfficePath: null, bundledModelsDir: '/none', modelsDir: '/none' };
  const engine = await createEngine({ dataDir: join(dir, 'data'), codeDir: join(import.meta.dirname, 'noop'), recipesDir: join(dir, 'recipes'), work: { tools } });
  try {
    // What is measured is the taking, not what workers do meanwhile.
    await engine.api.setSetting({ name: 'hold', value: 'afterCurrent' });
    const write = (): Promise<unknown> => execute(process.execPath, ['-e', WRITER, join(dir, 'in'), String(FILES), String(perFolder)]);
    if (isThere) await write();
    else await addRule(engine, dir);
    const before = process.memoryUsage().rss;
    const delays = monitorEventLoopDelay({ resolution: 1 });
    delays.enable();
    const [startMs, used] = [performance.now(), process.cpuUsage()];
    if (isThere) await addRule(engine, dir);
    else await write();
    const writtenMs = performance.now() - startMs;
    await untilTaken(engine);
    const tookMs = performance.now() - startMs;
    delays.disable();
    const { user, system } = process.cpuUsage(used);
    // The timer's own millisecond is no delay.
    const ms = (nanoseconds: number): number => Math.max(0, Math.round(nanoseconds / 1e4 - 100) / 100);
    return {
      seconds: Math.round(tookMs / 10) / 100, ...(isThere ? {} : { writingSeconds: Math.round(writtenMs / 10) / 100 }), ofWhichStandingStill: SETTLE_SECONDS,
      stallP50Ms: ms(delays.percentile(50)), stallP99Ms: ms(delays.percentile(99)), stallMaxMs: ms(delays.max), processorSeconds: Math.round((user + system) / 1e4) / 100,
      memoryMb: Math.round((process.memoryUsage().rss - before) / 1e6), tasks: (await engine.api.listTasks({ type: ['video_thumbnail'], limit: 1 })).total,
    };
  } finally {
    await engine.close();
  }
}

async function addRule(engine: Engine, dir: string): Promise<void> {
  await engine.api.addWatchRule({ name: 'films', folder: join(dir, 'in'), recipe: 'noop', settleSeconds: SETTLE_SECONDS, output: { place: 'folder', path: join(dir, 'out') } });
}

async function untilTaken(engine: Engine): Promise<void> {
  for (const end = performance.now() + DEADLINE_MS; performance.now() < end; await wait(100)) {
    const [rule] = (await engine.api.listWatchRules({})).rules;
    if (rule !== undefined && rule.state.taken >= FILES) return;
  }
  throw new Error('The files were not taken.');
}
