/** Commands while another process runs the engine, and processes that want the same folder. */
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { task as taskSchema } from '../../src/shared/task.ts';
import { SAMPLE, User, briefs, failure, makeClip, until } from './harness.ts';

let user: User;
beforeEach(() => { user = new User(); });
afterEach(() => user.leave());

/** How many processes add at the same moment. */
const STORM = 50;

describe('while another process runs the engine', () => {
  it('commands act on it', async () => {
    const engine = await user.startEngine();
    const clip = await makeClip(join(user.dir, 'clip.mp4'), 1);
    const id = await user.add(clip, 'wav');
    await until('the task is completed by the engine', async () => (await user.show(id)).status === 'completed');
    const later = await user.add(clip, 'wav', '--at', '+1h');
    await user.json(briefs, 'cancel', String(later));
    expect((await user.show(later)).status).toBe('cancelled');
    expect((await user.run('add', 'nothing.mp4', '--recipe', 'wav')).code).toBe(2);
    expect((await user.run('add', clip, '--recipe', 'wave')).code).toBe(2);
    engine.child.kill('SIGTERM');
    const { code, stdout } = await engine.ended;
    expect(code).toBe(130);
    expect(stdout).toContain('1 completed');
  });

  it('do adds there, watches there, and ends with its own tasks', async () => {
    await user.startEngine();
    const clip = await makeClip(join(user.dir, 'clip.mp4'), 1);
    await user.add(clip, 'wav', '--at', '+1h');
    const done = await user.run('do', clip, '--recipe', 'wav', '--out', 'out');
    expect(done).toMatchObject({ code: 0 });
    expect(done.stderr).toContain('already runs the engine');
    expect(done.stdout).toContain('1 completed.');
  });

  it('a second run watches, and takes over when the first is killed', async () => {
    const first = await user.startEngine();
    const second = user.start('run', '--until-idle', '--json');
    const third = user.start('run');
    await until('the third says that it watches', () => third.stderr().includes('watching it'));
    expect(await second.ended).toMatchObject({ code: 0, stdout: '{"tasks":[]}\n' });
    first.child.kill('SIGKILL');
    await until('the third says that it goes on', () => third.stderr().includes('going on here'));
    const clip = await makeClip(join(user.dir, 'clip.mp4'), 1);
    const done = await user.run('do', clip, '--recipe', 'wav', '--out', 'out');
    expect(done).toMatchObject({ code: 0 });
    expect(done.stderr).toContain(`Process ${String(third.child.pid)} already runs`);
  });

  it('and does not answer, a command ends with 3 and names it', async () => {
    const engine = await user.startEngine();
    engine.child.kill('SIGSTOP');
    const { code, stdout } = await user.run('list', '--json');
    engine.child.kill('SIGCONT');
    const { error } = failure.parse(JSON.parse(stdout));
    expect([code, error.code]).toEqual([3, 'STORE_OWNED']);
    expect(error.message).toContain(String(engine.child.pid));
    expect((await user.list()).total).toBe(0);
  });
});

describe('a stop', () => {
  it('by Ctrl-C interrupts running work safely; the next run goes on and spends no retry', async () => {
    const id = await user.add(SAMPLE, 'transcript');
    const engine = await user.startEngine();
    await until('the task runs', () => / {2}transcript {2}[1-9]/.test(engine.stderr()));
    engine.pressCtrlC();
    const { code, stderr } = await engine.ended;
    expect(code).toBe(130);
    expect(stderr).toContain('the work goes on from here with the next `longhaul run`');
    expect(await user.show(id)).toMatchObject({ status: 'pending', attempt: 1, failures: 0, workerLosses: 0 });
    expect((await user.run('run', '--until-idle')).code).toBe(0);
    expect(await user.show(id)).toMatchObject({ status: 'completed', attempt: 2, failures: 0, workerLosses: 0 });
  });

  it('of the engine loses no command that comes meanwhile', async () => {
    const clip = await makeClip(join(user.dir, 'clip.mp4'), 1);
    const engine = await user.startEngine();
    const adding = Array.from({ length: 12 }, () => user.run('add', clip, '--recipe', 'wav', '--at', '+1h'));
    const first = await Promise.race(adding);
    engine.child.kill('SIGTERM');
    const ended = [first, ...(await Promise.all(adding))];
    expect(ended.filter(({ code }) => code !== 0)).toEqual([]);
    expect((await engine.ended).code).toBe(130);
    expect((await user.list()).total).toBe(adding.length);
  });

  it('of the reader of a pipe is no crash', async () => {
    const clip = await makeClip(join(user.dir, 'clip.mp4'), 1);
    for (let index = 0; index < 3; index += 1) await user.json(briefs, 'add', '--recipe', 'wav', ...Array.from({ length: 100 }, () => clip));
    const listing = user.start('list', '--limit', '1000', '--json');
    listing.child.stdout?.destroy();
    const { code, stderr } = await listing.ended;
    expect([code, stderr]).toEqual([0, '']);
  });
});

describe('many processes at once', () => {
  it(`${String(STORM)} of them add a task each, and every task is there`, async () => {
    const clip = await makeClip(join(user.dir, 'clip.mp4'), 1);
    const ended = await Promise.all(Array.from({ length: STORM }, () => user.run('add', clip, '--recipe', 'wav', '--json')));
    expect(ended.filter(({ code }) => code !== 0)).toEqual([]);
    const ids = ended.flatMap(({ stdout }) => briefs.parse(JSON.parse(stdout)).tasks.map(({ id }) => id));
    expect(new Set(ids).size).toBe(STORM);
    const { tasks, total } = await user.json(z.object({ tasks: z.array(taskSchema), total: z.int() }), 'list', '--limit', '1000');
    expect([tasks.length, total]).toEqual([STORM, STORM]);
  }, 120_000);
});
