/** File names that break programs. */
import { execFileSync } from 'node:child_process';
import { renameSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { User, makeClip } from './harness.ts';

let user: User;
beforeAll(() => { user = new User(); });
afterAll(() => user.leave());

/** 255 bytes, the longest name most file systems take. */
const LONGEST = `${'é'.repeat(125)}x.mp4`;

describe.skipIf(process.platform === 'win32')('a file whose name', () => {
  it.each([
    ['has a newline', 'two\nlines.mp4'], ['has quotes', `it's a "clip".mp4`], ['starts with a dash', '-y.mp4'], ['has emoji', '👩‍👩‍👧 🎬.mp4'], ['is 255 bytes long', LONGEST],
    ['looks like a shell command', '$(touch pwned) `id`; & .mp4'], ['looks like an FFmpeg pattern', 'frame-%03d.mp4'], ['looks like a protocol', 'concat:a|b.mp4'], ['has no ending', 'film'], ['moves the cursor', 'a\u001b[2Jb\rc.mp4'],
  ])('%s is worked on and shown safely', async (_, name) => {
    renameSync(await makeClip(join(user.dir, 'plain.mp4'), 1), join(user.dir, name));
    const ran = await user.run('do', '--recipe', 'thumbnail', '--out', 'out', '--', name);
    expect(ran.stdout + ran.stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]/u);
    expect(ran).toMatchObject({ code: 0 });
    const { tasks: [task] } = await user.list('--limit', '1');
    expect(task?.inputs).toEqual([join(user.dir, name)]);
    const [output] = task?.outputs ?? [];
    expect(Buffer.byteLength(basename(output?.path ?? ''))).toBeLessThanOrEqual(255);
    expect(execFileSync('find', [output?.path ?? '', '-type', 'f', '-size', '+0']).length).toBeGreaterThan(0);
    const listed = await user.run('list');
    expect(listed.stdout.split('\n')[1]).toContain(String(task?.id));
    expect(listed.stdout).not.toContain('\u001b');
  });
});
