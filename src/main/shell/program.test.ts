import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { askProgram, holdProgram } from './program.ts';

describe('a program of the system', () => {
  it('is asked, with its arguments as they are', async () => {
    expect(await askProgram(process.execPath, ['-p', 'process.argv[1]', '--', '$(id) "x"'])).toBe('$(id) "x"\n');
  });

  it('that is missing or fails has no answer', async () => {
    expect(await askProgram('longhaul-no-such-program', [])).toBeNull();
    expect(await askProgram(process.execPath, ['-e', 'process.exit(3)'])).toBeNull();
  });

  it('that is held ends when it is let go, without that being a failure', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'longhaul-held-'));
    const path = join(folder, 'ended');
    await writeFile(path, '');
    const failures: string[] = [];
    const letGo = holdProgram(process.execPath, ['-e', 'process.stdin.resume().on("end", () => require("node:fs").writeFileSync(process.argv[1], "let go"))', path], (why) => failures.push(why));
    letGo();
    await expect.poll(() => readFile(path, 'utf8'), { timeout: 20_000 }).toBe('let go');
    expect(failures).toEqual([]);
    await rm(folder, { recursive: true, force: true });
  });

  it('that can not be held says why', async () => {
    const why = await new Promise<string>((resolve) => { holdProgram('longhaul-no-such-program', [], resolve); });
    expect(why).toContain('ENOENT');
  });
});
