/** What a user does on an ordinary day. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { task as taskSchema } from '../../src/shared/task.ts';
import { SAMPLE, User, briefs, failure, makeClip, makeTone } from './harness.ts';

let user: User;
beforeEach(() => { user = new User(); });
afterEach(() => user.leave());

describe('a day’s work', () => {
  it('is added, run until nothing is left, and shown with its results', async () => {
    const id = await user.add(SAMPLE, 'transcript', '--priority', 'high');
    const before = await user.show(id);
    expect(before).toMatchObject({ id, type: 'transcribe', status: 'pending', priority: 7, progress: 0, attempt: 0, inputs: [SAMPLE], outputs: [], error: null });

    const ran = await user.run('run', '--until-idle');
    expect(ran).toMatchObject({ code: 0, signal: null });
    expect(ran.stderr).not.toContain('\u001b');

    const after = await user.show(id);
    expect(after).toMatchObject({ status: 'completed', progress: 100, attempt: 1, failures: 0, error: null });
    expect(after.durationMs).toBeGreaterThan(0);
    expect(after.completedAt).toBeGreaterThanOrEqual(after.startedAt ?? Number.POSITIVE_INFINITY);
    expect(after.outputs.map(({ path }) => path.slice(path.lastIndexOf('.'))).sort()).toEqual(['.json', '.srt', '.txt', '.vtt']);
    for (const { path, sizeBytes, sha256 } of after.outputs) {
      expect(ran.stdout).toContain(path);
      expect([statSync(path).size, createHash('sha256').update(readFileSync(path)).digest('hex')]).toEqual([sizeBytes, sha256]);
    }
    expect(readFileSync(join(user.outDir, 'longhaul-sample.txt'), 'utf8').toLowerCase()).toContain('power fails');
    const { log } = await user.json(taskSchema.extend({ log: z.array(z.string()) }), 'show', String(id), '--log');
    expect(log.length).toBeGreaterThan(0);
  });

  it('is done at once with do, every recipe on every file, and described as JSON', async () => {
    const [film, other] = [await makeClip(join(user.dir, 'film.mp4'), 2), await makeClip(join(user.dir, 'other.mp4'), 2)];
    const { tasks } = await user.json(z.object({ tasks: z.array(taskSchema) }), 'do', film, other, '--recipe', 'thumbnail', '--recipe', 'wav', '--out', 'out');
    expect(tasks.map(({ recipe, status, inputs }) => [recipe, status, inputs[0]])).toEqual([
      ['thumbnail', 'completed', film], ['wav', 'completed', film], ['thumbnail', 'completed', other], ['wav', 'completed', other],
    ]);
    for (const { outputs } of tasks) for (const { path } of outputs) expect(path.startsWith(user.outDir) && existsSync(path)).toBe(true);
  });

  it('ends with 1 when a task failed, and skips what does not fit a file where that is allowed', async () => {
    const tone = await makeTone(join(user.dir, 'tone.wav'), 1);
    const strict = await user.run('do', tone, '--recipe', 'thumbnail', '--out', 'out');
    expect(strict.code).toBe(1);
    expect(strict.stdout).toContain('tone.wav');
    const lenient = await user.run('do', tone, '--recipe', 'thumbnail', '--recipe', 'wav', '--out', 'out', '--skip-unfit');
    expect(lenient).toMatchObject({ code: 0 });
    expect(lenient.stdout).toMatch(/1 completed, 1 skipped\./);
    writeFileSync(join(user.dir, 'text.mp4'), 'This is no film.');
    const failed = await user.run('do', 'text.mp4', '--recipe', 'thumbnail', '--skip-unfit');
    expect(failed.code).toBe(1);
  });

  it('can be paused, resumed, moved forward, cancelled, tried again and removed', async () => {
    const clip = await makeClip(join(user.dir, 'clip.mp4'), 1);
    const ids = [await user.add(clip, 'wav'), await user.add(clip, 'wav')].map(String);
    const act = async (...args: string[]): Promise<string[]> => (await user.json(briefs, ...args)).tasks.map(({ status }) => status);
    expect(await act('pause', ids.join(','))).toEqual(['paused', 'paused']);
    expect(await act('resume', ...ids)).toEqual(['pending', 'pending']);
    expect(await act('prioritise', ids[1] ?? '', '--priority', 'critical')).toEqual(['pending']);
    expect((await user.show(Number(ids[1]))).priority).toBe(10);
    expect(await act('cancel', ids[0] ?? '')).toEqual(['cancelled']);
    expect(await act('retry', ids[0] ?? '')).toEqual(['pending']);
    await act('remove', ids[0] ?? '');
    expect((await user.list()).tasks.map(({ id }) => String(id))).toEqual([ids[1]]);
    expect((await user.list('--status', 'cancelled,failed')).total).toBe(0);
  });

  it('waits for its time and for other tasks', async () => {
    const clip = await makeClip(join(user.dir, 'clip.mp4'), 1);
    const first = await user.add(clip, 'wav', '--at', '+1h');
    const second = await user.add(clip, 'wav', '--after', String(first));
    const [waiting, behind] = [await user.show(first), await user.show(second)];
    expect([waiting.status, behind.status, behind.dependsOn]).toEqual(['waiting', 'waiting', [first]]);
    expect(waiting.runAt).toBeGreaterThan(waiting.createdAt + 3_500_000);
  });
});

describe('wrong usage', () => {
  it.each([
    [['add', 'clip.mp4', '--recipe', 'transcrpit'], 'RECIPE_UNKNOWN', 'transcript'],
    [['add', 'clip.mp4', '--recipe', 'mp4-h264', '--set', 'qualty=high'], 'OPTION_INVALID', 'quality'],
    [['add', 'clip.mp4', '--recipe', 'mp4-h264', '--set', 'quality=best'], 'OPTION_INVALID', 'high'],
    [['add', 'missing.mp4', '--recipe', 'mp3'], 'INPUT_MISSING', 'missing.mp4'],
    [['add', '.', '--recipe', 'mp3'], 'INPUT_NOT_ALLOWED', 'folder'],
    [['add', 'clip.mp4'], 'USAGE', '--recipe'],
    [['add', 'clip.mp4', '--recipe', 'mp3', '--after', '99'], 'TASK_UNKNOWN', '99'],
    [['show', '99'], 'TASK_UNKNOWN', '99'],
    [['lst'], 'USAGE', 'list'],
  ])('%j ends with 2, adds nothing and says what would be right', async (args, code, hint) => {
    writeFileSync(join(user.dir, 'clip.mp4'), 'x');
    const { code: exitCode, stdout } = await user.run(...args, '--json');
    const { error } = failure.parse(JSON.parse(stdout));
    expect([exitCode, error.code]).toEqual([2, code]);
    expect(error.message).toContain(hint);
    expect((await user.list()).total).toBe(0);
  });
});
