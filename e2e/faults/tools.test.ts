/**
 * Tools and workers that are killed, crash, stop, eat memory or say that all went well, tasks that take their worker down each time, and many tasks that
 * fail together. FFmpeg is the real one, behind a script that is broken at first: it is the fault.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { processesNaming } from '../support/processes.ts';
import { ffmpegPath, ffprobePath } from '../support/tools.ts';
import { makeNumberedVideo } from './sources.ts';
import { finish } from './support/finish.ts';
import { countOf, randomFrom, SEED } from './support/random.ts';
import { report } from './support/report.ts';
import { bundle, Rig, until, untilIdle } from './support/rig.ts';
import { readLedger } from './support/verdict.ts';

const TOOL_KILLS = countOf('TOOL_KILLS', 2);
const STORM_TASKS = countOf('RETRY_STORM_TASKS', 40);
/** Pauses before a retry are five seconds and more. */
const SPEED = 5;
/** Of the film that is converted, and its rate (sources.ts). */
const SECONDS = 4;
const FRAME_RATE = 30;
const resources = join(import.meta.dirname, '../../resources');

let code: Awaited<ReturnType<typeof bundle>>;

beforeAll(async () => {
  code = await bundle();
});
afterAll(() => code.remove());

const HALF = 'for last; do :; done; "$REAL" "$@" || exit 1; path="${last#file:}"; size=$(wc -c < "$path"); head -c $((size / 2)) "$path" > "$path.half"; mv "$path.half" "$path"; exit 0';

/** What the script in FFmpeg's place does when its arguments after -progress have `encoder` in them for the first time, in the words of /bin/sh; `$@` is what FFmpeg was to do. */
const BROKEN: Readonly<Record<string, { readonly encoder: string; readonly words: string }>> = {
  'crashes with a segmentation fault': { encoder: 'libx264', words: 'kill -SEGV $$' },
  'is killed for the memory that it took': { encoder: 'libx264', words: 'kill -KILL $$' },
  'ends with an error and no word': { encoder: 'libx264', words: 'exit 1' },
  'ends well and has written nothing': { encoder: 'libx264', words: 'exit 0' },
  'ends well and has written half of the picture': { encoder: 'libx264', words: HALF },
  'ends well and has written half of the sound': { encoder: '/audio', words: HALF },
  'stands still': { encoder: 'libx264', words: 'kill -STOP $$' },
};
const STANDS_STILL = 'stands still';

/** A script in FFmpeg's place, broken once, and the real one from then on. */
function breakFfmpeg(dir: string, how: string): { path: string; hasBroken(): boolean } {
  const path = join(dir, 'ffmpeg');
  const marker = join(dir, 'has-broken');
  const { encoder, words } = BROKEN[how] ?? { encoder: '', words: '' };
  writeFileSync(path, `#!/bin/sh\nREAL='${ffmpegPath}'\ncase "$*" in *-progress*${encoder}*)\n  if mkdir '${marker}' 2>/dev/null; then ${words}; fi;;\nesac\nexec "$REAL" "$@"\n`);
  chmodSync(path, 0o755);
  return { path, hasBroken: () => existsSync(marker) };
}

function toolsWith(ffmpeg: string) {
  return { ffmpegPath: ffmpeg, ffprobePath, whisperCliPath: null, libreOfficePath: null, bundledModelsDir: join(resources, 'models'), modelsDir: dirname(ffmpeg) };
}

describe.skipIf(process.platform === 'win32')('an FFmpeg (a script plays it at first; not on Windows)', () => {
  it.each(Object.keys(BROKEN).filter((how) => how !== STANDS_STILL))('that %s is noticed, and the result is whole', async (how) => {
    const dir = scratch();
    const fake = breakFfmpeg(dir.path, how);
    const rig = new Rig({ code: code.real, speed: SPEED, tools: toolsWith(fake.path) });
    try {
      const video = await makeNumberedVideo(rig.dir, SECONDS);
      const engine = await rig.start().opened();
      const { api } = await engine.client();
      const { tasks: [task] } = await api.addTasks({ tasks: [{ input: video, recipe: 'mp4-h264', outputDir: rig.outDir }] });
      const startedAt = performance.now();
      await untilIdle(api);
      const done = await api.getTask({ id: task?.id ?? 0 });
      const names = readdirSync(rig.outDir);
      await engine.close();
      expect(fake.hasBroken()).toBe(true);
      report('tools', `an FFmpeg that ${how}`, {
        runs: 1, lost: done.status === 'completed' ? 0 : 1, doubled: Math.max(0, names.filter((name) => !name.startsWith('.')).length - 1), overlapping: null,
        halfWritten: names.filter((name) => name.startsWith('.') || !isWhole(join(rig.outDir, name))).length, recoveryMs: [performance.now() - startedAt], note: `${done.attempt} attempts; ${done.error?.message ?? done.lastError?.message ?? ''}`.replaceAll(rig.dir, '…'),
      });
    } finally {
      await rig.leave();
      dir.remove();
    }
  }, 120_000);

  it(`that is killed at ${TOOL_KILLS} random moments is started again, and the conversion has every frame`, async () => {
    const rig = new Rig({ code: code.real, speed: SPEED, tools: toolsWith(ffmpegPath) });
    const random = randomFrom(SEED);
    let kills = 0;
    let failures = 0;
    const sum = { lost: 0, doubled: 0, halfWritten: 0 };
    try {
      const video = await makeNumberedVideo(rig.dir, 8);
      const engine = await rig.start().opened();
      const { api } = await engine.client();
      // Some end before they are hit; not all of them may.
      for (let round = 0; kills < TOOL_KILLS; round += 1) {
        expect(round).toBeLessThan(3 * TOOL_KILLS + 3);
        const { tasks: [task] } = await api.addTasks({ tasks: [{ input: video, recipe: 'mp4-h264', outputDir: join(rig.outDir, String(round)) }] });
        // Two of the three retries that it has.
        for (let tries = 0; tries < 2 && kills < TOOL_KILLS; tries += 1) {
          const at = performance.now() + 600 * random();
          await until('FFmpeg is killed, or done', async () => {
            if (performance.now() < at) return false;
            const running = (await processesNaming(video)).filter(({ command }) => command.startsWith(`${ffmpegPath} `));
            for (const { pid } of running) process.kill(pid, 'SIGKILL');
            kills += running.length > 0 ? 1 : 0;
            return running.length > 0 || (await api.getStatus({})).isIdle;
          });
          await until('it goes on', async () => (await api.getTask({ id: task?.id ?? 0 })).status !== 'retrying');
        }
        await untilIdle(api);
        const done = await api.getTask({ id: task?.id ?? 0 });
        failures += done.failures;
        const names = readdirSync(join(rig.outDir, String(round)));
        sum.lost += done.status === 'completed' ? 0 : 1;
        sum.doubled += Math.max(0, names.filter((name) => !name.startsWith('.')).length - 1);
        sum.halfWritten += names.filter((name) => name.startsWith('.')).length;
      }
      await engine.close();
      report('kills', 'FFmpeg at random moments', { runs: kills, ...sum, overlapping: null, redone: failures, note: 'redone: segments' });
    } finally {
      await rig.leave();
    }
  }, 900_000);

  it('that stands still is ended with its task when the user cancels it, and the task can be done later', async () => {
    const dir = scratch();
    const fake = breakFfmpeg(dir.path, STANDS_STILL);
    const rig = new Rig({ code: code.real, speed: SPEED, tools: toolsWith(fake.path) });
    try {
      const video = await makeNumberedVideo(rig.dir, 4);
      const engine = await rig.start().opened();
      const { api } = await engine.client();
      const { tasks: [task] } = await api.addTasks({ tasks: [{ input: video, recipe: 'mp4-h264', outputDir: rig.outDir }] });
      const id = task?.id ?? 0;
      await until('FFmpeg stands still', () => fake.hasBroken());
      const cancelledAt = performance.now();
      await api.cancelTasks({ ids: [id] });
      await until('the task is cancelled', async () => (await api.getTask({ id })).status === 'cancelled', 20_000);
      const tookMs = performance.now() - cancelledAt;
      await until('FFmpeg is gone', async () => (await processesNaming(fake.path)).every(({ pid }) => pid === engine.pid), 20_000);
      const halfWritten = readdirSync(rig.outDir).length;
      await api.retryTasks({ ids: [id] });
      await untilIdle(api);
      const done = await api.getTask({ id });
      await engine.close();
      report('tools', 'an FFmpeg that stands still, cancelled', { runs: 1, lost: done.status === 'completed' ? 0 : 1, doubled: null, overlapping: null, halfWritten, recoveryMs: [tookMs] });
    } finally {
      await rig.leave();
      dir.remove();
    }
  }, 120_000);
});

describe('a worker', () => {
  it.each(['crash', 'segfault', 'eat memory', 'throw'] as const)('that ends by `%s` in every attempt makes its task a dead letter after three, and no other', async (way) => {
    const rig = new Rig({ code: code.scripted, env: { NODE_OPTIONS: '--max-old-space-size=96' } });
    try {
      const engine = await rig.start().opened();
      const { api } = await engine.client();
      const [poison] = await rig.add(api, 1, { endings: { '*': way } });
      await rig.add(api, 4, { partMs: 5 });
      // Once is an accident.
      await rig.add(api, 2, { partMs: 5, endings: { 1: way } });
      await untilIdle(api);
      const task = await api.getTask({ id: poison?.id ?? 0 });
      expect(task).toMatchObject({ status: 'failed', attempt: 3, workerLosses: 3, error: { code: 'POISON' } });
      await rig.stop();
      await finish(rig, { part: 'tools', test: `a worker that ends by ${way}`, runs: 5, isExpectedToFail: ({ id }) => id === poison?.id });
    } finally {
      await rig.leave();
    }
  }, 120_000);

  it(`whose ${STORM_TASKS} tasks all fail twice together does each again, spread, and never more at a time than it may`, async () => {
    const rig = new Rig({ code: code.scripted, speed: SPEED, concurrency: 3 });
    try {
      const engine = await rig.start().opened();
      const { api } = await engine.client();
      const tasks = await rig.add(api, STORM_TASKS, { partMs: 2, parts: 2, endings: { 1: 'fail', 2: 'fail' } });
      let most = 0;
      await until('all are done', async () => {
        const status = await api.getStatus({});
        most = Math.max(most, status.counts.running);
        return status.isIdle;
      });
      // One of each worker may be claimed ahead.
      expect(most).toBeLessThanOrEqual(2 * 3);
      for (const task of tasks) expect(readLedger(task).at(-1)?.attempt).toBe(3);
      await rig.stop();
      await finish(rig, { part: 'tools', test: 'a storm of retries', runs: STORM_TASKS });
    } finally {
      await rig.leave();
    }
  }, 120_000);
});

/** Every frame, and sound to the end. */
function isWhole(path: string): boolean {
  const count = (stream: string): number[] => execFileSync(ffprobePath, ['-v', 'error', '-select_streams', stream, '-count_packets', '-show_entries', 'stream=nb_read_packets,duration', '-of', 'csv=p=0', path], { encoding: 'utf8' }).trim().split(',').map(Number);
  const [, frames = 0] = count('v:0');
  const [soundSeconds = 0] = count('a:0');
  return frames === SECONDS * FRAME_RATE && Math.abs(soundSeconds - SECONDS) < 0.1;
}

/** A folder for the script: its path must not be in the engine's command. */
function scratch(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'longhaul-fake-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
