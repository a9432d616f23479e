/**
 * kill -9 of the whole program at random moments of a transcription and of a conversion. KILLS sets how many per type
 * (`npm run faults` asks for 30; verify for fewer).
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { connectLocal } from '../../src/main/local/client.ts';
import { task as taskSchema, type Task } from '../../src/shared/task.ts';
import { programPath } from '../support/program.ts';
import { ffmpegPath, ffprobePath } from '../support/tools.ts';
import { makeLongSpeech, makeNumberedVideo } from './sources.ts';
import { countOf, randomFrom, SEED } from './support/random.ts';
import { report } from './support/report.ts';

const execute = promisify(execFile);
const cli = programPath();
const KILLS = countOf('KILLS', 6);

/** The first kills may hit the start itself: opening the store, rescuing, claiming. */
const EARLIEST_KILL_MS = 100;
const START_UP_MS = 1_500;
/** Every third kill comes after a part was stored, and the last one: on any machine, however busy, the work gets on between the kills. */
const PART_EVERY = 3;
const LOOK_MS = 50;
/** Segments are a minute long whatever the size of the picture: for thirty kills, which need half an hour of film, it is a small one. */
const PICTURE = KILLS > 10 ? { size: '256x144' } : {};
/** Two whole runs, a killed one and their comparison. */
const TIME_LIMIT_MS = 60_000 * (10 + 3 * KILLS);

let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'longhaul-kills-'));
});

afterAll(() => rm(dir, { recursive: true, force: true }));

describe(`kill -9 of the program, ${KILLS} times per type (SEED=${SEED})`, () => {
  it('a transcription goes on from its stored windows and equals the uninterrupted one', async () => {
    const input = await makeLongSpeech(dir, 60 * KILLS);
    const whole = await runUndisturbed('whole-speech', input, 'transcript');
    const killed = await runWithKills('killed-speech', input, 'transcript', whole.tookMs);
    expect(await contents(killed, dir, 'killed-speech')).toEqual(await contents(whole, dir, 'whole-speech'));
    expectLittleRedone(killed);
    reportKills('a transcription', killed);
  }, TIME_LIMIT_MS);

  it('a conversion goes on from its stored segments and has every frame', async () => {
    const input = await makeNumberedVideo(dir, 60 * KILLS, PICTURE);
    const whole = await runUndisturbed('whole-video', input, 'mp4-h264');
    const killed = await runWithKills('killed-video', input, 'mp4-h264', whole.tookMs);
    const [source, undisturbed, resumed] = await Promise.all([input, outputOf(whole), outputOf(killed)].map(framePts));
    expect(resumed).toEqual(source);
    expect(resumed).toEqual(undisturbed);
    // Not the bits: x264 with two threads gives others now and then on a busy machine, also without a kill.
    expect(await worstPsnr(input, outputOf(killed))).toBeGreaterThan((await worstPsnr(input, outputOf(whole))) - 1);
    expect(await soundHash(outputOf(killed))).toBe(await soundHash(outputOf(whole)));
    expectLittleRedone(killed);
    reportKills('a conversion', killed);
  }, TIME_LIMIT_MS);
});

/** What would be lost, doubled or half-written has failed the test by here: show counts the files and compares their hashes. */
function reportKills(what: string, { task, kills }: Finished): void {
  report('kills', `the program at ${what}`, { runs: kills, lost: 0, doubled: 0, overlapping: null, halfWritten: 0, note: `real tools, ${task.attempt} attempts, result as without kills` });
}

interface Finished {
  readonly task: Task;
  readonly log: readonly string[];
  readonly kills: number;
  readonly tookMs: number;
}

async function runUndisturbed(name: string, input: string, recipe: string): Promise<Finished> {
  const id = await add(name, input, recipe);
  const startMs = performance.now();
  await ended(start(name));
  return { ...(await show(name, id)), kills: 0, tookMs: performance.now() - startMs };
}

/** wholeMs: what an undisturbed run takes. */
async function runWithKills(name: string, input: string, recipe: string, wholeMs: number): Promise<Finished> {
  const random = randomFrom(SEED);
  const startMs = performance.now();
  const id = await add(name, input, recipe);
  let kills = 0;
  for (; kills < KILLS; kills += 1) {
    const child = start(name);
    const isAfterPart = kills % PART_EVERY === PART_EVERY - 1 || kills === KILLS - 1;
    const moment = isAfterPart ? anotherPart(name, id, child).then(() => wait(Math.min(START_UP_MS, wholeMs / KILLS) * random())) : wait(EARLIEST_KILL_MS + (wholeMs / KILLS + START_UP_MS) * random());
    const isOver = await Promise.race([ended(child).then(() => true), moment.then(() => false)]);
    if (isOver) break;
    child.kill('SIGKILL');
    await ended(child);
  }
  await ended(start(name));
  await expectNoOrphans(name);
  return { ...(await show(name, id)), kills, tookMs: performance.now() - startMs };
}

/** Settles when one more part is stored than at this start, or the program has ended. */
async function anotherPart(name: string, id: number, child: ChildProcess): Promise<void> {
  let before: number | undefined;
  for (; child.exitCode === null && child.signalCode === null; await wait(LOOK_MS)) {
    const parts = await partsDone(name, id);
    if (before !== undefined && parts > before) return;
    if (parts >= 0) before ??= parts;
  }
}

/** -1: nobody answers yet, or any more. */
async function partsDone(name: string, id: number): Promise<number> {
  try {
    const client = await connectLocal({ dataDir: join(dir, name, 'data') });
    if (client === null) return -1;
    const { checkpoint } = await client.api.getTask({ id }).finally(() => client.close());
    return checkpoint?.partsDone ?? 0;
  } catch {
    return -1;
  }
}

function start(name: string): ChildProcess {
  return spawn(process.execPath, [cli, 'run', '--until-idle', '--data', join(dir, name, 'data')], { stdio: 'ignore' });
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once('exit', () => resolve());
  });
}

async function longhaul(name: string, ...args: string[]): Promise<unknown> {
  const { stdout } = await execute(process.execPath, [cli, ...args, '--data', join(dir, name, 'data'), '--json'], { maxBuffer: 64_000_000 });
  return JSON.parse(stdout);
}

async function add(name: string, input: string, recipe: string): Promise<number> {
  const added = z.object({ tasks: z.array(z.object({ id: z.int() })) }).parse(await longhaul(name, 'add', input, '--recipe', recipe, '--out', join(dir, name, 'out')));
  return z.int().parse(added.tasks[0]?.id);
}

async function show(name: string, id: number): Promise<{ task: Task; log: string[] }> {
  const shown = taskSchema.extend({ log: z.array(z.string()) }).parse(await longhaul(name, 'show', String(id), '--log'));
  expect(shown.error).toBeNull();
  expect(shown.status).toBe('completed');
  expect(await readdir(join(dir, name, 'out'))).toHaveLength(shown.outputs.length);
  for (const { path, sha256 } of shown.outputs) expect(createHash('sha256').update(await readFile(path)).digest('hex')).toBe(sha256);
  return { task: shown, log: shown.log };
}

/** No kill but the last may have come after the end, and no attempt may have started from zero once parts were stored. */
function expectLittleRedone({ task, log, kills }: Finished): void {
  console.log(`${task.type}: ${kills} kills, ${task.attempt} attempts, parts at their starts ${log.flatMap((line) => / attempt \d+ starts.*/.exec(line) ?? []).join(';')}`);
  expect(task.failures).toBe(0);
  const partsAtStart = log.flatMap((line) => {
    const match = / attempt \d+ starts(?:, (\d+) parts are done already)?/.exec(line);
    return match ? [Number(match[1] ?? 0)] : [];
  });
  // Parts only ever grow: what was committed is never made again.
  expect(partsAtStart).toEqual([...partsAtStart].sort((a, b) => a - b));
  expect(partsAtStart.at(-1) ?? 0).toBeGreaterThan(0);
}

/** The outputs, without what names the folder. */
async function contents({ task }: Finished, base: string, name: string): Promise<string[]> {
  return Promise.all(task.outputs.map(async ({ path }) => (await readFile(path, 'utf8')).replaceAll(join(base, name), '')));
}

function outputOf({ task }: Finished): string {
  return String(task.outputs[0]?.path);
}

/** Times of all frames in seconds, ascending; in the file they stand in decoding order. */
async function framePts(path: string): Promise<number[]> {
  const { stdout } = await execute(ffprobePath, ['-v', 'error', '-select_streams', 'v:0', '-show_entries', 'packet=pts_time', '-of', 'csv=p=0', path], { maxBuffer: 64_000_000 });
  return stdout.trim().split('\n').map(Number).sort((a, b) => a - b);
}

/** The worst frame's likeness to the source's frame of the same number, in dB (FFmpeg's psnr filter): a wrong or lost frame shows. */
async function worstPsnr(source: string, path: string): Promise<number> {
  const { stderr } = await execute(ffmpegPath, ['-v', 'info', '-nostats', '-i', path, '-i', source, '-lavfi', '[0:v][1:v]psnr', '-f', 'null', '-']);
  return z.coerce.number().parse(/PSNR .* min:([\d.]+)/.exec(stderr)?.[1]);
}

async function soundHash(path: string): Promise<string> {
  const { stdout } = await execute(ffmpegPath, ['-v', 'error', '-i', path, '-map', '0:a', '-f', 'md5', '-']);
  return stdout;
}

/** Nothing that names this run's folder may still be alive. */
async function expectNoOrphans(name: string): Promise<void> {
  if (process.platform !== 'linux') return;
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid);
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  expect(lines.filter((line) => line.includes(join(dir, name)))).toEqual([]);
}
