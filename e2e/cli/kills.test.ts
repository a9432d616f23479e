/** kill -9 of `longhaul run` in the middle of work, and the next run. e2e/faults kills at many random moments. */
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { connectLocal } from '../../src/main/local/client.ts';
import { task as taskSchema, type Task } from '../../src/shared/task.ts';
import { SAMPLE, User, makeClip, until } from './harness.ts';

const execute = promisify(execFile);

let user: User;
beforeEach(() => { user = new User(); });
afterEach(() => user.leave());

type Finished = Task & { log: string[] };

/** Kills the engine once the middle is reached, lets the next run finish the task, and gives what became of it. */
async function killAndFinish(id: number, isMiddle: (task: Task) => boolean): Promise<Finished> {
  const engine = await user.startEngine();
  // Asked over one connection: on a busy machine a command for each look would come too late.
  const client = await connectLocal({ dataDir: user.dataDir });
  if (client === null) throw new Error('Nobody listens on the local socket.');
  await until('the task is in the middle of its work', async () => isMiddle(await client.api.getTask({ id })));
  engine.child.kill('SIGKILL');
  expect((await engine.ended).signal).toBe('SIGKILL');
  const next = await user.run('run', '--until-idle');
  expect(next).toMatchObject({ code: 0 });
  expect(next.stderr).toContain('1 interrupted task will go on');
  return user.json(taskSchema.extend({ log: z.array(z.string()) }), 'show', String(id), '--log');
}

/** Parts that the last attempt found done. */
function partsKept({ log }: Finished): number {
  const starts = log.filter((line) => / attempt \d+ starts/.test(line));
  return Number(/(\d+) parts are done already/.exec(starts.at(-1) ?? '')?.[1] ?? 0);
}

describe('after a kill in the middle', () => {
  it('a transcription goes on from its last window', async () => {
    const speech = join(user.dir, 'speech.mp4');
    await execute('ffmpeg', ['-v', 'error', '-stream_loop', '1', '-i', SAMPLE, '-vn', '-c', 'copy', speech]);
    const id = await user.add(speech, 'transcript');
    let partsDone = 0;
    const after = await killAndFinish(id, ({ status, checkpoint }) => {
      expect(['pending', 'running']).toContain(status);
      partsDone = checkpoint?.partsDone ?? 0;
      return partsDone > 0;
    });
    expect(after).toMatchObject({ status: 'completed', attempt: 2, failures: 0, error: null });
    expect(partsKept(after)).toBeGreaterThanOrEqual(partsDone);
    expect(readdirSync(user.outDir).sort()).toEqual(after.outputs.map(({ path }) => basename(path)).sort());
  });

  it('a conversion too short for segments starts again, and leaves nothing half-written behind', async () => {
    const clip = await makeClip(join(user.dir, 'clip.mp4'), 10, { size: '640x360', rate: 30 });
    const id = await user.add(clip, 'mp4-h264');
    const after = await killAndFinish(id, ({ progress }) => progress > 0);
    expect(after).toMatchObject({ status: 'completed', attempt: 2, failures: 0, error: null });
    expect(readdirSync(user.outDir)).toEqual(['clip.mp4']);
    const { stdout } = await execute('ffprobe', ['-v', 'error', '-count_packets', '-select_streams', 'v:0', '-show_entries', 'stream=nb_read_packets', '-of', 'csv=p=0', join(user.outDir, 'clip.mp4')]);
    expect(Number(stdout)).toBe(300);
  });
});
