/** File names that break programs. */
import { renameSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Task } from '../../src/shared/task.ts';
import { User, makeClip, type Ended } from './harness.ts';

/** 255 bytes, the longest name most file systems take. */
const LONGEST = `${'é'.repeat(125)}x.mp4`;

const NAMES = [
  ['has a newline', 'two\nlines.mp4'], ['has quotes', `it's a "clip".mp4`], ['starts with a dash', '-y.mp4'], ['has emoji', '👩‍👩‍👧 🎬.mp4'], ['is 255 bytes long', LONGEST],
  ['looks like a shell command', '$(touch pwned) `id`; & .mp4'], ['looks like an FFmpeg pattern', 'frame-%03d.mp4'], ['looks like a protocol', 'concat:a|b.mp4'],
  ['has no ending', 'film'], ['moves the cursor', 'a\u001b[2Jb\rc.mp4'],
] as const;

let user: User;
let done: Ended;
let listed: Ended;
let tasks: Task[];

beforeAll(async () => {
  user = new User();
  for (const [, name] of NAMES) renameSync(await makeClip(join(user.dir, 'plain.mp4'), 1), join(user.dir, name));
  done = await user.run('do', '--recipe', 'thumbnail', '--out', 'out', '--', ...NAMES.map(([, name]) => name));
  listed = await user.run('list');
  tasks = (await user.list()).tasks;
}, 120_000);
afterAll(() => user.leave());

describe.skipIf(process.platform === 'win32')('a file whose name', () => {
  it.each(NAMES)('%s is worked on', (_, name) => {
    const task = tasks.find(({ inputs }) => inputs[0] === join(user.dir, name));
    expect(task).toMatchObject({ status: 'completed', error: null });
    const [output] = task?.outputs ?? [];
    expect(dirname(output?.path ?? '')).toBe(user.outDir);
    expect(Buffer.byteLength(basename(output?.path ?? ''))).toBeLessThanOrEqual(255);
    expect(statSync(output?.path ?? '').size).toBe(output?.sizeBytes);
  });

  it('holds anything is printed so that no terminal obeys it, a task a line', () => {
    expect(done.code).toBe(0);
    for (const { stdout, stderr } of [done, listed]) expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/u);
    expect(listed.stdout.trimEnd().split('\n')).toHaveLength(NAMES.length + 1);
  });
});
